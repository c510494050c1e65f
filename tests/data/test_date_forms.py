"""Days as systems write them: stated forms are read, and a refusal names the form that is there."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.data.load import load_book
from workbench.data.source.cells.date_format import format_pattern, formats_of
from workbench.data.source.checks.advice import hint_for

FORMS = {
    "%d %b %Y": ("5 Mar 2024", "31 december 2025"),
    "%b %d, %Y": ("Mar. 05, 2024", "December 31, 2025"),
    "%d-%b-%y": ("05-MAR-24", "31-Dec-25"),
    "%m/%d/%y": ("3/5/24", "12/31/25"),
    "%m/%d/%Y %I:%M %p": ("3/5/2024 12:00 AM", "12/31/2025 11:59 pm"),
    "%Y/%m/%d %H:%M:%S": ("2024/03/05 00:00:00", "2025/12/31 23:59:59"),
}


def loaded(path, start, end, head=""):
    (path / "accounts.csv").write_text("account_id\nk1\n", encoding="utf-8")
    header = "contract_id;account_id;product;start_on;end_on;arr"
    row = f"v1;k1;core;{start};{end};100"
    (path / "contracts.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    (path / "own.yaml").write_text(head or "{}", encoding="utf-8")
    return load_book(path, path / "own.yaml").frame("contracts")[["start_on", "end_on"]].iloc[0]


@pytest.mark.parametrize("form", FORMS)
def test_a_stated_form_is_read(tmp_path, form):
    found = loaded(tmp_path, *FORMS[form], head=f'date_format: "{form}"\n')
    assert found.tolist() == [pd.Timestamp("2024-03-05"), pd.Timestamp("2025-12-31")]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_recognised(form):
    assert all(form in formats_of(text) for text in FORMS[form])


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("3/4/2024 9:05 AM", '"%d/%m/%Y %I:%M %p" or "%m/%d/%Y %I:%M %p"'),
        ("13/4/24", 'looks like DD/MM/YY: state date_format: "%d/%m/%y"'),
        ("2026/06/01", 'looks like YYYY/MM/DD: state date_format: "%Y/%m/%d"'),
        ("1 Juni 2026", 'state date_format: "%d %b %Y"'),
        ("2026-02-30", "no calendar has that day"),
        ("1740000001", "seconds since 1970"),
        ("2026-06-01T10:00:00+02:00", "has a time zone"),
        ("0", 'missing: ["0"]'),
        ('see "notes"', r'missing: ["see \"notes\""]'),
    ],
)
def test_a_refused_date_says_how_it_could_be_read(text, hint):
    assert hint.lower() in hint_for("not a date", text).lower()


@pytest.mark.parametrize("clock", ["T23:00:00+02:00", "T01:00:00.000-0500", " 10:00:00 UTC"])
def test_a_day_is_the_one_that_is_written(tmp_path, clock):
    found = loaded(tmp_path, f"2024-03-05{clock}", f"2025-12-31{clock}")
    assert found.tolist() == [pd.Timestamp("2024-03-05"), pd.Timestamp("2025-12-31")]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("%Y-%y-%m", "say the same"),
        ("%d %b", "needs %Y and %m"),
        ("%Y-%m-%d %I:%M", "go together"),
        ("%Y-%j", "%j is unknown"),
    ],
)
def test_a_form_that_cannot_be_is_refused(form, message):
    with pytest.raises(ValueError, match=message):
        format_pattern(form)
