"""The planner's page as a server of its own process, and what a browser does on it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
from playwright.sync_api import Locator, Page, expect

from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.file import write_planbook

ROOT = Path(__file__).parents[2]
MAIN = "from workbench.apps.cli import main; main()"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
ADDRESS = r"http://127\.0\.0\.1:\d+/\?token=\S+"
PATIENCE = 300_000  # milliseconds; other tests may hold both cores


def make_place(root: Path, book: Planbook) -> Path:
    """Make a project in miniature with a planbook and an empty folder of plans."""
    (root / "params").mkdir()
    (root / "notebooks").mkdir()
    source = ROOT / "notebooks" / "60_account_plan.ipynb"
    (root / "notebooks" / source.name).write_bytes(source.read_bytes())
    config = root / "jupyter_config_dir"
    config.mkdir()
    # Test machines are often run by root, which a server refuses without being told.
    allowed = '{"ServerApp": {"allow_root": true}}'
    (config / "jupyter_server_config.json").write_text(allowed, encoding="utf-8")
    write_planbook(book, root / "outputs" / "net_growth" / "latest" / "planbook.zip")
    return root


@contextmanager
def server(place: Path, *arguments: str, address: str, main: str = MAIN) -> Iterator[str]:
    """Run a command of the workbench until it prints its address; end it as Ctrl-C does."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(place / name.lower()) for name in names} | {"PYTHONUNBUFFERED": "1"}
    log = place / f"{arguments[0]}.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", main, *arguments, "--no-browser", "--port=0"],
            cwd=place, stdout=out, stderr=out, env=os.environ | own,
        )  # fmt: skip
    try:
        yield wait_for(process, log, address)
    finally:
        kernels = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        status = process.wait(60)
        left = psutil.wait_procs(kernels, timeout=60)[1]
    assert (status, left) == (0, [])


def wait_for(process: subprocess.Popen, log: Path, address: str) -> str:
    while True:
        found = re.search(address, log.read_text(encoding="utf-8"))
        if found and answers(found[0]):
            return found[0]
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return bool(fetched(url.split("?")[0] + "login"))
    except OSError:
        return False


def fetched(url: str | Request) -> tuple[int, str]:
    """Return the status and the text of an answer."""
    try:
        with urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")


def to_plan(page: Page) -> None:
    """Go from the view on which the page begins to the plan."""
    page.get_by_role("button", name="Plan", exact=True).click(timeout=PATIENCE)
    expect(page.locator(".wb-tile").first).to_be_visible(timeout=PATIENCE)


def control(page: Page, label: str) -> Locator:
    return page.locator(".wb-control", has=page.get_by_text(label))


def name_it(page: Page, name: str) -> str:
    field = control(page, "Name of the plan").locator("input")
    field.fill(name)
    field.press("Enter")
    return f"{name.lower().replace(' ', '-')}"


def drag(page: Page, handle: Locator, by: int) -> None:
    box, late = None, time.monotonic() + PATIENCE / 1000
    while box is None and time.monotonic() < late:
        handle.hover()  # unlike scrolling there, it looks again where the page was drawn anew
        box = handle.bounding_box()  # nothing where that happens between the two
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=12)
    page.mouse.up()
