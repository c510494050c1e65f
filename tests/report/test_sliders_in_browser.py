"""Sliders in a real browser, offline: dragging shows what the engine says, and names are names."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from planbooks import make_book
from playwright.sync_api import Browser, Page, sync_playwright

from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.precomputed import PrecomputedOutcomes, precomputed_outcomes
from workbench.plans.levers.signal import SignalLever
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.plan.document import Plan
from workbench.report.output.page import PageText, external_loads, render_page
from workbench.report.plan.document import plan_document, write_document
from workbench.report.plan.sliders import MIME, Sliders

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
HOSTILE = (
    "</script><script>document.title='taken'</script><img src=x onerror=document.title='taken'>"
)


@pytest.fixture(scope="module")
def planner() -> Planner:
    book = make_book(draws=100)
    names = book.accounts["name"].mask(book.accounts["account_id"] == "A000", HOSTILE)
    return Planner(replace(book, accounts=book.accounts.assign(name=names)), read_catalogue(), {})


@pytest.fixture(scope="module")
def outcomes(planner: Planner) -> PrecomputedOutcomes:
    return precomputed_outcomes(planner, ["A000", "A003"])


@pytest.fixture(scope="module")
def report(outcomes: PrecomputedOutcomes, tmp_path_factory) -> Path:
    """A report's page with sliders among its outputs."""
    data = Sliders(outcomes)._repr_mimebundle_()
    cell = new_code_cell("outcomes", outputs=[new_output("display_data", data=data)])
    path = tmp_path_factory.mktemp("sliders") / "report.html"
    path.write_text(render_page(new_notebook(cells=[cell]), PageText("Renewals")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser(chromium_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, report: Path):
    opened = browser.new_page(viewport={"width": 900, "height": 800})
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(report.as_uri())
    yield opened
    assert [url for url in asked if not url.startswith("data:")] == [opened.url]
    assert opened.title() == "Renewals"
    opened.close()


def chance(page: Page, track: int = 0) -> str:
    return page.locator(".track").nth(track).locator("b").first.inner_text()


def test_it_begins_as_things_stand(page: Page, outcomes: PrecomputedOutcomes) -> None:
    track = outcomes.accounts[0].levers[0]
    assert chance(page) == f"{track.stays[track.now][0]:.0%}".replace("%", " %")
    assert page.locator("output").first.inner_text() == "0.7 share"
    assert page.locator("button").first.is_disabled()
    assert page.locator(".track").count() == 3
    assert "Association, not cause" in page.inner_text(".track >> nth=0")


def test_keys_move_it_to_what_the_engine_says(
    page: Page, planner: Planner, outcomes: PrecomputedOutcomes
) -> None:
    track = outcomes.accounts[0].levers[0]
    slider = page.get_by_label("Units used per unit bought")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    level = track.level[track.now + 1]
    lever = SignalLever(signal=track.lever, set=level, month="2026-01", lasts="sustained")
    found = planner.evaluate(Plan(version=1, name="p", accounts=("A000",), levers=(lever,)))
    assert chance(page) == f"{found.renews.mean():.0%}".replace("%", " %")
    assert slider.get_attribute("aria-valuetext") == f"{level:g} share"
    page.keyboard.press("End")
    last = track.stays[-1][0]
    assert chance(page) == f"{last:.0%}".replace("%", " %")
    assert page.locator(".track .flag").first.is_visible()  # beyond where the rows usually lie
    page.locator("button").first.click()
    assert page.locator("output").first.inner_text() == "0.7 share"


def test_a_drag_interpolates_between_levels(page: Page, outcomes: PrecomputedOutcomes) -> None:
    slider = page.get_by_label("Units used per unit bought")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    page.mouse.up()
    track, position = outcomes.accounts[0].levers[0], int(slider.input_value())
    at, part = divmod(position, 10)
    assert at > track.now
    one, other = (track.stays[i][0] for i in (at, at + 1))
    expected = one + part / 10 * (other - one)
    assert abs(float(chance(page).removesuffix(" %")) - 100 * expected) <= 0.51


def test_whole_levels_only_where_they_mean_something(page: Page) -> None:
    page.get_by_label("A champion is there").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("output").nth(1).inner_text() == "1 share"


def test_another_account_has_its_own(page: Page, outcomes: PrecomputedOutcomes) -> None:
    page.get_by_label("Account").select_option(index=1)
    track = outcomes.accounts[1].levers[0]
    assert chance(page) == f"{track.stays[track.now][0]:.0%}".replace("%", " %")


def test_a_hostile_name_is_shown_and_does_nothing(page: Page) -> None:
    assert page.locator("option").first.inner_text() == HOSTILE


def test_with_scripts_off_and_on_paper_there_is_a_table(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(report.as_uri())
    assert still.locator(".still").is_visible() and not still.locator(".drag").is_visible()
    assert HOSTILE in still.inner_text(".still")
    context.close()
    printed = browser.new_page()
    printed.goto(report.as_uri())
    assert not printed.locator(".still").is_visible()
    printed.emulate_media(media="print")
    assert printed.locator(".still").is_visible() and not printed.locator(".drag").is_visible()
    printed.close()


def test_the_plan_document_has_them_too(browser: Browser, planner: Planner, tmp_path) -> None:
    path = tmp_path / "plan.html"
    write_document(plan_document(planner, Plan(version=1, name="P", accounts=("A000",))), path)
    opened = browser.new_page()
    opened.goto(path.as_uri())
    before = chance(opened)
    opened.get_by_label("Units used per unit bought").focus()
    opened.keyboard.press("End")
    assert chance(opened) != before
    assert opened.title() == "P"
    opened.close()


def test_no_other_script_passes(outcomes: PrecomputedOutcomes) -> None:
    cell = new_code_cell(outputs=[new_output("display_data", data={MIME: asdict(outcomes)})])
    page = render_page(new_notebook(cells=[cell]), PageText("Renewals"))
    assert external_loads(page) == []
    assert external_loads(page.replace("PARTS = 10", "PARTS = 11")) == ["<script>"]
    assert external_loads("<script src='data:x'></script>") == ["<script>"]
    assert external_loads("<script>unfinished") == ["<script>"]
    assert "script-src 'sha256-" in page


def test_a_page_without_sliders_has_the_script_of_tables_alone() -> None:
    page = render_page(new_notebook(cells=[]), PageText("Renewals"))
    assert page.count("<script") == 1
    assert page.count("'sha256-") == 1
