"""What the cohorts report says and draws, from hand-made tables."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.cohort_names import BDW, SBG
from workbench.report.cohorts.figures import MOST_COHORTS, retention_figure
from workbench.report.cohorts.text import (
    data_text,
    hidden_table,
    hidden_text,
    quantities_table,
    quantities_text,
    shape_text,
)

NAME = "<b>$x^</b>"
ANSWERS = pd.DataFrame(
    {
        "cohort": [NAME], "customers": [1500.0],
        "renew": [0.942], "renew_low": [0.93], "renew_high": [0.95],
        "kept": [1200.4], "kept_low": [1150.0], "kept_high": [1250.0],
        "periods_ahead": [6.66], "periods_ahead_low": [6.4], "periods_ahead_high": [6.9],
    }
)  # fmt: skip
SCORES = pd.DataFrame(
    {
        "cohort": [NAME, NAME], "law": [BDW, SBG], "hidden": [8, 8], "inside": [8, 1],
        "period": [12, 12], "observed": [0.394, 0.394], "forecast": [0.389, 0.307],
        "error": [-0.013, -0.221],
    }
)  # fmt: skip


def band(name: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"cohort": name, "period": [0, 1, 2, 3], "kept": [1, 0.8, 0.7, 0.6],
         "low": [1, 0.78, 0.65, 0.5], "high": [1, 0.82, 0.75, 0.7],
         "forecast": [False, False, True, True]}
    )  # fmt: skip


def seen(name: str) -> pd.DataFrame:
    return pd.DataFrame({"cohort": name, "period": [0, 1, 2], "kept": [1, 0.81, 0.6]})


def test_figure_marks_what_was_hidden_and_starts_the_fan_at_the_known(tmp_path):
    figure = retention_figure({SBG: band(NAME), BDW: band(NAME)}, seen(NAME), "year", "Finding")
    [ax] = figure.axes
    lines = {line.get_label(): line for line in ax.get_lines()}
    assert lines["hidden from the fit"].get_xdata().tolist() == [2]
    assert lines["observed"].get_xdata().tolist() == [0, 1]
    assert lines[BDW].get_ydata().tolist() == [0.81, 0.7, 0.6]
    assert ax.get_title(loc="left") == NAME
    figure.savefig(tmp_path / "figure.svg")


def test_figure_shows_the_first_cohorts():
    many = [f"c{j}" for j in range(MOST_COHORTS + 2)]
    bands = {BDW: pd.concat([band(name) for name in many])}
    figure = retention_figure(bands, pd.concat([seen(name) for name in many]), "year", "Finding")
    assert len(figure.axes) == MOST_COHORTS


def test_answer_is_a_sentence_with_intervals():
    text = quantities_text(ANSWERS, "year", 8, 0.9)
    assert "of 1,500 customers today, **1,200** (1,150 to 1,250) will be there after 8" in text
    assert "keeps 94.2% of them" in text and "Intervals hold 90%" in text


def test_tables_escape_names_and_show_intervals():
    shown = quantities_table(ANSWERS, "year", 8, 0.9).as_raw_html()
    assert "&lt;b&gt;" in shown and "<b>" not in shown
    assert "94.2% (93.0% to 95.0%)" in shown
    hidden = hidden_table(SCORES, "year").as_raw_html()
    assert "8 of 8" in hidden and "39.4%" in hidden and "22.1%" in hidden


@pytest.mark.parametrize(
    ("scores", "words"),
    [(SCORES, "8 of 8 hidden years lie inside"), (SCORES[:0], "No year was hidden")],
)
def test_finding_counts_the_hidden(scores, words):
    assert words in hidden_text(scores, "year")


def test_data_note_says_when_a_size_was_assumed():
    customers = seen("a").assign(customers=[100.0, 81, 60])
    assert data_text(customers, "year", None) == (
        "- `a`: 100 customers at the start, 60 after 2 years"
    )
    assert "taken to be 500 customers" in data_text(customers, "year", 500)


@pytest.mark.parametrize(
    ("chance", "words"), [(0.99, "leaving rises"), (0.01, "leaving falls"), (0.5, "do not tell")]
)
def test_shape_is_put_into_words(chance, words):
    assert words in shape_text(chance)
