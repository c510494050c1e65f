"""Time the planner's page in a real browser: from letting go of a slider to the figure drawn anew.

    make bench-page

Needs a planbook (`workbench run net_growth`) and Chromium.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
TRIES = 30
MAIN = "from workbench.apps.cli import main; main()"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
# In the page: the time from the release of the mouse to the first frame after the figure's change.
WATCH = """() => {
  window.released = 0; window.drawn = 0;
  document.addEventListener('mouseup', () => { window.released = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => { window.drawn = performance.now(); }))
    .observe(document.querySelector('.wb-figures'), { childList: true, subtree: true });
}"""


def drag(page: Page, by: float) -> float:
    """Drag the first slider and return the milliseconds until the page shows the result."""
    box = page.locator(".wb-lever .noUi-handle").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=10)
    page.mouse.up()
    page.wait_for_timeout(1500)  # long enough for whatever was still to be drawn
    return page.evaluate("Math.max(0, window.drawn - window.released)")


def main() -> None:
    """Open the page, drag, print the quantiles."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "app", "--no-browser", "--port=0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        url = re.search(r"http://\S+", process.stdout.readline())[0]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            while True:
                try:
                    page.goto(url, wait_until="commit")
                    break
                except Exception:
                    page.wait_for_timeout(300)
            page.get_by_role("button", name="Plan", exact=True).click(timeout=120_000)
            page.wait_for_selector(".wb-tile", timeout=120_000)
            page.get_by_role("button", name="Add this action").click()
            page.wait_for_selector(".wb-lever .noUi-handle", timeout=60_000)
            page.locator(".wb-lever .noUi-handle").first.scroll_into_view_if_needed()
            page.evaluate(WATCH)
            times = [drag(page, 30 if i % 2 else -30) for i in range(TRIES)]
            browser.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    median, tail = np.quantile(times, [0.5, 0.95])
    print(f"release to redraw, {TRIES} drags: median {median:.0f} ms, 95 % {tail:.0f} ms")


if __name__ == "__main__":
    main()
