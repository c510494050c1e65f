"""Planned against unplanned, and promoters against others: effects put in by hand, and none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.impact.planned import PLANNED_COLUMNS, planned_table
from workbench.impact.practice import PracticeFacts
from workbench.impact.promoters import promoter_claims
from workbench.report.planning_practice.text import planned_text, promoter_text

KNOWN = ["nps_latest", "risk"]
AGAINST_NONE, MOVED, FORM, BETWEEN = range(4)


def planned_book(
    rng: np.random.Generator, moves: float, accounts: int = 1500
) -> tuple[dict[int, tuple[PracticeFacts, pd.Series]], pd.DataFrame]:
    """Return accounts whose risk is on record and gets them a plan; some plans move.

    What moves lifts the log-odds of staying by ``moves``; a form that was filled in does nothing.
    """
    keys = pd.Series([f"k{at}" for at in range(accounts)])
    risk = rng.normal(size=accounts)
    has = rng.random(accounts) < 1 / (1 + np.exp(0.3 - 1.2 * risk))
    moved = has & (rng.random(accounts) < 0.5)
    stays = rng.random(accounts) < 1 / (1 + np.exp(-(2.0 - 0.9 * risk + moves * moved)))
    flags = {"has_plan": pd.array(has, dtype="boolean"),
             "moved": pd.Series(moved, dtype="boolean").where(has)}  # fmt: skip
    facts = PracticeFacts(pd.DataFrame({"account_id": keys, **flags}))
    rows = pd.DataFrame({"account_id": keys, "month": 7, "arr": 1.0, "risk": risk})
    return {7: (facts, pd.Series(stays, index=pd.Index(keys)))}, rows


def test_plans_that_moved_are_told_from_forms_where_the_plain_comparison_sees_harm() -> None:
    days, rows = planned_book(np.random.default_rng(1), 1.2)
    found = planned_table(days, rows, ["risk"], 0.9)
    assert list(found) == PLANNED_COLUMNS
    assert found.loc[MOVED, "gap_low"] > 0
    assert found.loc[BETWEEN, "gap_low"] > 0
    assert found.loc[FORM, "gap_low"] < 0 < found.loc[FORM, "gap_high"]
    assert found.loc[FORM, "plain"] < -0.08  # plans go to those at risk
    said = planned_text(found, 0.9)
    assert "*a plan that moved, against none*" in said and "stay more often" in said


def test_plans_that_do_nothing_are_not_told_to_help_or_to_harm() -> None:
    days, rows = planned_book(np.random.default_rng(2), 0.0)
    found = planned_table(days, rows, ["risk"], 0.9)
    assert (found["gap_low"] < 0).all() and (found["gap_high"] > 0).all()
    assert found.loc[AGAINST_NONE, "plain"] < -0.08
    few, rows = planned_book(np.random.default_rng(3), 0.0, accounts=30)
    told = planned_table(few, rows, ["risk"], 0.9)
    assert told["gap"].isna().all() and "cannot be told: fewer than 20" in planned_text(told, 0.9)
    part = planned_table(*planned_book(np.random.default_rng(3), 0.0, 70), ["risk"], 0.9)
    assert part["gap"].isna().any() and "cannot be told of" in planned_text(part, 0.9)


def renewals(rng: np.random.Generator, lift: float) -> pd.DataFrame:
    """Return renewals of which those of promoters succeed more often by a ratio.

    Promoters are those of low risk: as they are, they renew more often whatever the ratio.
    """
    size = 4000
    risk = rng.normal(size=size)
    promoter = rng.random(size) < 1 / (1 + np.exp(0.5 + risk))
    chance = np.clip(0.72 - 0.08 * risk, 0.2, 0.88) * np.where(promoter, lift, 1.0)
    first = pd.DataFrame(
        {
            "subscription_id": [f"s{at}" for at in range(size)],
            "account_id": [f"a{at}" for at in range(size)],
            "month": 12, "arr": 100.0, "at_renewal": True, "month_to_month": False,
            "nps_latest": np.where(promoter, 9.0, 6.0), "risk": risk,
            "event": rng.random(size) > chance,
        }
    )  # fmt: skip
    grown = 100 * np.exp(rng.normal(0.01 * promoter, 0.05))
    after = first[~first["event"]].assign(month=13, arr=grown[~first["event"]], at_renewal=False)
    return pd.concat([first, after], ignore_index=True)


def test_promoters_who_renew_a_tenth_more_often_are_found_and_others_are_not() -> None:
    found = promoter_claims(renewals(np.random.default_rng(4), 1.1), KNOWN, 0.9)
    renewal, growth = (found.table.set_index("claim").loc[name] for name in ("renewal", "growth"))
    assert renewal["low"] < 1.1 < renewal["high"] and renewal["low"] > 1.04
    assert renewal["plain"] > 1.15  # who is no promoter is at risk for other reasons
    assert growth["low"] < 0.01 < growth["high"] < 0.02
    said = promoter_text(found, 0.9)
    assert "The book does not contradict the claim" in said
    assert "The book shows less than the claim" in said
    idle = promoter_claims(renewals(np.random.default_rng(5), 1.0), KNOWN, 0.9)
    assert idle.table.loc[0, "low"] < 1 < idle.table.loc[0, "high"] < 1.1
    few = promoter_claims(renewals(np.random.default_rng(6), 1.0).head(30), KNOWN, 0.9)
    assert few.why_not.startswith("Only ")
