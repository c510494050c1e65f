"""A page printed as PDF, by Chromium where one is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from workbench.core.files import write_file

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--no-pdf-header-footer",
)  # fmt: skip
_SECONDS = 120


def print_page(page: Path) -> Path | None:
    """Print a page beside itself; its style sheet says where pages break.

    Parameters
    ----------
    page : Path
        A self-contained HTML file.

    Returns
    -------
    Path or None
        The PDF; None where no browser is installed, or it could not print.
    """
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        return None
    target = page.with_suffix(".pdf")

    def draw(path: Path) -> None:
        with tempfile.TemporaryDirectory() as profile:
            command = [browser, *_OPTIONS, f"--user-data-dir={profile}", f"--print-to-pdf={path}"]
            subprocess.run(
                [*command, page.resolve().as_uri()],
                check=True, capture_output=True, timeout=_SECONDS,
            )  # fmt: skip

    try:
        write_file(target, draw)
    except (OSError, subprocess.SubprocessError):
        return None
    return target
