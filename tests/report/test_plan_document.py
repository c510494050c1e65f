"""The plan document: everything in it, nothing fetched, strangers' text harmless, two pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from page_checks import opened, promises_broken_at
from planbooks import make_book

from workbench.plans.evaluate.planner import Planner
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.seats import SeatsLever
from workbench.plans.levers.source import Assumed
from workbench.plans.plan.catalogue import Catalogue, read_catalogue
from workbench.plans.plan.document import Action, CustomerGoal, Demand, Plan, Step, WinPlan
from workbench.report.output.page import external_loads
from workbench.report.plan import content, standing
from workbench.report.plan.document import plan_document, write_document

HOSTILE = "<script>document.title='taken'</script>"
PLAN = Plan(
    version=1,
    name=f"Keep Acme & Sons {HOSTILE}",
    accounts=("A000", "A001"),
    goals=(
        CustomerGoal(name="faster onboarding", words=f"New people take months {HOSTILE}"),
        CustomerGoal(name="cost", kind="challenge"),
    ),
    actions=(
        Action(kind="executive_sponsor_call", month="2026-03", serves=("cost",)),
        Action(
            kind="adoption_workshop",
            month="2026-01",
            owner="Ada Moss",
            serves=("faster onboarding",),
            steps=(Step(what="Hold it", owner="Ben", by=date(2026, 1, 20)),),
        ),
    ),
    demand=(Demand(what="Talk", owner="Cleo", on=date(2026, 4, 15), hours=8, cost=1200),),
    win_plans=(WinPlan(opportunity_id="O1", owner="Ben", on=date(2026, 2, 10), how="A trial."),),
    assumptions=("The workshop lifts use.",),
)


@pytest.fixture(scope="module")
def planner() -> Planner:
    book = make_book(draws=100)
    names = book.accounts["name"].mask(book.accounts["account_id"] == "A000", f"Acme {HOSTILE}")
    drivers = pd.DataFrame(
        {
            "account_id": "A000",
            "subscription_id": "S0000",
            "driver": ["consumption_3m", "champion_present", "term", "seats"],
            "group": ["product", "people", "contract", "product"],
            "contribution": [np.log(1.5), np.log(0.8), 2.0, 0.1],
            "low": [0.1, -0.5, 1.0, -0.2],
            "high": [0.9, -0.1, 3.0, 0.4],
        }
    )
    book = replace(book, accounts=book.accounts.assign(name=names), drivers=drivers)
    return Planner(book, read_catalogue(), {})


@pytest.fixture(scope="module")
def page(planner: Planner) -> str:
    return plan_document(planner, PLAN)


def test_it_says_who_does_what_when_in_order(planner: Planner) -> None:
    items = content.road_map(planner, PLAN)
    assert [(item.when, item.what, item.who) for item in items] == [
        ("2026-01", "Adoption workshop", "Ada Moss"),
        ("2026-02-10", "Win O1", "Ben"),
        ("2026-03", "Executive sponsor call", ""),
        ("2026-04-15", "Talk", "Cleo"),
    ]
    # Its effect is kept up for six months; a talk is over when it is over.
    assert (items[0].begins, items[0].ends) == (0.0, 6.0)
    assert items[3].begins == items[3].ends == pytest.approx(3 + 14 / 31)
    assert (items[0].hours, items[2].hours) == (20, 4)


def test_it_says_where_an_account_stands(planner: Planner) -> None:
    before = planner.baseline(PLAN)
    stands = {one.account_id: one for one in standing.standings(planner, before, 0.9)}
    one = stands["A000"]
    assert (one.renewal, one.due) == ("2026-05", 4.0)
    assert one.low < one.probability < one.high
    assert one.probability == pytest.approx(before.account_stays[0, 4], abs=1e-6)
    assert one.worth == planner.book.lines.cents[0] / 100
    # The contract is no news, and what might as well be nothing is left out.
    assert one.raised == ("units used per unit bought (× 1.5)",)
    assert one.lowered == ("a champion is there (× 0.8)",)


def test_goals_name_what_serves_them(planner: Planner) -> None:
    found = content.served(PLAN, planner.catalogue)
    assert [(goal.name, by) for goal, by in found] == [
        ("faster onboarding", ("Adoption workshop",)),
        ("cost", ("Executive sponsor call",)),
    ]


def test_the_numbers_are_the_engines(planner: Planner, page: str) -> None:
    after = planner.evaluate(PLAN)
    assert f"expected at {after.stays[:, -1].mean():.0%}" in " ".join(page.split())
    assert f"{(after.arr[:, -1] > planner.baseline(PLAN).arr[:, -1]).mean():.0%}" in page


@pytest.mark.parametrize(
    "phrase",
    [
        "faster onboarding",
        "challenge",
        "Served by: Adoption workshop.",
        "Nobody is named for: Executive sponsor call.",
        "nobody yet",
        "Ben, 2026-01-20",
        "A trial.",
        "new customers",
        "association",
        "Association, not cause",
        "factor 0.5 to 1, with probability 80%",
        "The workshop lifts use.",
    ],
)
def test_it_says(page: str, phrase: str) -> None:
    assert phrase in page


def test_it_names_signals_by_what_they_mean(planner: Planner, page: str) -> None:
    shown = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert [name for name in planner.book.signal_names if name in shown] == []
    assert "units used per unit bought: +0.15" in shown
    assert '<td class="left">units used per unit bought (share)</td>' in shown


def test_a_plan_without_goals_and_actions_says_so(planner: Planner) -> None:
    page = plan_document(planner, Plan(version=1, name="Bare", accounts=("A003",)))
    assert "The plan names none of the customer&#39;s own goals or challenges." in page
    assert "The plan names no action, win plan or demand." in page
    assert "The plan pulls no lever: nothing changes." in page


def test_strangers_text_is_text(page: str) -> None:
    assert HOSTILE not in page
    assert page.count("&lt;script&gt;document.title") >= 3
    assert external_loads(page) == []


def test_it_is_written_in_one_step(page: str, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "sub" / "plan.html"
    write_document("old", path)

    def full(*_) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", full)
        with pytest.raises(OSError, match="disk full"):
            write_document(page, path)
    assert [file.name for file in path.parent.iterdir()] == ["plan.html"]
    assert path.read_text() == "old"


def crowded(planner: Planner) -> Plan:
    """A plan as full as a planner makes one: six actions and more, eight accounts, three goals."""
    kinds = list(planner.catalogue.entries)[:6]
    goals = tuple(
        CustomerGoal(name=f"goal {i}", words="What they say of it. " * 3) for i in range(3)
    )
    actions = tuple(
        Action(kind=kind, month=f"2026-0{at + 1}", owner="Ada Moss", serves=(goals[at % 3].name,))
        for at, kind in enumerate(kinds)
    )
    lever = RateLever(process="leave", month="2026-01", source=Assumed(low=0.5, high=1.0))
    return PLAN.model_copy(
        update={
            "accounts": tuple(f"A00{i}" for i in range(8)),
            "goals": goals,
            "actions": actions,
            "levers": (lever,),
            "assumptions": ("Something is assumed.",) * 2,
        }
    )


@pytest.mark.parametrize("full", [False, True])
def test_it_keeps_its_promises_and_prints_on_two_pages(
    planner: Planner, tmp_path, chromium_path, full: bool
) -> None:
    path = tmp_path / "plan.html"
    write_document(plan_document(planner, crowded(planner) if full else PLAN), path)
    assert promises_broken_at(path, chromium_path) == []
    with opened(path, chromium_path, 1280) as (page, _):
        assert page.title() == PLAN.name
        printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= 2


def test_an_empty_catalogue_does_for_levers_of_ones_own(planner: Planner) -> None:
    lever = SeatsLever(change_percent=10, month="2026-02")
    plan = Plan(version=1, name="Grow", accounts=("A000",), levers=(lever,))
    page = plan_document(Planner(planner.book, Catalogue({}), {}), plan)
    assert "Taken as certain: the plan states no range." in page
