"""The layout of trials, on a hand-made book: who is eligible, when follow-up begins and ends."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import DataError
from workbench.data.load import book_from_frames
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.impact.flow import trial_flow
from workbench.impact.trials import TrialRules, at_risk_months, lay_out_trials

RULES = TrialRules(horizon_months=3, washout_months=2)


@cache
def laid_out(actions: tuple[tuple[str, str, str], ...]):
    accounts = pd.DataFrame({"account_id": ["a", "b", "c", "d"]})
    contracts = pd.DataFrame(
        {
            "contract_id": ["1", "2", "3", "4"],
            "account_id": ["a", "b", "c", "d"],
            "product": "p",
            "start_on": "2024-01-01",
            "arr": 1200.0,
            "ended_on": [None, "2024-09-15", "2024-03-10", None],
        }
    )
    done = pd.DataFrame(actions, columns=["account_id", "kind", "done_on"])
    done = done.assign(action_id=[f"x{i}" for i in range(len(done))])
    tables = {"accounts": accounts, "contracts": contracts, "actions": done}
    book = book_from_frames(tables)
    asked = DataSpecification(as_of="2025-01-01", horizon_months=1, groups=())
    data = hazard_data(book, asked)
    rows = at_risk_months(book, data)
    return lay_out_trials(rows, data, book.frame("actions"), RULES)[0]


def months_of(trials, account: str, acted: bool) -> list[int]:
    """Return the months of 2024 (1 to 12) in which an account's trials of an arm began."""
    own = (trials.table["account_id"] == account).to_numpy() & (trials.any_treated == acted)
    return [int(month) - 2024 * 12 + 1 for month in trials.table.loc[own, "month"]]


HISTORY = (("d", "call", "2024-03-02"), ("a", "review", "2024-07-20"), ("b", "call", "2024-08-03"))


def test_a_trial_begins_where_nothing_was_done_for_the_washout() -> None:
    trials = laid_out(HISTORY)
    # Actions are on record from March: whether anything was done before is known from May on.
    assert months_of(trials, "a", acted=False) == [5, 6, 10, 11]
    assert months_of(trials, "a", acted=True) == [7]


def test_who_ends_in_the_month_starts_no_trial() -> None:
    """Both arms are still running when the month is over: nobody has to live to be treated."""
    trials = laid_out(HISTORY)
    assert months_of(trials, "b", acted=True) == [8]
    assert months_of(trials, "b", acted=False) == [5, 6, 7]


def test_follow_up_ends_with_the_month_of_the_next_action_in_both_arms() -> None:
    trials = laid_out((*HISTORY, ("a", "call", "2024-09-01")))
    at = {(row.account_id, row.month - 2024 * 12 + 1): i for i, row in
          enumerate(trials.table.itertuples())}  # fmt: skip
    assert trials.seen[at["a", 5]].tolist() == [True, True, False]  # acted upon in July
    assert trials.seen[at["a", 7]].tolist() == [True, True, False]  # and again in September
    assert trials.seen[at["d", 6]].tolist() == [True, True, True]


def test_an_ending_is_seen_by_every_trial_that_was_running() -> None:
    trials = laid_out(HISTORY)
    own = (trials.table["account_id"] == "b").to_numpy()
    ends = {int(m) - 2024 * 12 + 1: e for m, e in
            zip(trials.table.loc[own, "month"], trials.event[own], strict=True)}  # fmt: skip
    assert ends[8].tolist() == [True, False, False]  # acted upon in August, gone in September
    assert ends[7].tolist() == [False, False, False]  # censored by that action
    assert ends[6].tolist() == [False, False, False]


def test_the_flow_counts_every_trial_once_by_how_it_ended() -> None:
    trials = laid_out((*HISTORY, ("a", "call", "2024-09-01")))
    flow = trial_flow(trials, trials, 2024 * 12 + 11).set_index("arm")
    ends = flow[["leaving", "next_action", "record_end", "reached"]]
    np.testing.assert_allclose(ends.sum(axis=1), 1)
    # In July a was acted upon (and again in September), in August b (which left).
    assert flow.loc["with an action", "trials"] == 2
    assert ends.loc["with an action"].tolist() == [0.5, 0.5, 0, 0]
    assert flow["trials"].sum() == len(trials.table)
    assert ends.loc["without an action", "record_end"] > 0


def test_a_renewal_is_foretold_by_the_term_and_not_by_what_came_of_it() -> None:
    trials = laid_out(HISTORY)
    assert len(np.unique(trials.exit_idx)) == 1  # month to month throughout


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([("a", "call", "2030-01-01")], "no action within the months that are on record"),
        (
            [(key, "mail", f"2024-{m:02}-05") for key in "abd" for m in range(2, 13)],
            "no trial with both arms",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(actions, message) -> None:
    with pytest.raises(DataError, match=message):
        laid_out(tuple(actions))
