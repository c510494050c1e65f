"""My day: whom to call and why, filtered; renewals with their notice dates; alerts."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import icalendar
import numpy as np
import pandas as pd
from planbooks import make_book
from planner_pages import Page, published

from workbench.apps.planner.visitor import Visitor
from workbench.health.renewals_due import COLUMNS
from workbench.operations.alerts.book import AlertBook
from workbench.operations.alerts.state import Alert
from workbench.operations.outbox import Outbox
from workbench.operations.schedule import Delivery
from workbench.plans.agenda.calls import CallFilter, call_table, kept_calls
from workbench.plans.evaluate.revenue_at_risk import revenue_at_risk
from workbench.plans.store.exchange import done_actions
from workbench.plans.store.records import RECOMMENDATIONS

HOSTILE = "<script>alert(1)</script>"
KEYS = [f"A{i:03d}" for i in range(12)]


def shown(page: Page) -> list[str]:
    buttons = [getattr(one, "description", "") for one in page.every()]
    return [text.removeprefix("Look at ") for text in buttons if text.startswith("Look at ")]


def test_calls_are_ordered_by_likelihood_times_money_of_each_line() -> None:
    book = make_book()
    accounts = revenue_at_risk(book)
    table = call_table(book, accounts, None)
    assert list(table["at_risk"]) == sorted(accounts["at_risk"], reverse=True)
    assert set(table["products"].explode()) == {"Core", "Insights"}
    assert table["strength"].isna().all()


def test_filters_keep_what_they_say() -> None:
    book = make_book()
    used = np.linspace(0.5, 1.2, 12)
    used[3] = np.nan
    known = published(KEYS, consumption=used, csat=np.linspace(30, 90, 12), csat_change=-1.0)
    table = call_table(book, revenue_at_risk(book), known)

    def kept(**given) -> set[str]:
        return set(kept_calls(table, CallFilter(**given))["account_id"])

    assert kept() == set(KEYS)
    assert kept(consumption="over") == set(table["account_id"][table["consumption"] >= 1])
    assert kept(consumption="unknown") == {"A003"}
    assert "A003" not in kept(consumption="under") | kept(consumption="over")
    assert kept(csat="low") == set(KEYS[:6]) and kept(csat="falling") == set(KEYS)
    assert kept(band="weak") == set() and kept(owner="nobody") == set()
    core = kept(product="Core")
    assert core and kept(product="Core", lacks=True) == set(KEYS) - core
    assert kept(product="Core", csat="low") == core & set(KEYS[:6])


def test_it_says_how_to_get_a_health_report(tmp_path) -> None:
    page = Page(tmp_path)
    assert page.root.views.current == "day"
    assert "workbench run account_health makes one" in page.text()
    assert len(shown(page)) == 8


def test_why_when_and_how_much(tmp_path) -> None:
    book = make_book()
    book = replace(book, accounts=book.accounts.assign(owner=["Ada", *["Ben"] * 11]))
    due = pd.DataFrame(
        [["A000", HOSTILE, "Ada", "S0000", "Core", pd.Timestamp("2026-05-31"),
          pd.Timestamp("2026-03-02"), False, 5e4, 0.7, 35e3, 55.0, -3.0, True, 12.0]],
        columns=COLUMNS,
    )  # fmt: skip
    signs = pd.DataFrame(
        [["A000", "adoption", "Lack of use", "2025-11", f"uses 40% {HOSTILE}", "Why?"]],
        columns=["account_id", "sign", "title", "since", "says", "ask"],
    )
    health = published(KEYS, strength=0.62, strength_low=0.5, strength_high=0.7,
                       strength_month=0.7, band="weak", as_of="2025-12-01")  # fmt: skip
    alert = Alert("weak_renewal", "A000", "firing", date(2026, 1, 1), 1, "is weak")
    AlertBook(tmp_path / "operations").write({alert.key: alert})
    page = Page(
        tmp_path, HOSTILE, book=book, published=replace(health, due=due, signs=signs),
        operations=tmp_path / "operations",
    )  # fmt: skip
    page.labelled("Accounts of").value = ("Ada",)
    assert shown(page) == [HOSTILE]  # the text of a button is no markup
    text = page.text()
    assert "<script" not in text
    for words in ("Lack of use: uses 40%", "62% (50% to 70%), weak, down 8 points in a month",
                  "2026-03-02", "2026-05-31", "is weak (since 2026-01-01)",
                  "Health is as of 2025-12-01"):  # fmt: skip
        assert words in text
    page.press("Look at")
    assert (page.root.views.current, page.root.session.plan.accounts) == ("account", ("A000",))


def test_accepting_shows_in_my_day_in_the_plan_and_in_the_calendar(tmp_path) -> None:
    page = Page(tmp_path, HOSTILE)
    page.pick("A000")
    page.labelled("Its owner").value = "Ada Moss"
    page.labelled("Accept (").value = "business_review"
    assert page.labelled("Make of it").value == "review"
    page.labelled("Due on, or held").value = date(2026, 3, 31)
    page.labelled("Review: begins").value = time(14, 30)
    page.labelled("Review: attendees").value = "cleo@example.com, Dan"
    page.press("Accept it")
    text = page.text()
    assert "A business review on 2026-03-31 at 14:30 stands in My day" in text
    assert "Nobody is told: no address is known." in text
    [content] = re.findall(r"data:text/calendar;base64,([^']*)'", text)
    calendar = icalendar.Calendar.from_ical(base64.b64decode(content))
    [event] = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == datetime(2026, 3, 31, 14, 30, tzinfo=UTC)
    assert str(event["SUMMARY"]) == f"Business review: {HOSTILE}"
    [plan] = page.saved()
    assert [one.kind for one in plan.actions] == ["business_review"]
    assert page.root.session.plan.actions == plan.actions

    page.root.views.show("day")
    reviews = page.labelled("Business reviews (")
    [(line, key)] = reviews.options
    assert line.startswith(f"2026-03-31 14:30 · Business review: {HOSTILE}")
    reviews.value = key
    page.labelled("Move it to (day)").value = date(2026, 4, 2)
    page.labelled("Move it to (time").value = time(9, 0)
    page.press("Move it")
    assert page.labelled("Business reviews (").options[0][0].startswith("2026-04-02 09:00")
    assert "<script" not in page.text()
    page.press("Call it off")
    assert page.labelled("Business reviews (").options == ()


def test_a_task_is_ticked_off_and_a_reader_accepts_nothing(tmp_path) -> None:
    page = Page(tmp_path)
    page.pick("A003")
    page.labelled("Accept (").value = "roi_analysis"
    page.press("Accept it")
    page.press("Accept it")
    assert "It is accepted already." in page.text()
    page.root.views.show("day")
    tasks = page.labelled("Open tasks")
    [(line, key)] = tasks.options
    assert "ROI analysis: Customer 3 · Ada Moss" in line
    page.press("It is done")
    assert "Pick a task first." in page.text()
    tasks.value = key
    page.press("It is done")
    assert tasks.options == ()
    assert done_actions(page.store)["kind"].tolist() == ["roi_analysis"]

    reader = Page(tmp_path, visitor=Visitor("Rita", "reader"))
    reader.pick("A004")
    reader.press("Accept it")
    assert "may look and try, not write" in reader.text()
    assert len(reader.store.current(RECOMMENDATIONS)) == 1


def test_the_team_is_told_with_the_calendar_file(tmp_path) -> None:
    book = make_book()
    book = replace(book, accounts=book.accounts.assign(owner="Ben"))
    delivery = Delivery.model_validate({"owners": {"Ben": "env:BEN", "Eve": "env:EVE"}})
    page = Page(tmp_path, book=book, operations=tmp_path / "operations", delivery=delivery)
    page.pick("A000")
    page.labelled("Accept (").value = "business_review"
    page.press("Accept it")
    assert "Told: Ben." in page.text()
    [message] = Outbox(tmp_path / "operations").waiting()  # no such address is known: it waits
    assert message.address == "env:BEN"
    assert message.subject.startswith("Business review: Customer 0: on ")
    [file] = message.attached
    assert b"METHOD:REQUEST" in Path(file).read_bytes()
