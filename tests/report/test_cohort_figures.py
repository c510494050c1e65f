"""What the cohorts report says and draws, from hand-made tables."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.cohort_names import BDW, SBG
from workbench.report.cohorts.figures import MOST_COHORTS, retention_figure
from workbench.report.cohorts.text import (
    data_text,
    distribution_text,
    hidden_table,
    hidden_text,
    parameters_table,
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
        "error": [-0.013, -0.221], "crps": [0.005, 0.052],
    }
)  # fmt: skip
LAWS = pd.DataFrame(
    {
        "law": [BDW, SBG], "crps": [0.005, 0.052], "predictive_prob": [0.5, 0.2],
        "possible": [True, True], "chosen": [True, False],
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


def cohorts_figure(count: int, **kept):
    names = [f"c{j}" for j in range(count)]
    bands = {BDW: pd.concat([band(name) for name in names])}
    seen_ = pd.concat([seen(name) for name in names])
    return retention_figure(bands, seen_, "year", "Finding", **kept)


def test_figure_draws_all_cohorts_in_rows():
    figure = cohorts_figure(4)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["c0", "c1", "c2", "c3"]
    assert [bool(ax.get_ylabel()) for ax in figure.axes] == [True, False, False, True]
    assert figure.get_suptitle() == "Finding"


def test_figure_says_which_cohorts_it_leaves_out():
    figure = cohorts_figure(MOST_COHORTS + 2)
    assert len(figure.axes) == MOST_COHORTS
    assert "The first 12 of 14 cohorts; the tables have all." in figure.get_suptitle()


def legend_of(figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_legend_speaks_of_what_is_drawn():
    assert "hidden from the fit" in legend_of(cohorts_figure(2))
    legend = legend_of(cohorts_figure(2, later="what happened"))
    assert "what happened" in legend and "hidden from the fit" not in legend
    all_seen = band("a").assign(forecast=[False, False, False, True])
    figure = retention_figure({BDW: all_seen}, seen("a"), "year", "Finding")
    assert legend_of(figure) == [BDW, "observed"]


def test_answer_is_a_sentence_with_intervals():
    text = quantities_text(ANSWERS, "year", 8, 0.9)
    assert "of 1,500 customers today, **1,200** (1,150 to 1,250) will be there after 8" in text
    assert "keeps 94.2% of them" in text and "Intervals hold 90%" in text


def test_tables_escape_names_and_show_intervals():
    shown = quantities_table(ANSWERS, "year", 8, 0.9).as_raw_html()
    assert "&lt;b&gt;" in shown and "<b>" not in shown
    assert "94.2% (93.0% to 95.0%)" in shown
    hidden = hidden_table(SCORES, "year").as_raw_html()
    assert "8 of 8" in hidden and "39.4%" in hidden
    # The error is in points of the cohort, not as a share of the share.
    assert "off by, points" in hidden and "−8.7" in hidden and "22.1" not in hidden
    assert "5.2" in hidden


def test_finding_counts_the_hidden_of_the_chosen_law():
    assert "8 of 8 hidden years lie inside the BdW" in hidden_text(SCORES, LAWS, "year")
    chosen = LAWS.assign(law=[SBG, BDW])
    assert "1 of 8 hidden years lie inside the sBG" in hidden_text(SCORES, chosen, "year")


def test_choice_of_the_law_is_told():
    legend = distribution_text(LAWS, "year")
    assert (
        "**BdW**" in legend
        and "off by 0.5 points on average, less than the sBG's were by 5" in legend
    )
    refused = distribution_text(LAWS.assign(crps=[0.052, 0.005], possible=[True, False]), "year")
    assert "where the sBG's were by 0.5" in refused and "sBG was passed over" in refused
    nothing = distribution_text(LAWS.assign(crps=float("nan")), "year")
    assert "No year was hidden" in nothing and "BdW contains the sBG" in nothing
    forced = distribution_text(
        LAWS.assign(law=[SBG, BDW], crps=float("nan"), possible=[True, False]), "year"
    )
    assert "**sBG**" in forced and "BdW was passed over" in forced and "contains" not in forced


def test_parameters_are_shown_beside_the_published_check():
    row = {"alpha": 3.8, "beta": 15.2, "shape": 1.0}
    ends = {f"{name}_{end}": value for name, value in row.items() for end in ("low", "high")}
    table = pd.DataFrame([row | ends | {"cohort": name} for name in ("", NAME)])
    likeliest = pd.DataFrame({SBG: {"alpha": 3.798, "beta": 15.192, "shape": 1.0}}).T
    shown = parameters_table(table, likeliest, 0.9, SBG).as_raw_html()
    assert "one curve for all, sBG" in shown and "15.19" in shown
    assert "what cohorts share" in shown and "&lt;b&gt;" in shown and "15.2 (15.2 to 15.2)" in shown


def test_data_note_says_when_a_size_was_assumed():
    customers = seen("a").assign(customers=[100.0, 81, 60])
    assert data_text(customers, "year", None) == (
        "- `a`: 100 customers at the start, 60 after 2 years"
    )
    assert "taken to be 500 customers" in data_text(customers, "year", 500)
    assert "How the table was read:\n\n- odd" in data_text(customers, "year", 500, ("odd",))
    assert data_text(customers[:1], "year", None).endswith("at the start, just begun")


@pytest.mark.parametrize(
    ("chance", "expected"),
    [
        (0.99, "leaving rises with time (probability 99%)"),
        (0.01, "leaving falls with time (probability 99%)"),
        (0.06, "probably falls with time (probability 94%)"),
        (0.45, "do not tell whether each customer's own chance of leaving moves with time "
         "(probability that it falls: 55%)"),
    ],
)  # fmt: skip
def test_shape_is_put_into_words(chance, expected):
    assert expected in shape_text(chance, BDW)


def test_the_narrower_law_has_no_shape_to_speak_of():
    assert "constant" in shape_text(0.0, SBG) and "falls" not in shape_text(0.0, SBG)
