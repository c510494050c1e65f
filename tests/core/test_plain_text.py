"""Customers' text is shown as it is: in Markdown, in HTML and on a terminal."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from workbench.apps.log import terminal_text
from workbench.core.errors import DataError, Problem
from workbench.core.plain_text import plain, printable
from workbench.data.load import book_from_frames
from workbench.forecast.leaving.drivers import drivers_text
from workbench.report.model_check.text import gates_text
from workbench.report.output.page import PageText, render_page
from workbench.report.output.tables import report_table

HOSTILE = [
    '<a href="https://evil.example">EUR',
    "[EUR](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "<https://evil.example>",
    "https://evil.example",
    "www.evil.example and WWW.evil.example",
    "ann@evil.example",
    "<img src=x onerror=alert(1)>",
    "**bold** _thin_ ~~gone~~ `code` # top",
    "$x^2$ \\(y\\)",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "one\n\n# Heading\n\n- item",
    "&lt;b&gt; &amp; &#60;",
    "[a]: https://evil.example\n[a]",
    "\\[link](https://evil.example)",
]
ORDERS = [
    "\x1b[2J",
    "\x1b]0;owned\x07",
    "\x9b31m",
    "a\rb",
    "a\x08b",
    "\u202etxt.exe",
    "\x00",
    "\x7f",
]
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TAG = re.compile(r"<(/?[a-z0-9]+)[^>]*>", re.IGNORECASE)


def page_of(markdown: str) -> str:
    """Return the body of a page that shows some Markdown."""
    output = new_output("display_data", {"text/markdown": markdown})
    cell = new_code_cell("show()", execution_count=1, outputs=[output])
    metadata = {"language_info": {"name": "python"}}
    page = render_page(new_notebook(cells=[cell], metadata=metadata), PageText("T"))
    return page[page.index("<body") :]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_it_as_it_is(text: str) -> None:
    usual, page = page_of("Worth 5 XXX a year"), page_of(f"Worth 5 {plain(text)} a year")
    assert TAG.findall(page) == TAG.findall(usual)
    assert f"Worth 5 {' '.join(text.split())} a year" in html.unescape(TAG.sub("", page))


def test_a_page_with_it_unescaped_would_differ() -> None:
    assert "<a " in page_of(HOSTILE[1]) and "<strong>" in page_of(HOSTILE[8])


def test_sentences_that_hold_names_from_data_are_escaped() -> None:
    drivers = pd.DataFrame({"driver": [HOSTILE[1]], "kind": "attribute", "hazard_ratio": 9.0})
    drivers = drivers.assign(low=8.0, high=10.0, clear=True)
    assert r"\[EUR\]" in drivers_text(drivers, 0.9)
    gates = pd.DataFrame({"gate": ["R-hat"], "value": [2.0], "limit": [1.0], "passed": [False]})
    assert r"\[EUR\]" in gates_text(gates.assign(**{"worst at": HOSTILE[1]}))


def test_the_head_of_a_table_is_text() -> None:
    table = report_table(pd.DataFrame({"a": [1]}), HOSTILE[0], HOSTILE[7]).as_raw_html()
    assert "<a href" not in table and "<img" not in table


@pytest.mark.parametrize("text", ORDERS)
def test_a_terminal_obeys_none_of_it(text: str) -> None:
    for shown in (printable(text), terminal_text(text), str(Problem(text, text, text, text, text))):
        assert not OBEYED.search(shown)
    assert printable("Größe 5 €\tok\n") == "Größe 5 €\tok\n"


@pytest.mark.parametrize("code", ['<a href="x">EUR', "US$", "EURO", "E", "€"])
def test_money_of_an_unknown_currency_is_left_out(code: str) -> None:
    ids = [f"a{n}" for n in range(40)]
    contracts = {"contract_id": ids, "account_id": ids, "product": "p", "start_on": "2024-01-01"}
    frames = {
        "accounts": pd.DataFrame({"account_id": ids}),
        "contracts": pd.DataFrame(contracts).assign(arr="100", currency=[code, *["eur"] * 39]),
    }
    book = book_from_frames(frames)
    assert book.frame("contracts")["currency"].tolist() == ["EUR"] * 39
    assert book.quarantine["reason"].tolist() == [
        "currency is not a code of three letters, such as EUR"
    ]


def test_a_mapping_s_currency_is_a_code_too(tmp_path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("currency: US$\ntables: {}\n")
    with pytest.raises(DataError, match=r"line 1, currency: currency is not a code of three"):
        book_from_frames({}, path)
