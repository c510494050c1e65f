"""The reasons report's sentences and figures, from tables made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.features.reason_data import ReasonData
from workbench.report.reasons.figures import bound_figure, incidence_figure, reasons_check_figure
from workbench.report.reasons.text import assumption_text, data_text, plain, reasons_text

NOBODY = np.zeros(0, dtype="int64")  # has given notice
NAMES = ["<script>alert(1)</script> *now*", "price $a$", "other"]
BOUNDS = pd.DataFrame(
    {
        "reason": NAMES[::-1],
        "share": [0.5, 0.3, 0.2],
        "accounts": [5.0, 3.0, 2.0],
        "arr": [500.0, 300.0, 200.0],
        "arr_low": [100.0, 50.0, 0.0],
        "arr_high": [900.0, 700.0, 600.0],
        "kept": [450.0, 250.0, 150.0],
        "kept_low": [90.0, 40.0, 0.0],
        "kept_high": [800.0, 600.0, 500.0],
    }
)


def incidence() -> pd.DataFrame:
    lost = np.array([[20.0, 30.0, 50.0, 100.0], [200.0, 300.0, 500.0, 1000.0]])
    return pd.DataFrame(
        {
            "month": np.repeat(["2026-01", "2026-02"], 4),
            "horizon_months": np.repeat([1, 2], 4),
            "reason": [*NAMES, "(all)"] * 2,
            "accounts": lost.ravel() / 100,
            "arr": lost.ravel(),
            "arr_low": lost.ravel() / 2,
            "arr_high": lost.ravel() * 2,
        }
    )


def reasons_of(stated: list[str], reasons: tuple[str, ...], pooled: tuple[str, ...]) -> ReasonData:
    empty = np.zeros((0, 1), dtype="int64")
    endings = pd.DataFrame({"reason": stated})
    return ReasonData(reasons, pooled, endings, (), (), empty[:, 0], empty, empty)


def test_the_answer_names_a_reason_that_a_lever_can_be_against() -> None:
    text = reasons_text(incidence(), BOUNDS, 10_000.0, 0.9, "EUR")
    assert "**EUR 1 k** of EUR 10 k" in text and "50% for other" in text
    assert r"What leaves for price \$a\$ is all that a lever against it could save: EUR 300" in text
    assert "EUR 250 of it (EUR 40 to EUR 600)" in text
    assert "<script" not in text
    assert "No data can test that" in assumption_text()


def test_unknown_and_pooled_reasons_are_counted_and_named() -> None:
    text = data_text(reasons_of(["price"] * 3 + [""], ("price", "other"), ("<b>rare",)), NOBODY)
    assert "**4 endings**" in text and "1 without one (25%)" in text
    assert "&lt;b&gt;rare" in text and "<b>" not in text
    whole = data_text(reasons_of(["price"] * 3, ("price",), ()), NOBODY)
    assert "without one" not in whole and "Too rare" not in whole and "Notice" not in whole
    told = data_text(reasons_of(["price"] * 3, ("price",), ()), np.array([0, -1, 0]))
    assert "Notice was given for 3 subscriptions that still run, for 2 with a reason" in told


def test_text_from_customers_stays_text() -> None:
    assert plain("[a](javascript:b)") == r"\[a\](javascript:b)"
    assert plain("a|b`c") == r"a\|b\`c"


def test_figures_say_what_they_find_and_take_any_name(tmp_path) -> None:
    bounds = bound_figure(BOUNDS, 2, 0.9, "EUR")
    assert bounds.axes[0].get_title(loc="left").startswith(r"price \$a\$: EUR 300 expected")
    lost = incidence_figure(incidence(), 0.9, "EUR")
    assert "take 80% of EUR 1 k lost in 2 months" in lost.axes[0].get_title(loc="left")
    check = pd.DataFrame(
        {
            "exit_kind": np.repeat(["month to month", "renewal, 12 months"], 3),
            "reason": NAMES * 2,
            "observed": [3, 2, 1, 6, 4, 2],
            "low": [0.0] * 6,
            "high": [5.0] * 6,
            "inside": [True, True, True, False, True, True],
        }
    )
    drawn = reasons_check_figure(check, 0.9)
    assert drawn.axes[0].get_title(loc="left") == "renewal, 12 months: 12"
    for number, figure in enumerate((bounds, lost, drawn)):
        figure.savefig(tmp_path / f"{number}.png", bbox_inches="tight")
