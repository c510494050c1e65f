"""The planner's page in a real browser, served and in JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import pytest
from planbooks import make_book
from planner_servers import (
    ADDRESS,
    PATIENCE,
    QUIET,
    control,
    drag,
    fetched,
    make_place,
    name_it,
    server,
    to_plan,
)
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from workbench.plans.evaluate.compare import compare
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.plan.document import Demand, Plan
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS

AT = "(name => document.querySelector(name).getBoundingClientRect())"
HOSTILE = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def book() -> Planbook:
    made = make_book()
    return replace(made, accounts=made.accounts.replace("Customer 0", HOSTILE))


@pytest.fixture(scope="module")
def place(book, tmp_path_factory) -> Path:
    return make_place(tmp_path_factory.mktemp("project"), book)


@pytest.fixture(scope="module")
def browser(chromium_path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def served(place) -> Iterator[str]:
    with server(place, "app", address=ADDRESS) as url:
        yield url


@pytest.fixture(scope="module")
def page(browser, served) -> Iterator[Page]:
    """The page as it is served, with all addresses that it asked for."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.asked = asked  # type: ignore[attr-defined]
    opened.goto(served, wait_until="commit")
    to_plan(opened)
    yield opened
    opened.close()


def stays(book: Planbook, plan: Plan) -> str:
    planner = Planner(book, read_catalogue(), {})
    summary = compare(planner.baseline(plan), [planner.evaluate(plan)], book.months).summary
    return f"{summary['stays'].iloc[0]:.0%} → {summary['stays'].iloc[1]:.0%}"


def save(page: Page, key: str) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"Saved as {key}, version")).to_be_visible(timeout=PATIENCE)


def stored(place: Path, key: str) -> Plan:
    store = open_store(str(place / "outputs" / "plans" / "plans.db"))
    try:
        plan = store.load(PLANS, key).value
    finally:
        store.close()
    assert plan is not None
    return plan


def test_nobody_gets_in_without_the_token(served) -> None:
    own = served.split("?")[0]
    status, text = fetched(own)
    assert status == 200 and "Token" in text and "solara" not in text
    for place in ("static/main-vuetify.js", "_solara/cdn/requirejs@2.3.6/require.js", "readyz"):
        assert fetched(own + place)[0] == 403, place
    status, text = fetched(own + "?token=wrong")
    assert status == 403 and "solara" not in text


def test_it_asks_nobody_else_and_shows_no_code(page, served) -> None:
    own = served.split("?")[0]
    assert [url for url in page.asked if not url.startswith((own, "data:", "blob:"))] == []
    assert "Traceback" not in page.inner_text("body")
    assert page.title() == "Account plans"
    expect(page.get_by_text("As of 2026-01-01: 12 accounts")).to_be_visible()


def test_a_hostile_name_stays_text(page) -> None:
    control(page, "Search").locator("input").fill("script")
    chosen = control(page, "Account · at stake").locator("select")
    expect(chosen.locator("option")).to_have_count(1, timeout=PATIENCE)
    chosen.select_option(index=0)
    expect(page.locator("h2", has_text="<script>")).to_be_visible(timeout=PATIENCE)
    assert page.title() != "taken"
    assert page.locator("img[src=x]").count() == 0


def tells_what_is_shown(handle: Locator) -> None:
    """A handle has a name, and its value is as short as on the page."""
    expect(handle).to_have_attribute("aria-label", re.compile("^Units used"), timeout=PATIENCE)
    short = re.compile(r"^-?\d+(\.\d{1,5})?$")
    expect(handle).to_have_attribute("aria-valuetext", short, timeout=PATIENCE)


def test_dragging_shows_what_the_engine_says(page, book, place) -> None:
    control(page, "Action (").locator("select").select_option(label="Adoption workshop")
    page.get_by_role("button", name="Add this action").click()
    handle = page.locator(".wb-lever .noUi-handle").first
    expect(handle).to_be_visible(timeout=PATIENCE)
    renewed = page.locator(".wb-tile strong").first
    before = renewed.inner_text()
    file = name_it(page, "Dragged")
    drag(page, handle, by=60)
    save(page, file)  # at once: what was let go of last must be in the file all the same
    plan = stored(place, file)
    tells_what_is_shown(handle)
    [action] = plan.actions
    shown = page.locator(".wb-lever .widget-readout").first.inner_text()
    assert action.levers[0].shift == pytest.approx(float(shown), abs=0.005)
    assert stays(book, plan) != before
    expect(renewed).to_have_text(stays(book, plan), timeout=PATIENCE)


def option_of(select: Locator, name: str) -> str:
    """Return the whole line of a saved plan, which tells more than its name."""
    option = select.locator("option", has_text=name)
    expect(option).to_have_count(1, timeout=PATIENCE)
    return option.inner_text()


def test_it_fits_a_telephone_and_a_desk(page) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("document.querySelector('.wb-page').offsetWidth <= innerWidth")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        cut = page.evaluate(
            "[...document.querySelectorAll('.wb-control > .widget-label')]"
            ".filter(label => label.scrollWidth > label.clientWidth + 1).map(l => l.innerText)"
        )
        assert cut == []
    page.locator(".wb-lever").last.scroll_into_view_if_needed()
    assert page.evaluate(f"{AT}('.wb-effect').top") == 8  # it stays in sight
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function(f"{AT}('.wb-bar').bottom == innerHeight")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_saved_plan_is_found_after_a_reload(page) -> None:
    page.reload(wait_until="commit")
    to_plan(page)
    saved = control(page, "Saved plans").locator("select")
    expect(saved).to_be_visible(timeout=PATIENCE)
    saved.select_option(label=option_of(saved, "Dragged"))
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator("h2", has_text="<script>")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".wb-action h4")).to_have_text("Adoption workshop", timeout=PATIENCE)


def test_the_keyboard_is_enough(page) -> None:
    focused = "document.activeElement.closest('.wb-control')?.innerText ?? ''"
    page.locator("body").click(position={"x": 2, "y": 2})
    tab_until(page, lambda: page.evaluate(focused).startswith("Search"))
    page.keyboard.type("customer 5")
    expect(page.get_by_text("1 of 12 accounts.")).to_be_visible(timeout=PATIENCE)
    tab_until(page, lambda: page.evaluate(focused).startswith("Account"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("h2", has_text="Customer 5")).to_be_visible(timeout=PATIENCE)
    # The account before it had an action, whose slider is not the one that is meant.
    expect(page.locator(".wb-action")).to_have_count(0, timeout=PATIENCE)
    tab_until(page, lambda: page.evaluate("document.activeElement.innerText") == "Add this action")
    page.keyboard.press("Enter")
    expect(page.locator(".wb-lever .noUi-handle").first).to_be_visible(timeout=PATIENCE)
    before = page.locator(".wb-tile strong").nth(2).inner_text()
    on_handle = "document.activeElement.classList.contains('noUi-handle')"
    tab_until(page, lambda: page.evaluate(on_handle))
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".wb-tile strong").nth(2)).not_to_have_text(before, timeout=PATIENCE)
    assert page.evaluate(on_handle), "the slider was replaced under the hand"


def tab_until(page: Page, there: Callable[[], bool]) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if there():
            return
    pytest.fail("60 times Tab do not lead there")


def test_what_is_edited_is_saved_and_comes_back(page, place, book) -> None:
    page.get_by_role("button", name="Change the steps").press("Enter")
    type_into(page, "Step 1: who", "Ada Moss")
    type_into(page, "Step 1: by", "2026-01-20")
    page.get_by_role("button", name="Show: New customers").press("Enter")
    type_into(page, "New customers by", "A talk <b>")
    type_into(page, "By whom", "Cleo")
    type_into(page, "When (day)", "2026-04-15")
    page.get_by_role("button", name="Add this for new customers").press("Enter")
    expect(page.get_by_role("button", name="Remove: A talk <b>")).to_be_visible(timeout=PATIENCE)
    file = name_it(page, "Edited")
    save(page, file)
    plan = stored(place, file)
    assert plan.actions[0].steps[0].owner == "Ada Moss"
    assert plan.actions[0].steps[0].by == date(2026, 1, 20)
    assert plan.demand == (Demand(what="A talk <b>", owner="Cleo", on=date(2026, 4, 15)),)
    page.reload(wait_until="commit")
    to_plan(page)
    saved = control(page, "Saved plans").locator("select")
    expect(saved).to_be_visible(timeout=PATIENCE)
    saved.select_option(label=option_of(saved, "Edited"))
    page.get_by_role("button", name="Open", exact=True).press("Enter")
    expect(page.get_by_text("(Ada Moss, 2026-01-20)")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Remove: A talk <b>")).to_be_visible()


def type_into(page: Page, label: str, text: str) -> None:
    field = control(page, label).first.locator("input")
    field.fill(text)
    field.press("Tab")


def test_a_review_is_accepted_kept_as_a_file_and_called_off_from_my_day(page, tmp_path) -> None:
    page.get_by_role("button", name="Account", exact=True).click()
    chosen = control(page, "Accept (").locator("select")
    expect(chosen).to_be_visible(timeout=PATIENCE)
    label = chosen.locator("option", has_text="Business review").inner_text()
    chosen.select_option(label=label)
    type_into(page, "Due on, or held on", "2026-03-31")
    type_into(page, "Review: begins at", "14:30")
    type_into(page, "Review: attendees", "cleo@example.com, <b>Dan</b>")
    page.get_by_role("button", name="Accept it").press("Enter")
    told = page.get_by_text("A business review on 2026-03-31 at 14:30 stands in My day")
    expect(told).to_be_visible(timeout=PATIENCE)
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.get_by_role("link", name="Keep the calendar file").click()
    waiting.value.save_as(tmp_path / "review.ics")
    calendar = icalendar.Calendar.from_ical((tmp_path / "review.ics").read_bytes())
    [event] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["SEQUENCE"]) == ("REQUEST", 0)
    assert event["DTSTART"].dt == datetime(2026, 3, 31, 14, 30, tzinfo=UTC)
    fits(page)
    page.get_by_role("button", name="My day", exact=True).click()
    reviews = control(page, "Business reviews (").locator("select")
    expect(reviews.locator("option")).to_have_count(1, timeout=PATIENCE)
    line = reviews.inner_text().replace("\xa0", " ")
    assert line.startswith("2026-03-31 14:30 · Business review: Customer 5")
    fits(page)
    reviews.select_option(index=0)
    page.get_by_role("button", name="Call it off").press("Enter")
    expect(page.get_by_text("Called off.")).to_be_visible(timeout=PATIENCE)
    expect(reviews.locator("option")).to_have_count(0, timeout=PATIENCE)


def fits(page: Page) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("document.querySelector('.wb-page').offsetWidth <= innerWidth")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


# A clock that stands, and while a file is there goes ten thousand times as fast as others.
CLOCK = """
import functools, time
from pathlib import Path
from workbench.apps.commands import app
from workbench.apps.served.visits import Visits
now = [0.0]
def clock():
    if Path("fast").exists():
        now[0] = max(now[0], 1e4 * time.monotonic())
    return now[0]
app.Visits = functools.partial(Visits, clock=clock)
from workbench.apps.cli import main
main()
"""


def test_a_page_that_is_left_makes_room_and_goes_on_where_it_was(browser, place) -> None:
    options = ("--idle=2", "--most=1")
    with server(place, "app", *options, address=ADDRESS, main=CLOCK) as url:
        left, other = browser.new_page(), browser.new_page()
        left.goto(url, wait_until="commit")
        to_plan(left)
        (place / "fast").touch()
        told = left.get_by_text("Nobody used this page for 2 seconds")
        expect(told).to_be_visible(timeout=PATIENCE)
        assert left.locator(".wb-tabs").count() == 0
        (place / "fast").unlink()
        other.goto(url, wait_until="commit")  # there is room for one
        expect(other.locator(".wb-tabs")).to_be_visible(timeout=PATIENCE)
        left.get_by_role("button", name="Go on").click()
        expect(left.get_by_text("As many people are planning")).to_be_visible(timeout=PATIENCE)
        (place / "fast").touch()
        expect(other.get_by_role("button", name="Go on")).to_be_visible(timeout=PATIENCE)
        (place / "fast").unlink()
        left.get_by_role("button", name="Try again").click()
        here = left.get_by_role("button", name="Plan", exact=True)
        expect(here).to_have_class(re.compile("wb-here"), timeout=PATIENCE)
        expect(left.locator(".wb-tile").first).to_be_visible(timeout=PATIENCE)
        left.close()
        other.close()


def test_it_works_in_jupyterlab(browser, place, book) -> None:
    with server(place, "lab", address=r"http://127\.0\.0\.1:\d+/lab\S*\?token=\w+") as url:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        address = re.sub(r"/lab\S*\?", "/lab/tree/notebooks/60_account_plan.ipynb?", url)
        page.goto(address, wait_until="commit")
        # Cells that are run before there is a kernel stay as they were.
        expect(page.get_by_text("workbench | Idle")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        to_plan(page)
        accounts = control(page, "Account · at stake").locator("select")
        control(page, "Search").locator("input").fill("script")
        expect(accounts.locator("option")).to_have_count(1, timeout=PATIENCE)
        accounts.select_option(index=0)
        expect(page.locator("h2", has_text="<script>")).to_be_visible(timeout=PATIENCE)
        assert page.title() != "taken"
        assert page.locator("img[src=x]").count() == 0
        control(page, "Search").locator("input").fill("customer 5")
        expect(accounts.locator("option", has_text="Customer 5")).to_have_count(1, timeout=PATIENCE)
        expect(accounts.locator("option")).to_have_count(1, timeout=PATIENCE)
        accounts.select_option(index=0)
        expect(page.locator("h2", has_text="Customer 5")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Add this action").click()
        handle = page.locator(".wb-lever .noUi-handle").first
        expect(handle).to_be_visible(timeout=PATIENCE)
        file = name_it(page, "In the lab")
        drag(page, handle, by=-40)
        tells_what_is_shown(handle)
        save(page, file)
        expect(page.locator(".wb-tile strong").first).to_have_text(
            stays(book, stored(place, file)), timeout=PATIENCE
        )
        assert page.get_by_text("official Jupyter news").count() == 0  # its settings are read
        page.close()
