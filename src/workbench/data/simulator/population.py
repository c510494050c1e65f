"""Who there is: accounts with their groups, and the subscriptions that they may come to hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.data.simulator.span import LOOK_BACK_MONTHS, Span
from workbench.data.simulator.true_process import (
    INDUSTRIES,
    REGIONS,
    SEGMENTS,
    TERMS_MONTHS,
    TrueProcess,
)

# Some of those who came before the window are gone when it begins: draw more, keep the first.
SPARE = 1.5
_SEGMENT_SHARE = (0.6, 0.3, 0.1)
_LOG_ARR = (np.log(8_000), np.log(40_000), np.log(200_000))
_LOG_ARR_SD = (0.5, 0.5, 0.6)
_LOG_STAFF = (np.log(60), np.log(500), np.log(5_000))
# Rows: segment. Columns: TERMS_MONTHS.
_TERM_SHARE = np.array([[0.25, 0.6, 0.1, 0.05], [0.08, 0.6, 0.2, 0.12], [0.0, 0.45, 0.25, 0.3]])


@dataclass(frozen=True)
class Population:
    """Candidate accounts; every field is an array with one entry per account unless said.

    `parent` is -1 for accounts without one. `start` is a step. `effects` holds, by grouping, one
    effect per level; `account_effect` is their sum for each account.
    """

    segment: np.ndarray
    industry: np.ndarray
    region: np.ndarray
    owner: np.ndarray
    parent: np.ndarray
    staff: np.ndarray
    start: np.ndarray
    effects: dict[str, np.ndarray]
    account_effect: np.ndarray

    @property
    def size(self) -> int:
        """Number of candidates."""
        return len(self.start)


@dataclass(frozen=True)
class CandidateSubscriptions:
    """Subscriptions that begin if their account is a customer then; one entry each.

    `start` is a step, `day` the day of the month on which its terms begin and end.
    """

    account: np.ndarray
    product: np.ndarray
    start: np.ndarray
    day: np.ndarray
    term_months: np.ndarray
    arr: np.ndarray
    units_month: np.ndarray
    auto_renew: np.ndarray
    notice_days: np.ndarray
    frailty: np.ndarray

    @property
    def size(self) -> int:
        """Number of opportunities."""
        return len(self.account)


def draw_population(
    accounts: int, process: TrueProcess, span: Span, rng: np.random.Generator
) -> Population:
    """Draw candidates, enough for `accounts` of them to be customers within the window.

    Parameters
    ----------
    accounts : int
        How many are to be shown.
    process : TrueProcess
        Numbers of the true process.
    span : Span
        Months to simulate, those before the window included.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.

    Returns
    -------
    Population
        More than are needed: some come and go before the window.
    """
    n = int(accounts * SPARE) + 40
    parents = max(1, int(0.06 * n))
    parent = np.where(rng.random(n) < 0.18, rng.integers(0, parents, n), -1)
    parent_industry = rng.integers(0, len(INDUSTRIES), parents)
    own_industry = rng.integers(0, len(INDUSTRIES), n)
    segment = rng.choice(len(SEGMENTS), n, p=_SEGMENT_SHARE)
    owners = max(2, round(accounts / 40))
    groups = {
        "industry": np.where(parent >= 0, parent_industry[parent], own_industry),
        "region": rng.integers(0, len(REGIONS), n),
        "owner": rng.integers(0, owners, n),
        "parent": parent,
    }
    levels = {"industry": len(INDUSTRIES), "region": len(REGIONS), "owner": owners}
    levels["parent"] = parents
    effects = {name: rng.normal(0, process.group_sd[name], size) for name, size in levels.items()}
    # Few levels would shift the whole book's level by their mean: what counts is the contrast.
    effects = {name: effect - effect.mean() for name, effect in effects.items()}
    effects["segment"] = np.array([process.segment_effects[name] for name in SEGMENTS])
    total = effects["segment"][segment] + np.where(parent >= 0, effects["parent"][parent], 0.0)
    for name in ("industry", "region", "owner"):
        total = total + effects[name][groups[name]]
    staff = np.exp(rng.normal(np.take(_LOG_STAFF, segment), 0.7)).astype("int64") + 3
    start = _arrivals(n, process, span, rng)
    return Population(
        segment=segment,
        industry=groups["industry"],
        region=groups["region"],
        owner=groups["owner"],
        parent=parent,
        staff=staff,
        start=start,
        effects=effects,
        account_effect=total.astype("float32"),
    )


def _arrivals(n: int, process: TrueProcess, span: Span, rng: np.random.Generator) -> np.ndarray:
    """Draw the steps at which accounts arrive: a growing business with a yearly season."""
    steps = np.arange(LOOK_BACK_MONTHS, span.end)
    season = 1 + process.season * np.cos(2 * np.pi * ((span.first_month + steps) % 12 - 2) / 12)
    rate = season * np.exp(process.growth * steps)
    return rng.choice(steps, n, p=rate / rate.sum())


def draw_candidates(
    people: Population, process: TrueProcess, span: Span, rng: np.random.Generator
) -> CandidateSubscriptions:
    """Draw one subscription per account, and for a quarter of them a second one later.

    Parameters
    ----------
    people : Population
        Everyone who may become a customer.
    process : TrueProcess
        Numbers of the true process.
    span : Span
        Months to simulate, those before the window included.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.

    Returns
    -------
    CandidateSubscriptions
        First products in the order of accounts, then the second ones.
    """
    second = np.flatnonzero(rng.random(people.size) < 0.25)
    account = np.concatenate([np.arange(people.size), second])
    n = len(account)
    product = (np.arange(n) >= people.size).astype("int64")
    # The youngest second product is three months later than the first: it is a later decision.
    lag = 3 + rng.geometric(1 / 14, n)
    start = people.start[account] + np.where(product == 1, lag, 0)
    segment = people.segment[account]
    log_arr = rng.normal(np.take(_LOG_ARR, segment), np.take(_LOG_ARR_SD, segment))
    arr = np.round(np.exp(log_arr) * np.where(product == 1, 0.35, 1.0) / 12, 0) * 12
    pick = (rng.random(n)[:, None] > np.cumsum(_TERM_SHARE, axis=1)[segment]).sum(axis=1)
    term = np.take(TERMS_MONTHS, np.minimum(pick, len(TERMS_MONTHS) - 1))
    day = np.where(rng.random(n) < 0.6, 1, rng.integers(1, 29, n))
    theta = process.theta
    frailty = rng.gamma(1 / theta, theta, n) if theta else np.ones(n)
    return CandidateSubscriptions(
        account=account,
        product=product,
        start=start,
        day=day,
        term_months=term,
        arr=arr,
        units_month=np.maximum(20, np.round(arr / rng.choice([6, 8, 12], n), -1)),
        auto_renew=(rng.random(n) < 0.3) | (term == 1),
        notice_days=np.where(term == 1, 30, rng.choice([30, 60, 90], n, p=[0.3, 0.3, 0.4])),
        frailty=frailty.astype("float32"),
    )
