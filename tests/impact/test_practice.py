"""Questions on the practice of planning, from a store made by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from scipy.stats import norm

from workbench.impact.chosen import DIFFERENCE, choice_table
from workbench.impact.deadlines import kept_deadlines
from workbench.impact.practice import (
    PracticeFacts,
    gap_interval,
    practice_facts,
    practice_table,
)
from workbench.impact.practice_groups import OWNER, TEAM, groups_now, judged_calls, practice_trend
from workbench.plans.plan.document import Plan
from workbench.plans.store.deadlines import outcomes_before
from workbench.plans.store.facts import plan_facts
from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS
from workbench.plans.store.schema import VERSIONS
from workbench.report.planning_practice.answer import practice_answer
from workbench.report.planning_practice.figures import trend_figure
from workbench.report.planning_practice.tables import (
    calls_report,
    deadlines_report,
    groups_report,
)
from workbench.report.planning_practice.text import (
    choice_text,
    deadline_text,
    forecast_text,
    goes_with_text,
)

DAY = pd.Timestamp("2026-01-01")
ACCOUNTS = pd.DataFrame({"account_id": ["a", "b", "c", "d"], "segment": ["S", "S", "M", "M"]})
DONE = pd.DataFrame(
    {
        "account_id": ["a", "a", "b"],
        "kind": ["call", "review", "call"],
        "done_on": pd.to_datetime(["2025-10-05", "2025-12-20", "2025-08-01"]),
    }
)
OFFERS = pd.DataFrame(
    {
        "opportunity_id": ["o1", "o2", "o3"],
        "account_id": ["a", "a", "b"],
        "opened_on": pd.to_datetime(["2025-08-01"] * 3),
        "closed_on": pd.to_datetime(["2025-11-20", None, "2025-12-20"]),
        "won": pd.array([True, None, False], dtype="boolean"),
    }
)


def facts_on(store, day: str | pd.Timestamp) -> tuple[pd.DataFrame, pd.DataFrame]:
    day = pd.Timestamp(day)
    return plan_facts(store, ACCOUNTS, outcomes_before(DONE, OFFERS, day), day)


def dated(store, key: str, *days: str) -> None:
    """Say on which day each version of a plan was saved."""
    with store.engine.begin() as connection:
        table = VERSIONS[PLANS.table]
        for version, day in enumerate(days, 1):
            chosen = (table.c.key == key) & (table.c.version == version)
            moment = f"{day}T12:00:00+00:00"
            connection.execute(sa.update(table).where(chosen).values(saved_at=moment))


def a_plan(**stated) -> Plan:
    stated = {"version": 1, "name": "p", "accounts": ["a"]} | stated
    return Plan.model_validate_json(json.dumps(stated))


@pytest.fixture
def store(tmp_path):
    opened = open_store(str(tmp_path / "plans.db"))
    goal = {"name": "g", "words": "fewer calls"}
    trouble = {"name": "t", "kind": "challenge"}
    first = a_plan(goals=[goal], actions=[{"kind": "call", "month": "2025-10", "serves": ["g"]}])
    later = a_plan(
        goals=[goal, trouble],
        actions=[
            {"kind": "call", "month": "2025-10", "serves": ["g"]},
            {"kind": "review", "month": "2025-11", "owner": "cleo"},
        ],
        demand=[{"what": "event", "owner": "ann", "on": "2026-02-01"}],
    )
    other = a_plan(
        accounts=["all"],
        where=[{"column": "segment", "values": ["S"]}],
        actions=[{"kind": "call", "month": "2025-09", "accounts": ["b"]}],
    )
    opened.save(PLANS, "one", first, "ann", 0)
    opened.save(PLANS, "one", later, "bob", 1)
    opened.save(PLANS, "two", other, "ann", 0)
    dated(opened, "one", "2025-09-01", "2025-11-15")
    dated(opened, "two", "2025-05-01")
    yield opened
    opened.close()


def test_a_plan_is_told_as_it_stood_on_the_day(store) -> None:
    now = facts_on(store, DAY)[0].set_index(["plan", "account_id"])
    one = now.loc[("one", "a")]
    assert one[["members", "goals", "challenges", "actions", "serving", "demand"]].tolist() == [
        3, 1, 1, 2, 1, 1,
    ]  # fmt: skip
    assert one[["due", "on_time"]].tolist() == [2, 1]  # the review came a month late
    assert now.loc[("two", "a"), "actions"] == 0  # the action is for b alone
    assert now.loc[("two", "b"), ["due", "on_time"]].tolist() == [1, 1]
    then = facts_on(store, "2025-10-01")[0]
    assert then.set_index("plan").loc["one", "members"] == 1
    assert then.set_index("plan").loc["one", "due"] == 0
    assert facts_on(store, "2025-04-01")[0].empty


def test_what_was_due_is_what_the_plan_said_on_that_day(tmp_path) -> None:
    """Moved afterwards: not kept. Moved before: planned anew. Taken out once done: done."""
    call = {"kind": "call", "month": "2025-10"}
    later = {"kind": "call", "month": "2025-12"}
    visit = {"kind": "visit", "month": "2025-12"}
    cases = {
        "moved after": (a_plan(accounts=["b"], actions=[call]), a_plan(accounts=["b"])),
        "moved before": (a_plan(actions=[visit]), a_plan(actions=[visit | {"month": "2026-05"}])),
        "taken out done": (a_plan(actions=[call]), a_plan()),
        "written after": (a_plan(), a_plan(actions=[call])),
        "one done serves one": (a_plan(actions=[call, later]), a_plan(actions=[call, later])),
    }
    saved = {"taken out done": "2025-10-20", "moved before": "2025-12-10"}
    store = open_store(str(tmp_path / "plans.db"))
    for key, (first, second) in cases.items():
        store.save(PLANS, key, first, "ann", 0)
        store.save(PLANS, key, second.model_copy(update={"note": "again"}), "ann", 1)
        dated(store, key, "2025-09-01", saved.get(key, "2025-11-20"))
    facts, due = facts_on(store, DAY)
    store.close()
    counts = facts.set_index("plan")[["due", "on_time"]].apply(tuple, axis=1).to_dict()
    assert counts == {
        "moved after": (1, 0), "moved before": (0, 0), "taken out done": (1, 1),
        "written after": (0, 0), "one done serves one": (2, 1),
    }  # fmt: skip
    assert due["done_on"].notna().sum() == 2


def test_demand_and_win_plans_are_kept_or_not_and_said_to_be_on_record_or_not(tmp_path) -> None:
    store = open_store(str(tmp_path / "plans.db"))
    event = {"what": "event", "owner": "ann", "on": "2025-10-15"}
    wins = [{"opportunity_id": key, "owner": "cleo", "on": "2025-12-01"} for key in ("o1", "o2")]
    wins += [{"opportunity_id": "unheard of", "owner": "cleo", "on": "2025-12-01"}]
    late = [{"opportunity_id": "o3", "owner": "bob", "on": "2025-12-15"}]
    store.save(PLANS, "p", a_plan(accounts=["a", "b"], demand=[event], win_plans=wins + late),
               "ann", 0)  # fmt: skip
    dated(store, "p", "2025-09-01")
    facts, due = facts_on(store, DAY)
    team = pd.Series({"a": "north", "b": "south"})
    told = facts.set_index("account_id")[["demand_due", "demand_on_time"]]
    assert told.loc["a"].tolist() == [2, 1] and told.loc["b"].tolist() == [1, 0]
    unsaid = deadline_text(kept_deadlines(due, team))
    assert "nobody wrote down" in unsaid and "**Actions**: none has fallen due" in unsaid
    assert "3 fell due, 1 were done on time (33%), 1 late, 1 not at all" in unsaid
    assert "Of 2 that were decided, 50% were won." in unsaid
    done = a_plan(accounts=["a", "b"], demand=[event | {"done_on": "2025-10-10"}],
                  win_plans=wins + late)  # fmt: skip
    store.save(PLANS, "p", done, "ann", 1)
    dated(store, "p", "2025-09-01", "2025-11-01")
    facts, due = facts_on(store, DAY)
    assert facts.set_index("account_id").loc["b", ["demand_due", "demand_on_time"]].tolist() == [
        2, 1,
    ]  # fmt: skip
    early = facts_on(store, "2025-10-20")[0]
    assert (early["demand_due"] == 0).all()  # nobody had written down yet that it was done
    store.close()
    kept = kept_deadlines(due, team).set_index(["what", "by", "name"])
    event = kept.loc[("demand", "book", "(everybody)")]
    assert event[["due", "on_time"]].tolist() == [1, 1]  # for both accounts, once
    assert ("demand", "team", "(no team)") in kept.index
    assert kept.loc[("win plan", "owner", "cleo"), ["due", "open"]].tolist() == [2, 1]
    assert kept.loc[("win plan", "period", "2025, second half"), "late"] == 1
    assert deadlines_report(kept.reset_index()).content()["rows"]


def customers(count: int = 4) -> pd.DataFrame:
    keys = ["a", "b", "c", "d"][:count]
    return pd.DataFrame(
        {
            "account_id": keys,
            "owner": ["x", "x", "y", None][:count],
            "team": ["north", "north", "south", "north"][:count],
            "arr": [100.0, 50.0, 30.0, 20.0][:count],
            "potential": [10.0, 0.0, 30.0, 0.0][:count],
            "contacts": [3.0, 1.0, None, 5.0][:count],
        }
    )


def test_shares_are_of_accounts_revenue_and_potential(store) -> None:
    plans = facts_on(store, DAY)[0]
    facts = practice_facts(customers(), plans, DAY)
    table = practice_table(facts, facts, pd.Series(dtype=bool), 0.9).set_index("question")
    plan = table.loc["has a plan"]
    assert plan[["accounts", "revenue", "potential"]].tolist() == [0.5, 0.75, 0.25]
    assert table.loc["has a living plan", "accounts"] == 0.25
    assert table.loc["all that was due done on time", "accounts"] == 0.5  # of two that had some due
    assert table.loc["three contacts or more", "accounts"] == pytest.approx(2 / 3)
    assert table.loc["plan moved (of those with one)", "accounts"] == 1.0
    then = facts_on(store, "2025-10-01")[0]
    earlier = pd.Timestamp("2025-10-01")
    trend = practice_trend({earlier: practice_facts(customers(2), then, earlier), DAY: facts})
    owners = groups_now(trend, OWNER, earlier)
    assert owners["owner"].tolist() == ["(everybody)", "x", "y", "(nobody)"]
    assert owners["has_plan"].tolist() == [0.5, 1.0, 0.0, 0.0]
    assert owners["living_before"].iloc[:2].tolist() == [0.5, 0.5]
    assert owners["living_before"].iloc[2:].isna().all()
    teams = groups_now(trend, TEAM, earlier).set_index("team")
    assert teams.loc["(everybody)", "living_revenue"] == 0.5  # a: 100 of 200
    assert teams.loc["(everybody)", "living_potential"] == 0.25  # a: 10 of 40
    assert teams.loc["north", "living"] == pytest.approx(1 / 3)
    assert teams.loc["north", "living_before"] == 0.5  # of a and b alone
    assert teams.loc["north", "members"] == 2.0  # three on the plan of a, one on that of b
    assert teams.loc["south", "contacts"] != teams.loc["south", "contacts"]  # nobody keeps them
    assert trend.loc[trend["name"] == "north", "day"].tolist() == [earlier, DAY]
    assert trend_figure(trend).axes[0].get_title("left").endswith("50% in October 2025, 25% now")
    text = practice_answer(table.reset_index())
    assert "25% of accounts have a living plan" in text.sentence
    many, well = groups_report(owners.assign(on_time=0.0), OWNER, "EUR")
    assert [one.label for one in many.columns] == [
        "owner", "customers", "yearly revenue", "living plan", "half a year ago", "of revenue",
        "of potential",
    ]  # fmt: skip
    assert many.note.endswith("So of no account: touched in 30 days.")
    labels = [one.label for one in well.columns]
    assert "people a plan" in labels
    assert "all on time" not in labels
    assert "So of no account: actions serve one; all on time." in well.note
    assert well.note.endswith("nobody keeps it: these on time.")
    assert "cannot be told yet" in goes_with_text(table.reset_index(), 0.9)


def test_what_goes_with_staying_has_an_interval_and_a_negative_control() -> None:
    keys = [f"k{i}" for i in range(200)]
    own = pd.DataFrame({"account_id": keys, "owner": "x", "team": "t", "arr": 1.0,
                        "potential": 0.0, "contacts": [5.0] * 100 + [1.0] * 100})  # fmt: skip
    none = plan_facts_of_nobody()
    facts = practice_facts(own, none, DAY)
    helps = pd.Series([i % 10 != 0 if i < 100 else i % 2 == 0 for i in range(200)], index=keys)
    chance = pd.Series([i % 5 != 0 for i in range(200)], index=keys)
    stated = practice_table(facts, facts, helps, 0.9).set_index("question")
    row = stated.loc["three contacts or more"]
    assert row["stayed_with"] == 0.9
    assert row["stayed_without"] == 0.5
    assert 0.28 < row["gap_low"] < 0.4 < row["gap_high"] < 0.5
    stated = practice_table(facts, facts, chance, 0.9).set_index("question")
    row = stated.loc["three contacts or more"]
    assert row["gap_low"] < 0 < row["gap_high"]
    assert "cannot be told to go with" in goes_with_text(stated.reset_index(), 0.9)


def test_what_goes_with_leaving_is_not_told_as_going_with_staying(store) -> None:
    plans = facts_on(store, DAY)[0]
    facts = practice_facts(customers(), plans, DAY)
    table = practice_table(facts, facts, pd.Series(dtype=bool), 0.9)
    seen = {"stayed_with": 0.5, "stayed_without": 0.9, "asked_with": 60, "asked_without": 70}
    worse = table.assign(**seen, gap=-0.4, gap_low=-0.5, gap_high=-0.2)
    said = practice_answer(worse).sentence
    assert "with fewer accounts staying here" in said and "50% of 60 against 90% of 70" in said
    assert "with more accounts" not in said
    assert "accounts staying here" not in practice_answer(worse.assign(asked_with=19)).sentence


def chosen_book(rng: np.random.Generator, pays: float) -> tuple[PracticeFacts, pd.Series]:
    """Return customers of whom chance gave half a plan, which pays where there is potential."""
    size = 600
    keys = pd.Series([f"k{i}" for i in range(size)])
    arr = rng.lognormal(0, 0.3, size)
    potential = np.where(rng.random(size) < 0.5, rng.uniform(1, 2, size), 0.0)
    planned = rng.random(size) < 0.5
    table = pd.DataFrame({"account_id": keys, "arr": arr, "potential": potential,
                          "has_plan": pd.array(planned, dtype="boolean")})  # fmt: skip
    now = arr * (1 + rng.normal(0, 0.1, size) + pays * (planned & (potential > 0)))
    return PracticeFacts(table), pd.Series(now, index=pd.Index(keys))


def test_planning_for_potential_is_told_where_it_pays_and_not_where_it_does_not() -> None:
    rng = np.random.default_rng(3)
    pays = choice_table(*chosen_book(rng, 0.2), 0.9).set_index("chosen_by")
    assert pays.loc["growth potential", "gap"] == pytest.approx(0.2, abs=0.03)
    assert pays.loc["purchase history", "gap"] == pytest.approx(0.1, abs=0.04)
    assert pays.loc[DIFFERENCE, "gap_low"] > 0
    assert "went with more than" in choice_text(pays.reset_index(), 0.9)
    idle = choice_table(*chosen_book(rng, 0.0), 0.9).set_index("chosen_by")
    assert idle.loc[DIFFERENCE, "gap_low"] < 0 < idle.loc[DIFFERENCE, "gap_high"]
    assert "cannot be told to pay" in choice_text(idle.reset_index(), 0.9)


def test_a_customer_who_left_took_all_revenue_and_few_plans_tell_nothing() -> None:
    facts, now = chosen_book(np.random.default_rng(4), 0.0)
    gone = choice_table(facts, now.iloc[:0], 0.9)
    assert (gone["change_with"].dropna() == -1).all()
    few = PracticeFacts(facts.table.assign(has_plan=[True] * 4 + [False] * 596))
    assert choice_table(few, now, 0.9)["gap"].isna().all()
    assert "cannot be told" in choice_text(choice_table(few, now, 0.9), 0.9)


def plan_facts_of_nobody() -> pd.DataFrame:
    columns = ["plan", "account_id", "touched_on", "members", "goals", "challenges", "actions",
               "serving", "demand", "due", "on_time", "demand_due", "demand_on_time"]  # fmt: skip
    return pd.DataFrame(columns=columns).astype({"touched_on": "datetime64[us]"})


def test_the_interval_of_a_gap_is_near_the_normal_one_for_many() -> None:
    low, high = gap_interval((4_000, 10_000), (3_900, 10_000), 0.9)
    spread = (0.4 * 0.6 / 10_000 + 0.39 * 0.61 / 10_000) ** 0.5 * norm.ppf(0.95)
    assert low == pytest.approx(0.01 - spread, abs=2e-5)
    assert high == pytest.approx(0.01 + spread, abs=2e-5)


def test_people_s_forecasts_are_judged_by_period_team_and_owner() -> None:
    """One who knows (Brier below the average's) beside one who says the contrary."""
    days = pd.to_datetime(["2025-03-01", "2025-04-01", "2025-08-01", "2025-09-01"])
    calls = pd.DataFrame({"called_on": days, "renews": [0.9, 0.1, 0.2, 0.8],
                          "stayed": [1.0, 0.0, 1.0, 0.0], "team": "north",
                          "owner": ["x", "x", "y", None]})  # fmt: skip
    found = judged_calls(calls).set_index(["by", "name"])
    whole = found.loc[("book", "(everybody)")]
    assert whole[["forecasts", "said", "stayed", "base"]].tolist() == [4, 0.5, 0.5, 0.25]
    assert found.loc[("owner", "x"), "brier"] == pytest.approx(0.01)
    assert found.loc[("owner", "(nobody)"), "brier"] == pytest.approx(0.64)
    assert found.loc[("period", "2025, first half"), "brier"] == pytest.approx(0.01)
    assert found.loc[("period", "2025, second half"), "brier"] == pytest.approx(0.64)
    assert found.loc[("team", "north"), "brier"] == pytest.approx(whole["brier"])
    assert calls_report(found.reset_index()).content()["rows"]
    assert judged_calls(calls.iloc[:0]).empty


def test_forecasts_of_people_are_set_beside_what_came() -> None:
    calls = pd.DataFrame({"renews": [0.9, 0.8, 0.2], "stayed": [1.0, 1.0, 0.0]})
    assert "they knew more than the book's average" in forecast_text(calls)
    assert "No forecast" in forecast_text(calls.iloc[:0])
