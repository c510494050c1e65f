"""Every page that is made here is asked in a browser for what pages promise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from page_checks import promises_broken_at

from workbench.apps.page_text import table_files
from workbench.report.output.page import PageText, render_page


@pytest.fixture
def broken(request, tmp_path) -> Callable[[Path], list[str]]:
    """Take an executed notebook, or a page, and return what its page breaks.

    The browser is asked for last: where none is installed, all else has been tested.
    """

    def ask(made: Path) -> list[str]:
        chromium = request.getfixturevalue("chromium_path")
        if made.suffix == ".html":
            return promises_broken_at(made, chromium)
        line = ("As of 1 January 2026", "source: simulated example", "all 9 checks passed")
        text = PageText(made.stem, line=line, files=table_files(made.parent / "tables"))
        page = tmp_path / "page.html"
        page.write_text(render_page(nbformat.read(made, as_version=4), text), encoding="utf-8")
        return promises_broken_at(page, chromium)

    return ask
