"""Plans know what is signed: it is worth what it says, and no lever has to keep it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from committed_books import committed_inputs, data_of, row
from planbooks import make_book

from workbench.forecast.simulation.lines import NEVER
from workbench.plans.evaluate.compare import compare
from workbench.plans.evaluate.fast import approximate, fast_book
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.revenue_at_risk import revenue_at_risk
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.source import Assumed
from workbench.plans.levers.term import TermLever
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.file import read_planbook, write_planbook
from workbench.plans.planbook.renewal_dates import next_renewal, renewal_month
from workbench.plans.planbook.snapshot import planbook_of

QUIET = dict.fromkeys(("contract", "expand", "amend", "cross_sell"), -40.0) | {"price_share": 0.0}
RENEWED, COMING = 0, 1


@pytest.fixture(scope="module")
def book() -> Planbook:
    """A000's renewal of month 4 is signed at twice its price; A001 begins in month 2."""
    plain = make_book(30, draws=120, **QUIET)
    lines = plain.lines
    own = lines.of_accounts(["A001"])
    signed = np.zeros((len(lines), 1, 8), "int64")
    signed[:, 0, 0] = NEVER
    signed[RENEWED, 0] = (4, 1, 2 * lines.cents[RENEWED], 0, 0, 23, 24, 3)
    cents, tenure, end = (
        part.copy() for part in (lines.cents, lines.tenure_months, lines.months_to_end)
    )
    signed[own, 0] = (2, 1, 5_000_000, 0, 0, 11, 12, 2)
    cents[own], tenure[own], end[own] = 0, -2, 14
    group, term = lines.term_group.copy(), lines.term_months.copy()
    group[own], term[own] = 2, 12
    survived = plain.survived.copy()
    survived[:, own] = 0
    changed = replace(
        lines, cents=cents, tenure_months=tenure, months_to_end=end, term_group=group,
        term_months=term, signed=signed,
    )  # fmt: skip
    return replace(plain, lines=changed, survived=survived)


@pytest.fixture(scope="module")
def planner(book: Planbook, catalogue: Catalogue) -> Planner:
    return Planner(book, catalogue, {})


def plan_of(*accounts: str, **given) -> Plan:
    return Plan(version=1, name="plan", accounts=accounts or ("all",), **given)


def test_the_baseline_holds_what_is_signed(planner: Planner, book: Planbook) -> None:
    renewed = planner.baseline(plan_of("A000"))
    assert (renewed.arr[:, :4] == book.lines.cents[RENEWED]).all()
    assert (renewed.arr[:, 4] == 2 * book.lines.cents[RENEWED]).all()
    assert (renewed.stays[:, :5] == 1).all() and (renewed.stays[:, 5] < 1).all()
    coming = planner.baseline(plan_of("A001"))
    lines = len(book.lines.of_accounts(["A001"]))
    assert (coming.arr[:, :2] == 0).all() and (coming.arr[:, 2] == lines * 5_000_000).all()


SLOWER = RateLever(process="leave", month="2026-02", lasts=9, source=Assumed(low=0.4, high=0.9))
PRICE = PriceLever(change_percent=-8, month="2026-02")


@pytest.mark.parametrize("lever", [None, PRICE, SLOWER])
def test_the_swift_pass_knows_it_as_the_full_course_does(planner: Planner, lever) -> None:
    plan = plan_of(levers=(lever,) if lever else ())
    found, full = approximate(fast_book(planner.book), planner, plan), planner.evaluate(plan)
    np.testing.assert_allclose(found.account_stays, full.account_stays, rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(found.renews, full.renews, rtol=2e-5, atol=2e-6)
    if lever is None:
        mean = full.arr.mean(axis=0) / 100
        np.testing.assert_allclose(found.revenue.mean(axis=0)[:5], mean[:5], rtol=0.05)


def test_the_next_renewal_is_the_one_at_risk(book: Planbook) -> None:
    months = book.inputs.months
    assert next_renewal(book.lines, 0, 99)[RENEWED] == 4 + 24
    assert renewal_month(book, "A000") == ""  # beyond the forecast
    assert book.facts("A000")["months_to_renewal"] == 4 + 24 + 1
    assert next_renewal(book.lines, 0, months)[RENEWED] == months


def test_a_term_that_a_plan_sells_does_not_undo_a_signature(planner: Planner) -> None:
    lever = TermLever(term_months=36, month="2026-02")
    plain, sold = (
        planner.baseline(plan_of("A000")),
        planner.evaluate(plan_of("A000", levers=(lever,))),
    )
    np.testing.assert_array_equal(plain.arr[:, :5], sold.arr[:, :5])


def test_an_account_that_is_to_come_has_no_rate_of_growth(planner: Planner, book: Planbook) -> None:
    table = compare(planner.baseline(plan_of("A001")), [], book.months).monthly
    assert table["nrr"].isna().all() and table["arr"].iloc[2] >= 50_000
    table = revenue_at_risk(book).set_index("account_id")
    assert table.loc["A001", "worth"] == 0 and table.loc["A001", "at_risk"] == 0


def test_a_planbook_from_a_book_carries_it_through_its_file(tmp_path: Path) -> None:
    data = data_of(row("n1", "2025-10-01", "2026-10-01", 50_000.0, "2025-06-10"))
    book = planbook_of(data, committed_inputs(data))
    write_planbook(book, tmp_path / "planbook.zip")
    again = read_planbook(tmp_path / "planbook.zip")
    np.testing.assert_array_equal(again.lines.signed, book.lines.signed)
    own = again.lines.take(again.lines_of(["n1"]))
    assert own.signed[0, 0, :3].tolist() == [3, 1, 5_000_000] and own.cents.tolist() == [0]
    assert again.signals["account_id"].tolist() == again.accounts["account_id"].tolist()
