"""The page for a team: who gets in, what they may do, and that one's trouble is theirs alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from planbooks import make_book
from planner_servers import (
    PATIENCE,
    QUIET,
    control,
    fetched,
    make_place,
    server,
    to_plan,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from simulated_planner import SimulatedPlanner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from workbench.apps.served.users import User, hashed, write_users
from workbench.plans.store.drafts import drafts_of
from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS

WORD = "long enough"
OWNERS = ["Ada Moss", "Ben Ode", "Rita", "Rita"] * 3
BROKEN = "A009"  # of Ben's


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A team of three, and an account whose page breaks."""
    book = make_book()
    signals = book.signals.replace({"account_id": {BROKEN: "lost"}})
    book = replace(book, accounts=book.accounts.assign(owner=OWNERS), signals=signals)
    root = make_place(tmp_path_factory.mktemp("project"), book)
    word = hashed(WORD)
    users = {"Ada Moss": User(role="lead", team="north", password=word),
             "Ben Ode": User(team="north", password=word),
             "Rita": User(role="reader", password=word)}  # fmt: skip
    write_users(root / "users.yaml", users)
    return root


@pytest.fixture(scope="module")
def url(place) -> Iterator[str]:
    options = ("--users=users.yaml", "--see=owner", "--most=3")
    with server(place, "app", *options, address=r"http://127\.0\.0\.1:\d+/") as served:
        yield served


@pytest.fixture(scope="module")
def browser(chromium_path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield opened
        opened.close()


def log_in(url: str, name: str) -> str:
    """Return the cookie of a login."""
    cookies = HTTPCookieProcessor()
    form = urlencode({"name": name, "password": WORD}).encode()
    build_opener(cookies).open(f"{url}login", form, timeout=120).close()
    [cookie] = cookies.cookiejar
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    return f"{cookie.name}={cookie.value}"


def come_in(browser: Browser, url: str, name: str) -> Page:
    """Log in as a person does, with a browser of one's own."""
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(url, wait_until="commit")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(WORD)
    page.get_by_role("button", name="Log in").click()
    to_plan(page)
    return page


def status_of_socket(url: str, **headers: str) -> int:
    where = f"ws{url[4:]}jupyter/api/kernels/mine/channels?session_id=1"
    origin = headers.pop("Origin", None)
    try:
        with connect(where, origin=origin, additional_headers=headers, open_timeout=60):  # type: ignore[arg-type]
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_other_hosts_and_other_pages_are_refused(url):
    own = url.rstrip("/")
    cookie = log_in(url, "Rita")
    assert status_of_socket(url, Cookie=cookie, Origin=own) == 101
    for headers in (
        {"Cookie": cookie, "Origin": "http://evil.example"},
        {"Cookie": cookie, "Origin": "null"},
        {"Cookie": cookie},
        {"Origin": own},
    ):
        assert status_of_socket(url, **headers) == 403, headers
    named = Request(url, headers={"Host": "evil.example", "Cookie": cookie})
    assert fetched(named)[0] == 403
    form = urlencode({"name": "Rita", "password": WORD}).encode()
    assert fetched(Request(f"{url}login", form, {"Origin": "http://evil.example"}))[0] == 403
    wrong = urlencode({"name": "Rita", "password": "long enougi"}).encode()
    status, text = fetched(Request(f"{url}login", wrong))
    assert status == 403 and "That is not right." in text


def test_nothing_but_the_page_is_there(url):
    cookie = {"Cookie": log_in(url, "Rita")}
    asset = "_solara/cdn/requirejs@2.3.6"
    # Asked for a folder, the server behind would delete it; for what it lacks, fetch it.
    for place in (asset, "_solara/cdn/nothing.js", "_solara/cdn/%2e%2e/%2e%2e/etc/passwd",
                  "resourcez", "readyz", "anything"):  # fmt: skip
        assert fetched(Request(url + place, headers=cookie))[0] == 404, place
    assert fetched(Request(f"{url}{asset}/require.js", headers=cookie))[0] == 200
    with build_opener().open(Request(url, headers=cookie), timeout=60) as answer:
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        text = answer.read().decode()
    assert "user-scalable=no" not in text and '<html lang="en">' in text


def asked_from(url: str, host: str, **headers: str) -> tuple[int, str]:
    """Ask for the page from one of this machine's addresses, as a proxy or somebody else."""
    where = urlsplit(url)
    asking = HTTPConnection(str(where.hostname), where.port, 60, source_address=(host, 0))
    with closing(asking):
        asking.request("GET", "/", headers=headers)
        answer = asking.getresponse()
        return answer.status, answer.read().decode()


def test_a_proxy_names_the_user_and_nobody_else_does(place):
    options = ("--users=users.yaml", "--user-header=X-Remote-User", "--proxy=127.0.0.1")
    with server(place, "app", *options, address=r"http://127\.0\.0\.1:\d+/") as url:
        status, page = asked_from(url, "127.0.0.1", **{"X-Remote-User": "Ben Ode"})
        assert status == 200 and "Log in" not in page
        for host, name in (("127.0.0.2", "Ben Ode"), ("127.0.0.1", "Eve")):
            status, said = asked_from(url, host, **{"X-Remote-User": name})
            assert (status, "not on the list" in said) == (403, True), (host, name)
        assert asked_from(url, "127.0.0.1")[0] == 403
        # Neither a login nor the name that the gate itself hands on gets past the proxy.
        form = urlencode({"name": "Ben Ode", "password": WORD}).encode()
        assert fetched(Request(f"{url}login", form))[0] == 403
        forged = {"x-workbench-visitor": '{"name": "Ben Ode", "role": "lead"}'}
        assert asked_from(url, "127.0.0.1", **forged)[0] == 403
        own = url.rstrip("/")
        assert status_of_socket(url, Origin=own, **{"X-Remote-User": "Rita"}) == 101
        assert status_of_socket(url, Origin=own) == 403


def test_a_reader_sees_their_own_accounts_and_writes_nothing(url, place):
    rita = SimulatedPlanner(url, log_in(url, "Rita"))
    try:
        listed = rita.models[rita.find(_model_name="SelectModel", description="Account ·")]
        assert len(listed["_options_labels"]) == OWNERS.count("Rita")
        rita.press("Add this action")
        rita.press("Save")
        assert "may look and try, not write" in json.dumps(rita.models)
    finally:
        rita.close()
    store = open_store(str(place / "outputs" / "plans" / "plans.db"))
    assert (store.current(PLANS), drafts_of(store, "Rita")) == ({}, {})
    store.close()


def test_nobody_closes_the_page_of_another(url):
    ben, own = SimulatedPlanner(url, log_in(url, "Ben Ode")), url.rstrip("/")
    try:
        closing = f"{url}_solara/api/close/{ben.kernel}?session_id={ben.session}"
        headers = {"Cookie": log_in(url, "Rita"), "Origin": own}
        assert fetched(Request(closing, b"", headers))[0] == 404
        # Nor do they get hold of it.
        other = f"ws{url[4:]}jupyter/api/kernels/{ben.kernel}/channels?session_id=1"
        with connect(other, origin=own, additional_headers={"Cookie": headers["Cookie"]}) as taken:  # type: ignore[arg-type]
            assert "mismatch" in str(taken.recv(timeout=60))
        ben.press("Add this action")
    finally:
        ben.close()


def test_two_people_on_one_plan_and_trouble_of_one(url, browser):
    rita = {"Cookie": log_in(url, "Rita")}
    ada, ben = (come_in(browser, url, name) for name in ("Ada Moss", "Ben Ode"))
    for person in (ada, ben):
        pick(person, "Customer 1")
    fill(ada, "Ada")
    save(ada)
    ben.get_by_role("button", name="Look for new plans").click()
    saved = control(ben, "Saved plans").locator("select")
    expect(saved.locator("option")).to_have_count(1, timeout=PATIENCE)
    saved.select_option(index=0)
    ben.get_by_role("button", name="Open", exact=True).click()
    expect(who(ben)).to_have_value("Ada", timeout=PATIENCE)
    answer(ben, "Ben")
    answer(ada, "Cleo")
    save(ben)
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.get_by_text("Ben Ode changed the same since version 1")).to_be_visible(
        timeout=PATIENCE
    )
    ada.reload(wait_until="commit")  # in the midst of it: her words are still there
    expect(who(ada)).to_have_value("Cleo", timeout=PATIENCE)
    ada.get_by_role("button", name="Save", exact=True).click()
    choice = ada.locator(".wb-clash select")
    expect(choice.locator("option")).to_have_text(["yours: Cleo", "Ben Ode: Ben"], timeout=PATIENCE)
    ada.get_by_role("button", name="Save it like this").click()
    expect(ada.get_by_text("version 3", exact=False).first).to_be_visible(timeout=PATIENCE)
    # A fault that nobody foresaw is told to whom it befell, and others go on.
    pick(ben, "Customer 9", until="Something unforeseen went wrong")
    assert "Traceback" not in ben.inner_text("body")
    pick(ben, "Customer 5")
    answer(ada, "Dora")
    expect(ada.get_by_text("has changes that are not saved")).to_be_visible(timeout=PATIENCE)
    # There is room for three, and another page of Ada's is the third.
    second = ada.context.new_page()
    second.goto(url, wait_until="commit")
    to_plan(second)
    expect(who(second)).to_have_value("Dora", timeout=PATIENCE)
    expect(second).to_have_url(re.compile("view=plan"), timeout=PATIENCE)
    second.reload(wait_until="commit")  # the view stays, and Back leads to the one before
    expect(who(second)).to_have_value("Dora", timeout=PATIENCE)
    second.go_back()
    expect(second.locator(".wb-call").first).to_be_visible(timeout=PATIENCE)
    expect(who(second)).to_be_hidden()
    status, text = fetched(Request(url, headers=rita))
    assert status == 503 and "Please try again in a few minutes." in text
    for page in (ada, ben):
        page.context.close()


def pick(page: Page, name: str, until: str = "") -> None:
    accounts = control(page, "Account · at stake").locator("select")
    accounts.locator("option", has_text=f"{name} ·").wait_for(state="attached", timeout=PATIENCE)
    accounts.select_option(label=accounts.locator("option", has_text=f"{name} ·").inner_text())
    told = page.get_by_text(until).first if until else page.locator("h2", has_text=name)
    expect(told).to_be_visible(timeout=PATIENCE)


def who(page: Page):
    return control(page, "Who does it").locator("input")


def fill(page: Page, name: str) -> None:
    page.get_by_role("button", name="Add this action").click()
    expect(who(page)).to_be_visible(timeout=PATIENCE)
    answer(page, name)


def answer(page: Page, name: str) -> None:
    who(page).fill(name)
    who(page).press("Tab")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as plan-for-customer-1")).to_be_visible(timeout=PATIENCE)
