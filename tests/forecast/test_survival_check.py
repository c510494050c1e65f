"""Replicated survival curves hold the observed one where the model is right, and else do not."""

from __future__ import annotations

from dataclasses import replace

import lifelines
import numpy as np
import pandas as pd
import pytest
from books import Shape, design_of, lay_out, live_through
from quiet import quiet_shocks

from workbench.core.names import EXIT_KINDS
from workbench.features.design import Design
from workbench.forecast.leaving.check import leave_one_out, month_probability
from workbench.forecast.leaving.survival_check import ALL, count_rows, survival_check
from workbench.forecast.posterior.survival import Draws

SHAPE = Shape(400, months=24)


def draws_for(design: Design, draws: int = 1, **changed) -> Draws:
    """Effects known exactly: every draw is the same."""
    exits = np.where([kind.startswith("early") for kind in EXIT_KINDS], -4.5, -1.5)
    exits[0] = -3.0
    coding = design.coding
    effects = {
        "exit": exits,
        "tenure": np.zeros(coding.max_tenure_months + 1),
        "attribute": np.array([0.3]),
        "group": np.append(np.linspace(-0.3, 0.3, len(coding.flat_levels)), 0.0),
        "signal": np.array([0.6, -0.4]),
    } | changed
    one = {name: np.tile(value, (draws, 1)) for name, value in effects.items()}
    return Draws(
        **one,
        **quiet_shocks(draws, coding),
        fade=np.full(draws, 0.85),
        frailty=np.full(draws, 0.3),
    )


@pytest.fixture(scope="module")
def whole() -> Design:
    return design_of(lay_out(SHAPE, np.random.default_rng(1)))


@pytest.fixture(scope="module")
def lived(whole) -> Design:
    return live_through(whole, draws_for(whole), np.random.default_rng(5))


def test_the_observed_curve_is_that_of_lifelines_with_late_entry(lived) -> None:
    """Months of tenure, entry before the first month seen, right censoring."""
    counts = count_rows(lived)
    curve = counts.curve(counts.endings)[0]
    first, last = lived.entry_end, lived.row_end - 1
    seen = last >= first
    tenure = lived.cell_tenure[lived.cell_idx]
    entry, stop = tenure[first[seen]] - 1, tenure[last[seen]]
    begin = int(np.flatnonzero(counts.reported[0])[0])
    fitted = lifelines.KaplanMeierFitter().fit(
        stop, lived.event[seen], entry=np.maximum(entry, begin - 1), timeline=range(len(curve))
    )
    expected = fitted.survival_function_["KM_estimate"].to_numpy()
    reported = counts.reported[0]
    np.testing.assert_allclose(curve[reported], expected[reported], rtol=1e-9)
    assert curve.min() < 0.7 and (counts.at_risk[0][reported] < len(seen)).all()


def test_terms_have_curves_of_their_own_and_rows_count_once_in_each(lived) -> None:
    counts = count_rows(lived)
    assert counts.curves == (ALL, "month to month", "12 months")
    np.testing.assert_array_equal(counts.at_risk[0], counts.at_risk[1:].sum(axis=0))
    np.testing.assert_array_equal(counts.endings[0], counts.endings[1:].sum(axis=0))
    assert counts.endings.sum() == 2 * lived.event.sum()


def test_the_band_holds_the_curve_of_a_right_model(lived) -> None:
    draws = draws_for(lived, 300)
    found = survival_check(month_probability(draws, lived), lived, 0.9, seed=3)
    table = found.table
    assert found.probability > 0.05 and found.curves[0] == ALL
    assert table["observed"].between(table["low"], table["high"]).mean() > 0.9
    assert table.groupby("curve")["observed"].apply(lambda s: s.is_monotonic_decreasing).all()


def test_false_alarms_are_as_rare_as_stated(whole) -> None:
    """With effects known exactly, the probability is uniform over books."""
    found = []
    for seed in range(30):
        lived = live_through(whole, draws_for(whole), np.random.default_rng(100 + seed))
        chance = month_probability(draws_for(whole, 1), lived)
        found.append(survival_check(np.repeat(chance, 150, 0), lived, 0.9, seed).probability)
    assert np.mean(np.array(found) < 0.1) <= 0.24  # 3 of 30 expected, 7 at most in 99 of 100
    assert 0.3 < np.mean(found) < 0.7


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ("knows no renewals", ""),
        ("thinks that monthly contracts are as safe as others", "month to month"),
        ("thinks that half as many leave", ""),
        ("thinks that the old leave and the young stay", ""),
    ],
)
def test_a_wrong_model_is_found_out_at_the_right_place(lived, wrong, where) -> None:
    right = draws_for(lived).exit[0]
    tenure = np.zeros(lived.coding.max_tenure_months + 1)
    changed = {
        "knows no renewals": {"exit": np.where(np.arange(len(right)) > 0, -3.5, right)},
        "thinks that monthly contracts are as safe as others": {
            "exit": np.where(np.arange(len(right)) > 0, right, -4.5)
        },
        "thinks that half as many leave": {"exit": right - 0.7},
        "thinks that the old leave and the young stay": {
            "tenure": tenure + np.linspace(-2, 2, len(tenure))
        },
    }[wrong]
    chance = month_probability(draws_for(lived, 300, **changed), lived)
    found = survival_check(chance, lived, 0.9, seed=3)
    assert found.probability < 0.01
    assert where in found.worst


def test_what_the_draws_disagree_on_widens_the_band(lived) -> None:
    draws = draws_for(lived, 300)
    unsure = replace(draws, exit=draws.exit + np.random.default_rng(4).normal(size=(300, 1)))
    width = {}
    for name, these in (("sure", draws), ("unsure", unsure)):
        table = survival_check(month_probability(these, lived), lived, 0.9, 3).table
        width[name] = (table["high"] - table["low"]).mean()
    assert width["unsure"] > 2 * width["sure"]


def test_the_same_seed_gives_the_same_band(lived) -> None:
    chance = month_probability(draws_for(lived, 50), lived)
    first, second = (survival_check(chance, lived, 0.9, 3) for _ in range(2))
    assert first.table.equals(second.table) and first.probability == second.probability


def test_subscriptions_of_which_all_draws_say_the_same_are_weighed_alike(lived) -> None:
    ends = np.zeros(len(lived.cell_idx), bool)
    ends[lived.row_end[lived.event] - 1] = True
    rows = pd.DataFrame({"observed": True, "event": ends})
    chance = month_probability(draws_for(lived, draws=60), lived)
    left_out = leave_one_out(chance, lived, rows)
    np.testing.assert_allclose(left_out.chance, chance[0], rtol=1e-5)
    assert left_out.p_loo == pytest.approx(0, abs=1e-6)
    assert (left_out.pareto_k == 0).all()
    # Nothing says how much worse than "as good as impossible" the worst draws are.
    chance[:30, lived.row_start[0] : lived.row_end[0]] = float(not ends[lived.row_end[0] - 1])
    assert leave_one_out(chance, lived, rows).pareto_k[0] == np.inf
