"""The months as they pass: who leaves, who renews on what terms, what account managers do."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from workbench.data.simulator import choices
from workbench.data.simulator.law import ACTION_MONTHS, ACTIONS, Law
from workbench.data.simulator.ledger import Ledger
from workbench.data.simulator.population import Offers, Population
from workbench.data.simulator.signals import Panels, read
from workbench.data.simulator.span import LOOK_BACK_MONTHS, Span

NEVER = 32_000
NOT_DUE = 99
_ACTION_SHARE = (0.25, 0.15, 0.2, 0.15, 0.25)


@dataclass
class Course:
    """What came of it.

    Parameters
    ----------
    begun : array of bool, shape (subscription,)
    leave_step : array of int, shape (subscription,)
        `NEVER` for subscriptions that outlast the simulation.
    on : array of bool, shape (step, account)
        A customer at the month's end.
    arr : array of float, shape (month of window and future, account)
        Yearly revenue at the month's end.
    signals, risk, due : arrays, shape (month of window, account)
        Signals on the month's first day, what they add to eta, and the months from the month's
        end to the next end of a term (`NOT_DUE` when there is none).
    hazard : array of float, shape (month of window and future, subscription)
        NaN when not at risk.
    shocks : array of float, shape (step,)
    actions : list of (step, accounts, kinds)
    """

    begun: np.ndarray
    leave_step: np.ndarray
    on: np.ndarray
    arr: np.ndarray
    signals: dict[str, np.ndarray]
    risk: np.ndarray
    due: np.ndarray
    hazard: np.ndarray
    shocks: np.ndarray
    actions: list[tuple[int, np.ndarray, np.ndarray]] = field(default_factory=list)


@dataclass
class _Walk:
    """The world, and subscriptions and accounts as they stand while the months pass."""

    people: Population
    offers: Offers
    panels: Panels
    law: Law
    span: Span
    rng: np.random.Generator
    course: Course
    ledger: Ledger
    boundary: np.ndarray
    log_frailty: np.ndarray
    begins: list[np.ndarray]
    alive: np.ndarray
    term_end: np.ndarray
    last_action: np.ndarray


@dataclass(frozen=True)
class _Month:
    """One month: its step, the signals on its first day, and who may leave."""

    step: int
    signals: dict[str, np.ndarray]
    risk: np.ndarray
    at_risk: np.ndarray
    ends: np.ndarray


def run(
    people: Population,
    offers: Offers,
    panels: Panels,
    law: Law,
    span: Span,
    rng: np.random.Generator,
) -> tuple[Course, Ledger]:
    """Walk through the months; return what came of it and the contracts that were written."""
    order = np.argsort(offers.start, kind="stable")
    cuts = np.searchsorted(offers.start[order], np.arange(span.steps + 1))
    walk = _Walk(
        people=people,
        offers=offers,
        panels=panels,
        law=law,
        span=span,
        rng=rng,
        course=_empty_course(people, offers, law, span, rng),
        ledger=Ledger(offers, law, span),
        boundary=law.boundary_table(),
        log_frailty=np.log(np.maximum(offers.frailty, np.float32(1e-12))),
        begins=np.split(order, cuts[1:-1])[: span.steps],
        alive=np.zeros(offers.size, dtype=bool),
        term_end=np.full(offers.size, NEVER),
        last_action=np.full((len(ACTIONS), people.size), -NEVER),
    )
    for step in range(LOOK_BACK_MONTHS, span.steps):
        _pass_month(walk, step)
    return walk.course, walk.ledger


def _empty_course(
    people: Population, offers: Offers, law: Law, span: Span, rng: np.random.Generator
) -> Course:
    seen, shown = span.steps - span.window, span.end - span.window
    quarters = span.quarter()
    shocks = rng.normal(0, law.shock_sd, quarters[-1] + 1)[quarters].astype("float32")
    return Course(
        begun=np.zeros(offers.size, dtype=bool),
        leave_step=np.full(offers.size, NEVER, dtype="int64"),
        on=np.zeros((span.steps, people.size), dtype=bool),
        arr=np.zeros((seen, people.size)),
        signals={
            name: np.zeros((shown, people.size), dtype="float32") for name in law.coefficients
        },
        risk=np.zeros((shown, people.size), dtype="float32"),
        due=np.full((shown, people.size), NOT_DUE, dtype="uint8"),
        hazard=np.full((seen, offers.size), np.nan, dtype="float32"),
        shocks=shocks,
    )


def _pass_month(walk: _Walk, step: int) -> None:
    signals = read(walk.panels, walk.people.start, step)
    at_risk = np.flatnonzero(walk.alive)
    ends = walk.term_end[at_risk] == step
    month = _Month(step, signals, choices.risk(signals, walk.law), at_risk, ends)
    hazard = _hazard(walk, month)
    gone = walk.rng.random(len(at_risk)) < hazard
    _leave(walk, month, gone)
    _stay(walk, month, gone)
    _begin(walk, step)
    walk.course.on[step] = _customers(walk)
    due = _months_due(walk, step)
    _act(walk, month, due)
    _note(walk, month, due, hazard)


def _hazard(walk: _Walk, month: _Month) -> np.ndarray:
    step, subs = month.step, month.at_risk
    account = month.risk + walk.people.account_effect + walk.course.shocks[step]
    account = account + np.float32(walk.law.quality) * walk.panels.quality[step - 1]
    for kind, name in enumerate(ACTIONS):
        recent = walk.last_action[kind] >= step - ACTION_MONTHS
        account = account + np.float32(walk.law.action_effects[name]) * recent
    eta = walk.boundary[month.ends.astype("int64"), walk.offers.term_months[subs]]
    eta = eta + account[walk.offers.account[subs]]
    eta += walk.law.baseline(step - walk.offers.start[subs]).astype("float32")
    return choices.chance(eta, walk.log_frailty[subs], walk.law)


def _leave(walk: _Walk, month: _Month, gone: np.ndarray) -> None:
    leaving = month.at_risk[gone]
    walk.alive[leaving] = False
    walk.course.leave_step[leaving] = month.step
    account = walk.offers.account[leaving]
    seen = {name: values[account] for name, values in month.signals.items()}
    news = walk.panels.event[month.step - LOOK_BACK_MONTHS : month.step, account]
    reason = choices.reasons(seen, news, walk.law, walk.rng)
    walk.ledger.close(leaving, month.step, month.ends[gone], reason, walk.rng)


def _stay(walk: _Walk, month: _Month, gone: np.ndarray) -> None:
    step, offers = month.step, walk.offers
    consumption = month.signals["consumption"][offers.account]
    renewing = month.at_risk[month.ends & ~gone]
    walk.term_end[renewing] += offers.term_months[renewing]
    walk.ledger.renew(renewing, step, consumption[renewing], walk.rng)
    running = month.at_risk[~gone & ~month.ends]
    settled = (walk.term_end[running] - step >= 2) & (step - offers.start[running] >= 2)
    free = running[settled]
    walk.ledger.amend(free, step, consumption[free], walk.rng)


def _begin(walk: _Walk, step: int) -> None:
    """Begin the subscriptions whose month has come; a second one needs a running first one."""
    candidates, offers = walk.begins[step], walk.offers
    first = offers.product[candidates] == 0
    new = candidates[first | _customers(walk)[offers.account[candidates]]]
    walk.alive[new] = True
    walk.course.begun[new] = True
    fixed = new[offers.term_months[new] > 1]
    walk.term_end[fixed] = step + offers.term_months[fixed]
    walk.ledger.open(new, step, walk.rng)


def _customers(walk: _Walk) -> np.ndarray:
    return np.bincount(walk.offers.account[walk.alive], minlength=walk.people.size) > 0


def _months_due(walk: _Walk, step: int) -> np.ndarray:
    due = np.full(walk.people.size, NOT_DUE, dtype="int64")
    left = np.minimum(walk.term_end[walk.alive] - step, NOT_DUE)
    np.minimum.at(due, walk.offers.account[walk.alive], left)
    return due


def _act(walk: _Walk, month: _Month, due: np.ndarray) -> None:
    """Take actions, more often where the signals are bad and a renewal is near.

    What makes an account manager act is in the tables: who adjusts for it finds the true effect.
    """
    eager = np.exp(1.1 * (month.risk - 0.2) + 0.8 * (due <= ACTION_MONTHS))
    acts = walk.rng.random(len(due)) < np.minimum(0.025 * eager, 0.35)
    acted = np.flatnonzero(acts & walk.course.on[month.step])
    kind = walk.rng.choice(len(ACTIONS), len(acted), p=_ACTION_SHARE)
    walk.last_action[kind, acted] = month.step
    walk.course.actions.append((month.step, acted, kind))


def _note(walk: _Walk, month: _Month, due: np.ndarray, hazard: np.ndarray) -> None:
    """Keep for the truth what was so in this month."""
    course, place = walk.course, month.step - walk.span.window
    if place < 0:
        return
    money = walk.ledger.arr * walk.alive
    course.arr[place] = np.bincount(walk.offers.account, money, walk.people.size)
    course.hazard[place, month.at_risk] = hazard
    if month.step < walk.span.end:
        course.due[place] = due
        course.risk[place] = month.risk
        for name, values in month.signals.items():
            course.signals[name][place] = values
