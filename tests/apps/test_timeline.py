"""The timeline on the account's view: of the health report and of the plan store, filtered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from planner_pages import Page, published

from workbench.plans.store.records import DONE_ACTIONS, PLANS, DoneAction

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def page(tmp_path) -> Page:
    days = pd.to_datetime(["2025-12-01", "2025-11-02", "2025-10-03"])
    told = pd.DataFrame({"account_id": "A000", "on": days}).assign(
        kind=["message", "ticket", "action"],
        text=[f"Email: {HOSTILE}", "Ticket: It is down", "Business review done, 2 hours"],
    )
    months = pd.date_range("2023-01-01", periods=30, freq="MS")
    older = pd.DataFrame({"account_id": "A003", "on": months, "kind": "survey", "text": "NPS 9"})
    sign = {"account_id": "A000", "since": "2025-09", "sign": "use", "title": "Lack of use",
            "says": "uses 40%", "ask": "Why?"}  # fmt: skip
    health = published(["A000", "A003"])
    known = replace(
        health, timeline=pd.concat([told, older]), signs=pd.DataFrame([sign], dtype="str")
    )
    made = Page(tmp_path, published=known)
    made.pick("A000")
    return made


def shown(page: Page) -> str:
    text = page.text()
    return text[text.index("Timeline") :]


def order(page: Page, *words: str) -> bool:
    places = [shown(page).index(word) for word in words]
    return places == sorted(places)


def test_what_customers_did_and_what_we_did_stand_in_one_list(page):
    page.press("Save")
    done = DoneAction(account_id="A000", kind="business_review", done_on=date(2025, 10, 3), hours=2)
    page.store.save(DONE_ACTIONS, "x", done, "Ada Moss", 0)
    page.root.views.show("account")
    assert order(page, "saved for the first time by Ada Moss", "Email", "Ticket", "done", "of use")
    assert HOSTILE not in shown(page) and "&lt;img" in shown(page)
    # What came back with the source is the same action.
    assert shown(page).count("Business review done, 2 hours") == 1


def test_it_is_filtered_by_kind_and_words(page):
    page.labelled("Show").value = "ticket"
    assert "It is down" in shown(page) and "Email" not in shown(page)
    page.labelled("Show").value = ""
    page.labelled("With these words").value = "USES 40"
    assert "Lack of use" in shown(page) and "It is down" not in shown(page)
    page.labelled("With these words").value = "nobody said this"
    assert "Nothing of that kind is on record." in shown(page)


def test_older_events_come_when_asked_for(page):
    page.pick("A003")
    older = page.button("Show older")
    assert "25 of 30 events" in shown(page) and older.layout.display == ""
    page.press("Show older")
    assert "30 of 30 events" in shown(page) and older.layout.display == "none"


def test_accepting_and_changes_of_the_plan_are_told(page):
    page.labelled("Accept (").value = "business_review"
    page.press("Accept it")
    assert "Accepted “" in shown(page) and "arranged by Ada Moss" in shown(page)
    [(key, plan)] = page.store.current(PLANS).items()
    assert plan.value is not None
    changed = plan.value.model_copy(update={"note": "Call first"})
    page.store.save(PLANS, key, changed, "Ben", plan.version)
    page.root.views.show("account")
    assert "changed by Ben: note" in shown(page)
