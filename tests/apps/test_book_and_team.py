"""The book and the team: what falls due, and whose plans are stale or missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from planbooks import make_book
from planner_pages import Page

from workbench.apps.planner.visitor import Visitor
from workbench.plans.agenda.book_calendar import (
    book_bridge,
    owner_table,
    renewal_calendar,
    team_table,
)
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.revenue_at_risk import revenue_at_risk
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS
from workbench.report.plan.standing import account_standing


def test_the_calendar_adds_up_to_the_lines_that_have_terms() -> None:
    book = make_book()
    calendar = renewal_calendar(book)
    terms = book.lines.term_group > 0
    assert calendar["arr"].sum() == pytest.approx(book.lines.cents[terms].sum() / 100)
    assert calendar["lines"].sum() == terms.sum()
    assert calendar["month"].is_monotonic_increasing
    assert ((calendar["at_risk"] > 0) & (calendar["at_risk"] < calendar["arr"])).all()
    first = calendar.set_index("month").loc["2026-05"]
    assert first["arr"] >= book.lines.cents[0] / 100  # the first account's line is due then


def test_the_bridge_adds_up() -> None:
    book = make_book()
    bridge = book_bridge(Planner(book, read_catalogue(), {}), draws=50)
    assert bridge["opening"] == pytest.approx(book.lines.cents.sum() / 100)
    moved = sum(value for name, value in bridge.items() if name not in ("opening", "closing"))
    assert bridge["opening"] + moved == pytest.approx(bridge["closing"], abs=0.02)


def test_money_at_stake_of_an_account_is_that_of_the_list() -> None:
    book = make_book()
    planner = Planner(book, read_catalogue(), {})
    table = revenue_at_risk(book, draws=10**6).set_index("account_id")
    for account in ("A000", "A003"):
        alone = planner.baseline(Plan(version=1, name="x", accounts=(account,)))
        one = account_standing(book, alone, 0.9)
        assert one.at_risk == pytest.approx(table.loc[account, "at_risk"])
        assert one.keeps == pytest.approx(table.loc[account, "renews"])
        assert one.keeps_low < one.keeps < one.keeps_high
        if one.lines == 1:  # then it is the same question
            assert one.keeps == pytest.approx(one.probability, abs=0.01)


def test_stale_and_missing_plans(tmp_path) -> None:
    book = make_book()
    accounts = revenue_at_risk(replace(book, accounts=book.accounts.assign(owner="Ben")))
    store = open_store(str(tmp_path / "plans.db"))
    for account in ("A000", "A001"):
        plan = Plan(version=1, name=f"Plan {account}", accounts=(account,))
        store.save(PLANS, account.lower(), plan, "Ada", 0)
    store.save(PLANS, "all", Plan(version=1, name="All", accounts=("all",)), "Ada", 0)
    now = datetime.now(UTC)
    team = team_table(store, accounts, book.months, now).set_index("account_id")
    assert set(team.index[team["plan"] != ""]) == {"A000", "A001"}
    assert not team["stale"].any() and team.loc["A000", "by"] == "Ada"
    later = team_table(store, accounts, book.months, now + timedelta(days=31))
    assert set(later["account_id"][later["stale"]]) == {"A000", "A001"}
    [owner] = owner_table(later).to_dict("records")
    due = later[later["due"]]
    assert (owner["accounts"], owner["planned"], owner["stale"]) == (12, 2, 2)
    assert owner["unplanned"] == len(due) - due["account_id"].isin(["A000", "A001"]).sum()
    store.close()


def test_the_views_show_it_to_whom_it_concerns(tmp_path) -> None:
    page = Page(tmp_path, "<b>Acme</b>", visitor=Visitor("Ada", "lead"))
    assert "customers, no plan made" not in page.text()  # worked out when it is wanted
    page.press("Book")
    assert "customers, no plan made" in page.text()
    assert "workbench plan allocate" in page.text()
    page.press("Team")
    assert "of these without a plan" in page.text() and "<b>Acme" not in page.text()
    planner = Page(tmp_path, visitor=Visitor("Ben"))
    assert "Team" not in [getattr(one, "description", "") for one in planner.every()]
