"""Revenue, usage and scores before and after a first action, on panels of known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.impact.differences import change_table, changes
from workbench.impact.outcomes import OutcomePanel, first_acted, outcomes_on_record

QUARTERS = 16


def panel(effect: float, seed: int, accounts: int = 240, dip: float = 0.0) -> tuple:
    """Return an outcome and the first quarters: levels, a common trend, shocks that fade.

    With a dip, accounts are acted upon in the quarter after a bad one that passes by itself.
    """
    rng = np.random.default_rng(seed)
    first = np.where(rng.random(accounts) < 0.6, rng.integers(6, QUARTERS - 2, accounts), 0)
    joined, left = rng.integers(0, 4, accounts), rng.integers(11, QUARTERS + 1, accounts)
    rows = []
    for account in range(accounts):
        level, state = rng.normal(0, 1), 0.0
        for quarter in range(joined[account], left[account]):
            state = 0.6 * state + rng.normal(0, 0.08)
            value = level + 0.01 * quarter + state
            acted = first[account] > 0
            value += effect * (acted and quarter > first[account])
            value -= dip * (acted and quarter == first[account] - 1)
            rows.append((f"a{account}", quarter, value))
    table = pd.DataFrame(rows, columns=["account_id", "quarter", "value"])
    names = [f"a{account}" for account in range(accounts)]
    quarters = pd.Series(first, names)
    return OutcomePanel("revenue", table, relative=True), quarters[quarters > 0]


def found(effect: float, seed: int, **kind):
    outcome, first = panel(effect, seed, **kind)
    return changes((outcome,), first, 6, 0.9)[0]


def test_a_known_effect_is_found_and_holds_under_steps_apart_as_before() -> None:
    one = found(0.15, 1)
    estimate, low, high = one.change
    assert low < 0.15 < high < 0.25
    assert one.robust[0] > 0
    assert one.why == ()
    assert one.robust[0] < low < estimate < high < one.robust[1]


def test_intervals_hold_the_truth_as_often_as_they_say_and_find_nothing_in_nothing() -> None:
    ends = np.array([found(0.0, seed, accounts=120).change for seed in range(40)])
    held = ((ends[:, 1] <= 0) & (ends[:, 2] >= 0)).sum()
    assert 31 <= held <= 40  # with probability 0.99 at a coverage of 90 %
    assert abs(ends[:, 0].mean()) < 3 * ends[:, 0].std() / np.sqrt(40)


def test_a_bad_quarter_that_passes_by_itself_is_not_called_measured() -> None:
    """Who is acted upon after a bad quarter gets better without it as well."""
    one = found(0.0, 2, dip=0.2)
    assert one.change[1] > 0.05  # a reader of the plain interval would call it an effect
    assert len(one.why) == 2
    assert one.robust[0] < 0 < one.robust[1]


def test_one_quarter_of_first_actions_comes_to_the_plain_difference_of_differences() -> None:
    outcome, first = panel(0.1, 3)
    first = pd.Series(8, first.index)
    one = changes((outcome,), first, 3, 0.9)[0]
    wide = outcome.panel.pivot_table(index="account_id", columns="quarter", values="value")
    step = (wide[9] - wide[7]).dropna()
    acted = step.index.isin(first.index)
    assert one.change[0] == pytest.approx(step[acted].mean() - step[~acted].mean())


def test_too_few_say_so_with_their_number() -> None:
    one = found(0.1, 4, accounts=20)
    assert one.quarters.empty
    assert np.isnan(one.change[0])
    assert one.why[0].startswith("Too few to compare: ")
    assert not change_table((one,))["passed"].any()


def test_outcomes_are_read_by_quarter_while_an_account_is_a_customer() -> None:
    rows = pd.DataFrame(
        {"account_id": "a", "month": range(24_000, 24_006), "arr": [100.0] * 3 + [200.0] * 3}
    )
    usage = pd.DataFrame(
        {"account_id": "a", "month": pd.to_datetime(["2000-01-01", "2000-02-01", "2010-01-01"]),
         "units": [np.e - 1, np.e - 1, 5.0]}
    )  # fmt: skip
    surveys = pd.DataFrame(
        {"account_id": ["a"], "taken_on": pd.to_datetime(["2000-01-15"]), "kind": "nps",
         "score": [8]}
    )  # fmt: skip
    revenue, used, nps = outcomes_on_record(rows, {"usage": usage, "surveys": surveys})
    assert revenue.panel["quarter"].tolist() == [8000, 8001]
    np.testing.assert_allclose(revenue.panel["value"], np.log([100, 200]))
    assert used.panel["quarter"].tolist() == [8000]
    assert used.panel["value"].tolist() == pytest.approx([1.0])
    assert nps.panel["quarter"].tolist() == [8000, 8001]  # an answer holds for half a year
    assert [one.name for one in (revenue, used, nps)] == ["revenue", "usage", "nps"]


def test_who_was_acted_upon_when_the_record_began_is_left_out() -> None:
    actions = pd.DataFrame(
        {"account_id": ["a", "b", "b"],
         "done_on": pd.to_datetime(["2020-01-10", "2020-12-01", "2020-09-01"])}
    )  # fmt: skip
    first = first_acted(actions, 6)
    assert first.to_dict() == {"a": -1, "b": 2020 * 4 + 2}
