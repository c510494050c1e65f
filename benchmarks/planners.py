"""Time the planners' page with many at it: memory, first view, and a drag while others drag.

    make bench-planners

Needs a planbook (`workbench run net_growth`) and Chromium. One planner is a real browser; the
others are WebSocket clients that speak as the page does (`simulated_planner`), in a process of
their own, and all drag at the same time without a pause: ten values a second, or as many as are
answered.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil
from planner_page import FLAGS, MAIN, TRIES, WATCH, drag
from playwright.sync_api import Page, sync_playwright
from simulated_planner import SimulatedPlanner, cookie_of

ROOT = Path(__file__).parents[1]
SECONDS, PACE = 60.0, 0.1
PAGES = (1, 10, 50)
TOGETHER = 10
VIEWS = 5
FIRST = ".wb-call"
# Views that work something out when they are first wanted, and what stands on them then.
VIEWED = {"Account": ".wb-event", "Book": ".wb-table.wb-pair td", "Team": ".wb-table caption"}


@contextmanager
def served(folder: str) -> Iterator[tuple[psutil.Process, str]]:
    """Serve the page on an empty store and return its process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "app", "--no-browser", "--port=0", "--most=60",
         f"--plans={folder}"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "the server did not start"
        yield psutil.Process(process.pid), found[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def main() -> None:
    """Measure and print lines of a table for docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder, served(folder) as (process, url):
        cookie = cookie_of(url)
        print(f"| server without pages | {memory(process)} |")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            views = [first_view(page, url) for _ in range(VIEWS + 1)][1:]
            print(f"| first view, warm: median, worst of {VIEWS} | "
                  f"{np.median(views):.1f} s, {max(views):.1f} s |")  # fmt: skip
            for name, shown in VIEWED.items():
                print(f"| {name}: first, median again | {turns(page, name, shown)} |")
            print(f"| drag to redraw, alone | {redraws(page)} |")
            crowd = get_context("spawn")
            with ProcessPoolExecutor(1, crowd) as pool:
                begun = Path(folder) / "begun"
                others = pool.submit(dragging, url, cookie, TOGETHER - 1, begun)
                while not begun.exists():  # until they have opened their pages
                    time.sleep(0.1)
                print(f"| drag to redraw, {TOGETHER} dragging | {redraws(page)} |")
                moves = others.result()
            print(f"| of the {TOGETHER - 1} clients, {len(moves) / SECONDS:.0f} values a second | "
                  f"{quantiles(moves)} |")  # fmt: skip
            browser.close()
    with tempfile.TemporaryDirectory() as folder, served(folder) as (process, url):
        cookie, pages = cookie_of(url), []
        for count in PAGES:
            pages += [used_page(url, cookie) for _ in range(count - len(pages))]
            print(f"| {count} pages in use | {memory(process)} |")
        for one in pages:
            one.close()


def memory(process: psutil.Process) -> str:
    """Return what a process takes, with shared pages counted by their share, and in full."""
    found = process.memory_full_info()
    return f"PSS {found.pss / 2**20:.0f} MiB, RSS {found.rss / 2**20:.0f} MiB"


def first_view(page: Page, url: str) -> float:
    """Return the seconds from the call to the first account of the day."""
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(FIRST, timeout=120_000)
    return time.perf_counter() - begun


def turns(page: Page, name: str, shown: str) -> str:
    """Turn to a view several times, and say how long the first time took and the others."""
    took = []
    for _ in range(VIEWS + 1):
        page.get_by_role("button", name="My day", exact=True).click()
        page.locator(FIRST).first.wait_for(state="visible", timeout=120_000)
        begun = time.perf_counter()
        page.get_by_role("button", name=name, exact=True).click()
        page.locator(f"{shown} >> visible=true").first.wait_for(timeout=120_000)
        took.append(time.perf_counter() - begun)
    return f"{took[0]:.2f} s, {np.median(took[1:]):.2f} s"


def redraws(page: Page) -> str:
    """Drag the first slider of the page many times, and say how long it took to be drawn anew."""
    if not page.locator(".wb-lever").count():
        page.get_by_role("button", name="Plan", exact=True).click()
        page.get_by_role("button", name="Add this action").click()
        page.wait_for_selector(".wb-lever .noUi-handle", timeout=60_000)
    page.locator(".wb-lever .noUi-handle").first.scroll_into_view_if_needed()
    page.evaluate(WATCH)
    return quantiles([drag(page, 30 if nth % 2 else -30) / 1000 for nth in range(TRIES)])


def quantiles(seconds: list[float]) -> str:
    """Return median and 95 % of times, in milliseconds."""
    median, tail = np.quantile(seconds, [0.5, 0.95]) * 1000
    return f"median {median:.0f} ms, p95 {tail:.0f} ms"


def used_page(url: str, cookie: str) -> SimulatedPlanner:
    """Open a page, look at every view, add an action and move its slider."""
    planner = SimulatedPlanner(url, cookie)
    for view in ("Account", "Book", "Team", "Plan"):
        planner.press(view)
    planner.press("Add this action")
    for value in values(planner, 5):
        planner.move(slider(planner), value)
    return planner


def slider(planner: SimulatedPlanner) -> str:
    """Return the model of the page's first slider of a lever."""
    return next(key for key, state in planner.models.items()
                if str(state.get("_model_name")).endswith("SliderModel"))  # fmt: skip


def values(planner: SimulatedPlanner, count: int) -> Iterator[float | list[float]]:
    """Yield values of that slider, to and fro."""
    state = planner.models[slider(planner)]
    low, wide = state["min"], state["max"] - state["min"]
    for nth in range(count):
        at = low + wide * (0.2 + 0.4 * abs(np.sin(nth / 10)))
        yield [at, at + 0.2 * wide] if isinstance(state["value"], list) else at


def dragging(url: str, cookie: str, planners: int, begun: Path) -> list[float]:
    """Drag on several pages at once, and return how long each value took to be answered."""
    pages = [used_page(url, cookie) for _ in range(planners)]
    begun.touch()
    until = time.monotonic() + SECONDS

    def drag_one(page: SimulatedPlanner) -> list[float]:
        took = []
        for value in values(page, 10**6):
            if time.monotonic() > until:
                break
            took.append(page.move(slider(page), value))
            time.sleep(max(0.0, PACE - took[-1]))
        return took

    with ThreadPoolExecutor(planners) as pool:
        found = [one for part in pool.map(drag_one, pages) for one in part]
    for page in pages:
        page.close()
    return found


if __name__ == "__main__":
    main()
