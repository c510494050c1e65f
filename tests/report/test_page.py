"""The page stands alone: nothing fetched, nothing run, code left out, text escaped."""

from __future__ import annotations

import pandas as pd
import pytest
from great_tables import GT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.core.errors import WorkbenchError
from workbench.report.output.page import PageText, external_loads, render_page
from workbench.report.output.tables import report_table

HOSTILE = "<script>alert(1)</script>"
TEXT = PageText("Who leaves?")


def page_of(*outputs, text=TEXT, markdown="# Title"):
    code = new_code_cell("hidden_code()", outputs=list(outputs))
    return render_page(new_notebook(cells=[new_markdown_cell(markdown), code]), text)


def shown(markup):
    return new_output("execute_result", data={"text/html": markup, "text/plain": "plain"})


def test_code_and_warnings_are_left_out_and_prints_kept():
    page = page_of(
        new_output("stream", name="stdout", text="printed <b>"),
        new_output("stream", name="stderr", text="a warning"),
    )
    assert "hidden_code" not in page
    assert "a warning" not in page
    assert "printed &lt;b&gt;" in page
    assert "<h1>Title</h1>" in page


@pytest.mark.parametrize("table", [report_table, lambda frame, _title: GT(frame)])
def test_names_of_accounts_are_text_even_in_a_table_that_does_not_escape(table):
    frame = pd.DataFrame({"name": [HOSTILE, "Smith & Sons"]})
    page = page_of(shown(table(frame, "Accounts").as_raw_html()))
    assert page.count("<script") == 1  # the page's own
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Smith &amp; Sons" in page
    assert page.count("<style") == 1


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="http://tracker.example/p.png">',
        '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
        '<p style="background-image:url(http://tracker.example/p.png)">x</p>',
        '<style>@import "http://tracker.example/a.css";</style>',
        '<svg onload="alert(1)"></svg>',
    ],
)
def test_markup_that_fetches_or_runs_is_defused(markup):
    assert external_loads(f"<body>{markup}</body>") or "javascript:" in markup
    page = page_of(shown(markup), markdown=markup)
    assert external_loads(page) == []
    assert 'href="javascript:' not in page


def test_image_is_inside_and_described():
    image = new_output(
        "display_data",
        data={"image/png": "aGVsbG8=\n", "text/plain": "<Figure>"},
        metadata={"image/png": {"alt": "Survival by 'segment'"}},
    )
    page = page_of(image)
    assert 'src="data:image/png;base64,aGVsbG8="' in page
    assert "Survival by" in page


def test_failure_shows_words_and_banner_but_no_traceback():
    error = new_output("error", ename="GateError", evalue="R-hat is <1.4>", traceback=["line 7"])
    page = page_of(error, text=PageText("Who leaves?", banner="Not published. <b>", footer="run 1"))
    assert "R-hat is &lt;1.4&gt;" in page
    assert "Not published. &lt;b&gt;" in page
    assert "line 7" not in page


def test_page_that_would_fetch_is_refused(monkeypatch):
    monkeypatch.setattr("workbench.report.output.page._SANITISER.tags", ["img"])
    monkeypatch.setattr("workbench.report.output.page._SANITISER.attributes", {"img": ["src"]})
    with pytest.raises(WorkbenchError, match="would not open offline"):
        page_of(shown('<img src="http://tracker.example/p.png">'))
