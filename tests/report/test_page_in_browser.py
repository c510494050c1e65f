"""The page in a real browser: nothing leaves it, nothing runs in it, everything is seen."""

from __future__ import annotations

import base64
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Page, sync_playwright

from workbench.report.output.page import PageText, render_page
from workbench.report.output.tables import report_table

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HOSTILE = "<img src=x onerror='document.title=\"taken\"'><script>document.title='taken'</script>"


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """A report with a figure and a table of hostile names."""
    folder = tmp_path_factory.mktemp("page")
    figure = Figure(figsize=(7.2, 2))
    figure.add_subplot().plot([0, 1], [1, 0])
    figure.savefig(folder / "figure.png")
    image = base64.b64encode((folder / "figure.png").read_bytes()).decode()
    table = report_table(pd.DataFrame({"name": [HOSTILE], "arr": [1200.0]}), "Most at stake")
    code = new_code_cell(
        "secret_code()",
        outputs=[
            new_output("display_data", data={"image/png": image}),
            new_output("display_data", data={"text/html": table.as_raw_html()}),
        ],
    )
    notebook = new_notebook(cells=[new_markdown_cell("# Renewals"), code])
    path = folder / "report.html"
    path.write_text(render_page(notebook, PageText("Renewals")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(file, chromium_path):
    """The page, and every address that it asked for."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        page = browser.new_page(viewport={"width": 900, "height": 800})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        yield page, asked
        browser.close()


def test_it_asks_for_nothing_but_itself(opened) -> None:
    page, asked = opened
    assert [url for url in asked if not url.startswith("data:")] == [page.url]


def test_a_hostile_name_is_shown_and_does_nothing(opened) -> None:
    page, _ = opened
    assert page.title() == "Renewals"
    assert HOSTILE in page.inner_text("table")


def test_what_matters_is_seen(opened) -> None:
    page: Page = opened[0]
    assert page.inner_text("h1") == "Renewals"
    assert page.locator("img").evaluate("image => image.complete && image.naturalWidth > 300")
    assert "secret_code" not in page.inner_text("body")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_it_prints(opened) -> None:
    assert opened[0].pdf(format="A4").startswith(b"%PDF")
