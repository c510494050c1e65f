"""Every effect says where it comes from, and what speaks against it."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.plans.evaluate.compare import compare
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.provenance import provenance
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.registry import Lever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.levers.source import Assumed
from workbench.plans.levers.term import TermLever
from workbench.plans.plan.document import Action, Plan


@pytest.fixture(scope="module")
def planner(book, catalogue) -> Planner:
    return Planner(book, catalogue, {})


def provenance_of(planner: Planner, *given: Lever, accounts: tuple[str, ...] = ("A000",)):
    plan = Plan(version=1, name="p", accounts=accounts, levers=given)
    return provenance(planner, plan).iloc[0]


def test_an_association_is_no_cause(planner: Planner) -> None:
    row = provenance_of(planner, SignalLever(signal="consumption_3m", shift=0.2, month="2026-03"))
    assert (row["source"], row["effect"]) == ("association", "the model's coefficient")
    assert row["warning"].startswith("Association, not cause")
    assert "Outside" not in row["warning"]


def test_an_extrapolation_is_flagged(planner: Planner) -> None:
    row = provenance_of(planner, SignalLever(signal="consumption_3m", set=1.5, month="2026-03"))
    assert row["warning"].endswith(
        "Outside of what the data hold (0.1 to 1.3) for this: an extrapolation."
    )


def test_an_unknown_value_cannot_be_shifted(planner: Planner) -> None:
    lever = SignalLever(signal="champion_present", shift=1, month="2026-03")
    unknown = int(np.isnan(planner.book.signals["champion_present"]).sum())
    row = provenance_of(planner, lever, accounts=("all",))
    assert f"Not known of {unknown} of 12 accounts: nothing is counted there." in row["warning"]


def test_a_price_without_a_range_is_a_guess(planner: Planner) -> None:
    row = provenance_of(planner, PriceLever(change_percent=-3, month="2026-03"))
    assert row["source"] == "assumed"
    assert "the workbench's wide guess" in row["warning"]
    assert row["lever"] == "price -3 % at the next renewal"


def test_a_range_is_shown(planner: Planner) -> None:
    source = Assumed(low=0.5, high=0.9)
    row = provenance_of(
        planner, RateLever(process="leave", month="2026-03", lasts=6, source=source)
    )
    assert row["effect"] == "factor 0.5 to 0.9, with probability 80%"
    assert row["lever"] == "leaving, kept up for 6 months"


def test_a_signal_that_the_model_lacks_is_said(planner: Planner) -> None:
    plan = Plan(
        version=1,
        name="p",
        accounts=("A000",),
        actions=(Action(kind="dispute_resolution", month="2026-02"),),
    )
    row = provenance(planner, plan).iloc[0]
    assert row["warning"] == (
        "The model does not know “disputed invoices among those issued in the last twelve months”: "
        "nothing is counted."
    )
    found, before = planner.evaluate(plan), planner.baseline(plan)
    np.testing.assert_array_equal(found.arr, before.arr)


def test_a_term_that_renews_first_is_said(planner: Planner) -> None:
    row = provenance_of(planner, TermLever(term_months=24, month="2026-09"))
    assert row["warning"].startswith("That the customer signs is assumed. 1 of 1 subscriptions")


def test_a_comparison_adds_up(planner: Planner) -> None:
    plan = Plan(
        version=1,
        name="Keep",
        accounts=("A000", "A001"),
        actions=(Action(kind="adoption_workshop", month="2026-02"),),
    )
    before, after = planner.baseline(plan), planner.evaluate(plan)
    table = compare(before, [after], planner.book.months)
    summary = table.summary.set_index("plan")
    keep = summary.loc["Keep"]
    assert keep["gain"] == pytest.approx(keep["arr"] - summary["arr"].iloc[0])
    assert keep["better"] + keep["same"] + keep["worse"] == pytest.approx(1)
    assert keep["gain_per_hour"] == pytest.approx(keep["gain"] / 20)
    assert keep["gain_per_cost"] == pytest.approx(keep["gain"] / 500)
    assert keep["nrr"] == pytest.approx(keep["arr"] * 100 / before.opening)
    moved = table.bridge.set_index("plan").drop(columns="closing").sum(axis=1)
    np.testing.assert_allclose(moved, table.bridge["closing"])
    last = table.monthly.query("plan == 'Keep'").iloc[-1]
    assert last["arr"] == pytest.approx(keep["arr"])
    assert last["stays"] == pytest.approx(keep["stays"])
    assert len(table.monthly) == 2 * 24
