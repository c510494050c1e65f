"""The table of customers in a real browser: 2,000 rows filter at once, hostile names stay names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from page_checks import WIDTHS, broken_promises
from playwright.sync_api import sync_playwright

from workbench.report.account_review.document import file_name, review_page
from workbench.report.account_review.sections import AccountReview, Section
from workbench.report.output.browse import BrowseTable, Cell, Choice
from workbench.report.output.page import PageText, render_page

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
HOSTILE = "</script><img src=x onerror=document.title='taken'> =cmd() \u202e\U0001f600 " + "x" * 99
ROWS = 2000
PATIENCE_MS = 300_000  # a busy machine is slow, not wrong
FILTER = """(value) => {
  const began = performance.now();
  const select = document.querySelector("select");
  select.value = value;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.offsetHeight;
  return performance.now() - began;
}"""


def table(rows: int = ROWS) -> BrowseTable:
    names = [HOSTILE, *(f"Customer {i:04d}" for i in range(1, rows))]
    owners = tuple((f"Owner {i % 7}",) for i in range(rows))
    cells = tuple(
        (
            Cell(name, name, f"A{i:06d} and more"),
            *(Cell(f"EUR {i * k} k", float(i * k), "10 to 20") for k in range(1, 11)),
            Cell("Decreased engagement, Financial trouble", float(i % 3), "since 2025-10"),
        )
        for i, name in enumerate(names)
    )
    columns = ("Account", *(f"Number {k}" for k in range(1, 11)), "Signs")
    choice = Choice("Owner", tuple(f"Owner {i}" for i in range(7)), owners)
    return BrowseTable("Every customer", "customers", columns, cells, (choice,))


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    data = table()._repr_mimebundle_()
    cell = new_code_cell("browse", outputs=[new_output("display_data", data=data)])
    path = tmp_path_factory.mktemp("browse") / "page.html"
    path.write_text(render_page(new_notebook(cells=[cell]), PageText("Health")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def page(chromium_path, page_file: Path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.context.set_default_timeout(PATIENCE_MS)
        opened.goto(page_file.as_uri())
        yield opened
        assert opened.title() == "Health"
        browser.close()


def test_two_thousand_rows_fit_into_a_page(page_file: Path) -> None:
    assert page_file.stat().st_size < 5_000_000


def test_filters_and_sorts_at_once(page) -> None:
    # The best of many, in the browser's own time: the machine may be busy with other tests.
    assert any(page.evaluate(FILTER, value) < 1000 for value in ("1", "2", "4", "5", "6") * 4)
    page.evaluate(FILTER, "3")
    expected = len(range(3, ROWS, 7))
    assert page.locator(".count").inner_text() == f"{expected} of {ROWS} customers"
    page.get_by_label("Search").fill("customer 0003")
    assert page.locator(".count").inner_text() == f"1 of {ROWS} customers"
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="Number 1", exact=True).click()
    assert page.locator("tbody tr").first.locator("th").inner_text().startswith("Customer 1999")
    page.get_by_role("button", name="Number 1", exact=True).click()
    assert "onerror" in page.locator("tbody tr").first.locator("th").inner_text()


def test_it_is_legible_on_a_telephone(page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_a_review_shows_hostile_text_as_text() -> None:
    section = Section("Signs", (HOSTILE,), ("Name",), ((HOSTILE,),))
    page = review_page(AccountReview("../x", HOSTILE, "line", ("1",), (HOSTILE,), (section,)))
    assert "<img" not in page
    assert page.count("&lt;img") == 5
    assert "/" not in file_name("../x")
    assert file_name("../x") != file_name("./x")


def full_review() -> AccountReview:
    """Return a review whose every table is as long as a large account's."""
    words = "uses 56 % of what the contract covers, last three months, and tells nothing here"
    shapes = (
        (4, 7),
        (4, 5),
        (8, 4),
        (4, 3),
        (5, 3),
        (4, 5),
        (5, 5),
        (8, 6),
        (5, 4),
        (6, 3),
        (4, 6),
    )
    sections = tuple(
        Section(f"Part {at}", (words,), tuple(f"Column {k}" for k in range(columns)),
                tuple(tuple(["2025-12-31"] * (columns - 1) + [words]) for _ in range(rows)))
        for at, (columns, rows) in enumerate(shapes)
    )  # fmt: skip
    line = "As of 1 January 2026 · Retail"
    return AccountReview("A1", "Acme", line, ("1",), (words, words, words), sections)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_review_keeps_its_promises(page, tmp_path: Path, width: int) -> None:
    file = tmp_path / "review.html"
    file.write_text(review_page(full_review()), encoding="utf-8")
    # The browser that is open: of playwright there can be one at a time.
    opened = page.context.browser.new_page(viewport={"width": width, "height": WIDTHS[width]})
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(file.as_uri())
    assert broken_promises(opened, asked) == []
    opened.close()


def test_a_review_prints_on_two_pages_and_reads_on_a_telephone(page, tmp_path: Path) -> None:
    file = tmp_path / "review.html"
    file.write_text(review_page(full_review()), encoding="utf-8")
    opened = page.context.browser.new_page()
    opened.set_viewport_size({"width": 390, "height": 800})
    opened.goto(file.as_uri())
    assert opened.locator("td").first.evaluate("e => getComputedStyle(e).display") == "flex"
    printed = opened.pdf(format="A4")
    opened.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
