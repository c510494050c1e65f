"""What is changed on the page is kept: drafts, undo, versions, and two people on one plan."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from planner_pages import Page

from workbench.apps.planner.drafts import Drafts, new_key
from workbench.apps.planner.visitor import Visitor
from workbench.core.errors import ParameterError
from workbench.plans.plan.document import Plan
from workbench.plans.store.drafts import Draft, drafts_of
from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS

ADA, BEN = Visitor("Ada Moss"), Visitor("Ben Ode")


def owner(page: Page) -> str:
    return page.labelled("Who does it").value


def planned(page: Page, name: str = "Ada Moss") -> None:
    page.press("Add this action")
    page.labelled("Who does it").value = name


def test_another_account_and_a_reload_lose_nothing(tmp_path):
    page = Page(tmp_path)
    page.pick("A000")
    planned(page)
    page.pick("A003")  # while the draft may still be on its way
    assert "Who does it" not in " ".join(getattr(o, "description", "") for o in page.every())
    page.pick("A000")
    assert owner(page) == "Ada Moss"
    assert "has changes that are not saved" in page.text()
    again = Page(tmp_path)  # a reload, Back, or another day
    assert again.labelled("Account ·").value == "A000"
    assert owner(again) == "Ada Moss"
    assert "they are kept as your draft" in again.text()
    again.press("Discard the draft")
    assert "is new; nothing is planned yet" in again.text()
    assert drafts_of(again.store, "Ada Moss") == {}


def test_drafts_are_their_authors_alone(tmp_path):
    page = Page(tmp_path, visitor=ADA)
    page.pick("A000")
    planned(page)
    page.pick("A003")
    assert "is new" in Page(tmp_path, visitor=BEN).text()


def test_a_saved_plan_leaves_no_draft(tmp_path):
    page = Page(tmp_path)
    page.pick("A000")
    planned(page)
    page.press("Save")
    assert drafts_of(page.store, "Ada Moss") == {}
    assert "is saved: version 1, by Ada Moss" in page.text()
    page.labelled("Who does it").value = "Cleo"
    page.pick("A003")
    assert list(drafts_of(page.store, "Ada Moss")) == ["plan-for-customer-0"]
    page.labelled("Saved plans").value = "plan-for-customer-0"
    page.press("Open")
    assert owner(page) == "Cleo"  # the draft, not the version it began from
    page.press("Discard the draft")
    assert owner(page) == "Ada Moss"


def test_undo_goes_back_one_change_at_a_time(tmp_path):
    page = Page(tmp_path)
    page.pick("A000")
    page.labelled("Action (").value = "adoption_workshop"
    planned(page)
    slider = page.labelled("Units used")
    for shift in (0.2, 0.25, 0.3):  # one drag
        slider.value = shift
    page.press("Undo")
    assert page.labelled("Units used").value == 0.15
    assert owner(page) == "Ada Moss"
    page.press("Undo")
    assert owner(page) == ""
    page.press("Undo")
    assert page.button("Undo").layout.display == "none"
    assert "is new; nothing is planned yet" in page.text()


def test_different_fields_of_two_people_merge_and_are_shown(tmp_path):
    ada = Page(tmp_path, visitor=ADA)
    ada.pick("A000")
    planned(ada)
    ada.press("Save")
    ben = Page(tmp_path, visitor=BEN)
    ben.labelled("Saved plans").value = "plan-for-customer-0"
    ben.press("Open")
    ben.labelled("Effort").value = 3.0
    ben.press("Save")
    ada.labelled("Who does it").value = "Cleo"
    ada.press("Save")
    assert "Taken over from others: actions, " in ada.text()
    [plan] = ada.saved()
    assert (plan.actions[0].owner, plan.actions[0].hours) == ("Cleo", 3.0)
    assert ada.labelled("Effort").value == 3.0


@pytest.mark.parametrize("mine", [True, False])
def test_the_same_field_of_two_people_is_put_to_the_second(tmp_path, mine):
    ada, ben = Page(tmp_path, visitor=ADA), Page(tmp_path, visitor=BEN)
    ada.pick("A000")
    planned(ada)
    ada.press("Save")
    ben.press("Look for new plans")
    ben.labelled("Saved plans").value = "plan-for-customer-0"
    ben.press("Open")
    ben.labelled("Who does it").value = "<b>Ben</b>"
    ben.press("Save")
    ada.labelled("Who does it").value = "Cleo"
    ada.labelled("Effort").value = 7.0
    ada.press("Save")
    assert "Ben Ode changed the same since version 1: nothing was saved yet." in ada.text()
    which = next(one for one in ada.every() if getattr(one, "description", "").endswith("counts"))
    assert [label for label, _ in which.options] == ["yours: Cleo", "Ben Ode: <b>Ben</b>"]
    which.value = mine
    ada.press("Save it like this")
    [plan] = ada.saved()
    assert plan.actions[0].owner == ("Cleo" if mine else "<b>Ben</b>")
    assert plan.actions[0].hours == 7.0  # nothing else of hers is lost
    assert owner(ada) == plan.actions[0].owner
    said = [
        one.value and one.value.actions[0].owner
        for one in ada.store.history(PLANS, "plan-for-customer-0")
    ]
    assert "<b>Ben</b>" in said


def test_a_reader_writes_nothing(tmp_path):
    page = Page(tmp_path, visitor=Visitor("Rita", "reader"))
    page.pick("A000")
    planned(page)
    page.press("Save")
    assert (
        "Rita: may look and try, not write; expected planner or lead; found reader" in page.text()
    )
    page.press("Bring these files in")
    page.pick("A003")
    assert (page.saved(), drafts_of(page.store, "Rita")) == ([], {})
    with pytest.raises(ParameterError, match="Nothing was saved"):
        Visitor("Rita", "reader").require_writer()


def test_a_draft_that_cannot_be_kept_is_said(tmp_path):
    store = replace(open_store(str(tmp_path / "plans.db")), patience=0.0)
    told: list[str] = []
    drafts = Drafts(store, "Ada Moss", told.append)
    plan = Plan(version=1, name="x", accounts=("A1",))
    with closing(sqlite3.connect(tmp_path / "plans.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        drafts.put(Draft("new/A1", 0, plan))
        drafts.flush()
        other.execute("ROLLBACK")
    assert told and all(told)
    drafts.put(Draft("new/A1", 0, plan))
    drafts.flush()
    assert told[-1] == ""
    assert drafts.latest() is not None
    store.close()


def test_keys_of_drafts_fit_the_store():
    short, long = (Plan(version=1, name="x", accounts=(key,)) for key in ("A1", "A" * 200))
    other = Plan(version=1, name="x", accounts=("A" * 200 + "B",))
    assert new_key(short) == "new/A1"
    assert len(new_key(long)) <= 80 and new_key(long) != new_key(other)
