"""A page of every kind of part keeps its promises at both widths, and its tables work."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from page_checks import WIDTHS, broken_promises, opened

from workbench.report.output.answer import Answer, Headline
from workbench.report.output.page import PageText, PublishedTable, render_page
from workbench.report.output.page_figure import Spot
from workbench.report.output.row_table import PageColumn, RowTable
from workbench.report.output.tables import report_table
from workbench.report.style import label_axes, new_figure

HOSTILE = "<script>document.title='taken'</script>"


WRITTEN = "| column | another | a third | a fourth | last |\n|---|---|---|---|---|\n" + (
    "| a long first cell | and a second | and one more | still one | the last one |\n" * 2
)


def shown(what: object) -> NotebookNode:
    if isinstance(what, str):
        return new_output("display_data", data={"text/markdown": what})
    bundle = what._repr_mimebundle_() if hasattr(what, "_repr_mimebundle_") else None
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    data = data or {"text/html": what.as_raw_html()}
    return new_output("display_data", data=data, metadata=metadata)


def cell(*shows: object, tags: tuple[str, ...] = ()) -> NotebookNode:
    return new_code_cell("", outputs=[shown(one) for one in shows], metadata={"tags": list(tags)})


def figure():
    drawn, axes = new_figure(columns=2)
    for ax in axes:
        ax.bar([0, 1], [2, 3])
        label_axes(
            ax, "Revenue is expected to grow by a seventh in twelve months", "movements", "EUR"
        )
    drawn.spots = (Spot(0, (-0.4, 0, 0.4, 2), "churn: the accounts", "accounts", "Acme", "-loss"),)
    return drawn


def rows() -> RowTable:
    names = [HOSTILE, "Acme Northern Partners", *(f"Customer {number}" for number in range(28))]
    table = pd.DataFrame({"name": names, "loss": [900.0 + 10 * n for n in range(30)]})
    table["owner"] = ["Wim Rossi", "Amir Quist"] * 15
    table["curve"] = [[1.0, 0.9, 0.8]] * 30
    columns = [
        PageColumn("name", "customer"), PageColumn("owner", "owner"),
        PageColumn("loss", "loss", "money"), PageColumn("curve", "month by month", "curve"),
    ]  # fmt: skip
    return RowTable("accounts", "Every customer", columns, table, "Amounts in EUR.")


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    answer = Answer("**Yes.**", (Headline("nrr", "NRR", 0.96, 0.9, 0.99, "share"),) * 5, 0.9)
    wide = pd.DataFrame({f"column {n}": [f"a long cell {n}"] * 9 for n in range(9)})
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Growth\n\n**Where does revenue go?**"),
            new_markdown_cell("## Data"),
            cell(report_table(wide, "A table of many columns")),
            new_markdown_cell("## The answer", metadata={"tags": ["answer"]}),
            cell(answer, figure(), tags=("answer",)),
            new_markdown_cell("## Accounts"),
            cell(rows(), WRITTEN),
        ]
    )
    line = ("As of 1 January 2026", "source: simulated example", "all 9 checks passed")
    files = (PublishedTable("accounts", 30, ("csv", "parquet", "xlsx")),)
    path = tmp_path_factory.mktemp("page") / "growth.html"
    text = PageText("Growth", line=line, files=files)
    path.write_text(render_page(notebook, text), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_keeps_its_promises(file, chromium_path, width) -> None:
    with opened(file, chromium_path, width) as (page, asked):
        assert broken_promises(page, asked) == []
        assert page.title() == "Growth"


def test_a_page_that_breaks_them_is_found_out(tmp_path, chromium_path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(
        '<body><main><h1>A</h1><h3>B</h3><p style="font-size:9px;width:900px">small</p>'
        '<section style="color:#999">up by 0.1499999999999999 in uptime_pct</section>'
        '<section class="answer"><p style="height:900px"></p>'
        '<figure><img src="https://tracker.example/p.png" alt="Figure"></figure></section>'
        '<style>input { outline: none }</style><input><a href="#x" tabindex="1">a link</a>'
        '<div class="rows" id="table-a"></div><ul class="filelist"></ul>'
        "</main></body>"
    )
    with opened(path, chromium_path, 390) as (page, asked):
        found = " | ".join(broken_promises(page, asked))
    for part in ("asks for https", "right edge", "9 px: small", "first screen: .said", "1 images",
                 "first screen: the figure ends at", "no files beside table-a",
                 "headings out of order", "no day", "2.8 to 1: up by", "not rounded: 0.14999",
                 "uptime_pct", "without a name: <input", "not shown: <input", "key goes ['1', '0']",
                 ):  # fmt: skip
        assert part in found, found


def test_a_word_that_runs_out_of_its_box_is_found_out(tmp_path, chromium_path) -> None:
    path = tmp_path / "long.html"
    path.write_text(f"<body><main><h1>{'long' * 60}</h1></main></body>")
    with opened(path, chromium_path, 390) as (page, asked):
        assert "runs over the right edge: a word" in broken_promises(page, asked)


def test_faint_words_in_a_figure_are_found_out(tmp_path, chromium_path) -> None:
    drawn, (ax,) = new_figure()
    ax.text(0.5, 0.5, "too faint", color="#999999")
    label_axes(ax, "A finding", "across")
    path = tmp_path / "faint.html"
    page = render_page(new_notebook(cells=[cell(drawn)]), PageText("Faint"))
    path.write_text(page, encoding="utf-8")
    with opened(path, chromium_path, 1280) as (page, asked):
        assert "faint text in a figure, 2.8 to 1: too faint" in broken_promises(page, asked)


def test_tables_are_searched_sorted_and_led_into(file, chromium_path) -> None:
    with opened(file, chromium_path, 1280) as (page, _):
        table = page.locator("#table-accounts")
        visible = table.locator("tbody tr:visible")
        assert visible.count() == 15
        page.get_by_role("button", name="show all 30").click()
        assert visible.count() == 30
        page.get_by_label("Search in this table").first.fill("quist customer")
        assert visible.count() == 14
        page.get_by_label("Search in this table").first.fill("")
        table.get_by_role("button", name="loss").click()
        table.get_by_role("button", name="loss").click()
        assert visible.first.inner_text().startswith("Customer 27")
        assert table.locator("th[aria-sort=descending]").inner_text().startswith("loss")
        page.locator(".wide-only .spot").click()
        assert visible.count() == 1
        assert "Acme Northern Partners" in visible.first.inner_text()
        links = page.locator(".files a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert "tables/accounts.xlsx" in links


def test_no_column_is_lost_on_a_telephone(file, chromium_path) -> None:
    with opened(file, chromium_path, 390) as (page, _):
        last = page.locator(".table td").filter(has_text="a long cell 8").first
        box = last.bounding_box()
        assert box is not None and box["x"] + box["width"] <= 390
        assert last.evaluate("e => getComputedStyle(e, '::before').content") == '"column 8"'


def test_it_prints_with_the_date_and_page_numbers(file, chromium_path) -> None:
    with opened(file, chromium_path, 1280) as (page, _):
        page.emulate_media(media="print")
        assert page.locator(".controls").first.is_hidden()
        assert page.pdf(format="A4").startswith(b"%PDF")
        printed = page.locator("footer").evaluate("e => getComputedStyle(e, '::after').content")
        assert re.fullmatch(r'" · printed \d+ [A-Z][a-z]+ \d{4}"', printed), printed
        for rule in ("counter(page)", "counter(pages)", "As of 1 January 2026"):
            assert rule in file.read_text(encoding="utf-8").partition("</head>")[0]
