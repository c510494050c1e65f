"""The next best action: told from draws that did not choose it, or nothing at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.plans.evaluate.next_action import HourRule, next_actions
from workbench.plans.evaluate.planner import Planner
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.source import Assumed
from workbench.plans.plan.catalogue import Catalogue, CatalogueAction


def catalogue_of(count: int, low: float, high: float, hours: float = 10.0) -> Catalogue:
    lever = RateLever(process="leave", lasts=12, source=Assumed(low=low, high=high))
    entry = CatalogueAction(title="Visit", hours=hours, levers=(lever,), origin="Assumed.")
    return Catalogue({f"visit_{i}": entry for i in range(count)})


@pytest.fixture
def first(book) -> str:
    return str(book.accounts["account_id"].iloc[0])


def test_a_help_is_worth_its_hours_until_an_hour_costs_more(book, first) -> None:
    planner = Planner(book, catalogue_of(1, 0.4, 0.6), {})
    [row] = next_actions(planner, first, 0.8, HourRule(1.0)).to_dict("records")
    assert row["gain"] > 0
    assert row["gain_low"] <= row["gain"] <= row["gain_high"]
    assert row["per_hour"] == pytest.approx(row["gain"] / 10)
    assert (row["source"], row["worth_it"]) == ("assumed", True)
    assert row["harm"] < 0.05
    dear = HourRule(row["per_hour"] * 2)
    assert not next_actions(planner, first, 0.8, dear)["worth_it"].any()


def test_contact_that_does_harm_is_said_to(book, first) -> None:
    planner = Planner(book, catalogue_of(1, 1.2, 1.6), {})
    [row] = next_actions(planner, first, 0.8, HourRule(0.0)).to_dict("records")
    assert row["harm"] > 0.9
    assert not row["worth_it"]
    assert row["gain"] < 0


def test_the_best_of_many_useless_ones_is_not_told_by_the_draws_that_chose_it() -> None:
    rng = np.random.default_rng(8)
    draws = rng.normal(size=(400, 20, 200))  # books, equal actions, draws
    chooses, tells = draws[:, :, ::2].mean(axis=2), draws[:, :, 1::2].mean(axis=2)
    best = chooses.argmax(axis=1)
    value = tells[np.arange(400), best]
    assert abs(value.mean()) < 3 * value.std() / 20
    assert chooses.max(axis=1).mean() > 0.1  # what telling it on the same draws would have said


def test_what_the_model_cannot_move_is_left_out(book, catalogue, first) -> None:
    found = next_actions(Planner(book, catalogue, {}), first, 0.8, HourRule(0.0))
    assert "service_recovery" not in set(found["action"])  # severe tickets are not in this model
    assert found["per_hour"].notna().all()
    assert (found["account_id"] == first).all()


def test_an_account_for_whom_nothing_applies_has_no_actions(book, first) -> None:
    none = replace(catalogue_of(1, 0.5, 0.6), entries={})
    assert next_actions(Planner(book, none, {}), first, 0.8, HourRule()).empty
