"""What planners stumbled over on their page, one test each."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from planbooks import make_book
from planner_pages import Page, published

from workbench.plans.evaluate.revenue_at_risk import revenue_at_risk


def actions(page: Page) -> list[str]:
    found = [one for one in page.every() if getattr(one, "description", "").startswith("Remove: ")]
    return [one.description.removeprefix("Remove: ") for one in found]


def add(page: Page, *kinds: str) -> None:
    for kind in kinds:
        page.labelled("Action (").value = kind
        page.press("Add this action")


def test_a_second_click_on_remove_takes_nothing_else_away(tmp_path):
    page = Page(tmp_path)
    add(page, "business_review", "roi_analysis", "executive_sponsor_call")
    remove, next_one = page.button("Remove: Business review"), page.button("Remove: ROI analysis")
    page.click(remove)
    left = ["ROI analysis", "Executive sponsor call"]
    assert actions(page) == left
    page.click(remove)  # the same button again
    page.click(next_one)  # one that stood elsewhere when it was clicked
    assert actions(page) == left
    assert "wb-remove" in page.button("Remove: ROI")._dom_classes


def test_money_at_stake_is_added_up_line_by_line(tmp_path):
    page = Page(tmp_path)
    table = revenue_at_risk(page.book).set_index("account_id")
    several = table.index[np.diff(page.book.lines.begin) > 1][0]
    line = next(one for one, key in page.labelled("Account ·").options if key == several)
    row = table.loc[several]
    assert f"{row['at_risk'] / 1000:.3g} k of EUR {row['worth'] / 1000:.3g} k" in line


def test_an_early_renewal_is_compared_at_the_horizon(tmp_path):
    page = Page(tmp_path)
    page.pick("A000")
    add(page, "early_renewal")
    text = page.text()
    assert "Still a customer in 2027\u20112" in text.replace("\u20111", "\u2011")
    assert "after the next renewal</span>" not in text


@pytest.fixture
def owned(tmp_path) -> Page:
    """Two owners, two accounts of one name, and a health report's scores."""
    book = make_book()
    accounts = book.accounts.assign(owner=["Ada Moss", "Ben Ode"] * 6)
    accounts.loc[1, "name"] = accounts.loc[0, "name"]
    accounts.loc[11, "owner"] = None
    keys = accounts["account_id"][:11]
    known = published(keys, strength=np.linspace(0.1, 0.9, 11))
    return Page(tmp_path, book=replace(book, accounts=accounts), published=known)


def shown(page: Page) -> list[str]:
    return [key for _, key in page.labelled("Account ·").options]


def test_accounts_are_found_by_owner(owned):
    owned.labelled("Search").value = "ada"
    assert sorted(shown(owned)) == ["A000", "A002", "A004", "A006", "A008", "A010"]
    owned.labelled("Search").value = ""
    owned.labelled("Whose accounts").value = ("Ben Ode",)
    assert sorted(shown(owned)) == ["A001", "A003", "A005", "A007", "A009"]
    owned.labelled("Whose accounts").value = ("",)
    assert shown(owned) == ["A011"]


def test_a_list_tells_accounts_apart_and_how_likely_they_are_to_renew(owned):
    lines = {key: line for line, key in owned.labelled("Account ·").options}
    table = revenue_at_risk(owned.book).set_index("account_id")
    assert lines["A000"].startswith("Customer 0 (A000) · ")
    assert lines["A001"].startswith("Customer 0 (A001) · ")
    assert lines["A002"].startswith("Customer 2 · ")
    for account in ("A000", "A011"):
        assert f" · {table.loc[account, 'renews']:.0%} · " in lines[account]
    assert "strength 10% · 2026-05" in lines["A000"]
    assert "strength" not in lines["A011"]  # not known: not 0 %
    owned.labelled("Order by").value = "renewal strength"
    assert shown(owned)[0] == "A000" and shown(owned)[-1] == "A011"


def test_the_page_says_of_which_day_it_is(tmp_path):
    text = Page(tmp_path).text()
    assert "As of <strong>2026-01-01</strong>: 12 accounts" in text
    assert "forecast to 2027-12" in text


def test_a_message_goes_when_the_plan_changes(tmp_path):
    page = Page(tmp_path)
    page.press("Add it")
    page.press("How much")
    for fault in ("Say in short what it is.", "The plan has no lever yet"):
        assert fault in page.text()
    page.press("Add this action")
    for fault in ("Say in short what it is.", "The plan has no lever yet"):
        assert fault not in page.text()
    page.labelled("Grow yearly").value = 2.0
    page.press("How much")
    assert "class='wb-good'" in page.text() or "with a probability of" in page.text()
    answer = page.text().count("with a probability of 80%")
    page.press("Remove: ")
    assert page.text().count("with a probability of 80%") < answer


@pytest.mark.parametrize(("label", "value"), [("Cost (EUR)", 1e308), ("Effort (hours)", -1.0)])
def test_sums_that_nobody_means_are_refused(tmp_path, label, value):
    page = Page(tmp_path)
    add(page, "business_review")
    page.labelled(label).value = value
    assert "not accepted; expected" in page.text()
    assert "1e+308" not in page.text()
    page.labelled(label).value = 5.0
    assert "not accepted" not in page.text()


def test_a_book_made_from_spend_speaks_of_no_renewal(tmp_path):
    book = make_book()
    lines = replace(book.lines, term_group=np.zeros_like(book.lines.term_group),
                    months_to_end=np.zeros_like(book.lines.months_to_end),
                    term_months=np.ones_like(book.lines.term_months))  # fmt: skip
    page = Page(tmp_path, book=replace(book, lines=lines))
    labels = [getattr(one, "description", "") for one in page.every()]
    for one in page.every():
        labels += [str(option[0]) for option in getattr(one, "options", ()) if option]
    assert [label for label in [*labels, page.text()] if "renew" in label.lower()] == []
    assert re.search("Still a customer( with at least one of them)? in a month", page.text())
