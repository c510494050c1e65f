"""The months as they pass: who leaves, who renews on what terms, what account managers do."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from workbench.data.simulator.law import (
    ACTION_MONTHS,
    ACTIONS,
    EVENTS,
    LOOK_BACK_MONTHS,
    REASONS,
    Law,
    Span,
)
from workbench.data.simulator.ledger import Ledger
from workbench.data.simulator.population import Offers, Population
from workbench.data.simulator.signals import Panels, read

NEVER = 32_000
MISSING_REASON = -1
# How much more often than by chance an action of each kind is taken: shares of all actions.
_ACTION_SHARE = (0.25, 0.15, 0.2, 0.15, 0.25)


@dataclass
class Course:
    """What came of it. `leave_step` is `NEVER` for subscriptions that outlast the simulation.

    `begun`: whether the subscription ever began. `on`: (step, account) a customer at the month's
    end. `arr`: (step - window, account) yearly revenue then. `signals`: by name, (month of the
    window, account). `hazard`: (month of the window and the future, subscription), NaN when not
    at risk. `actions`: step, account and kind of each. `due`: (month of the window, account)
    months to the next end of a term, 99 when none is near. `risk`: what an account manager sees,
    the part of eta that the signals explain, centred.
    """

    begun: np.ndarray
    leave_step: np.ndarray
    on: np.ndarray
    arr: np.ndarray
    signals: dict[str, np.ndarray]
    hazard: np.ndarray
    due: np.ndarray
    risk: np.ndarray
    shocks: np.ndarray
    actions: list[tuple[int, np.ndarray, np.ndarray]] = field(default_factory=list)


@dataclass
class _State:
    """Subscriptions as they stand while the months pass."""

    alive: np.ndarray
    term_months: np.ndarray
    term_end: np.ndarray
    last_action: np.ndarray


def run(
    people: Population,
    offers: Offers,
    panels: Panels,
    law: Law,
    span: Span,
    rng: np.random.Generator,
) -> tuple[Course, Ledger]:
    """Walk through the months; return what came of it and the contracts that were written."""
    course = _empty_course(people, offers, law, span, rng)
    ledger = Ledger(offers, span)
    state = _State(
        alive=np.zeros(offers.size, dtype=bool),
        term_months=offers.term_months.copy(),
        term_end=np.full(offers.size, NEVER),
        last_action=np.full((len(ACTIONS), people.size), -NEVER),
    )
    boundary = law.boundary_table()
    log_frailty = np.log(np.maximum(offers.frailty, np.float32(1e-12)))
    begins = np.argsort(offers.start, kind="stable")
    first = np.searchsorted(offers.start[begins], np.arange(span.steps + 1))
    for step in range(LOOK_BACK_MONTHS, span.steps):
        signals = read(panels, people.start, step)
        risk = _risk(signals, law)
        at_risk = np.flatnonzero(state.alive)
        account = offers.account[at_risk]
        ends = state.term_end[at_risk] == step
        quality = law.quality * panels.quality[step - 1] if law.quality else 0.0
        acted = _action_effect(state, law, step)
        eta_account = risk + people.account_effect + course.shocks[step] + quality + acted
        eta = boundary[ends.astype(int), state.term_months[at_risk]] + eta_account[account]
        eta += law.baseline(step - offers.start[at_risk])
        hazard = _hazard(eta, log_frailty[at_risk], law)
        gone = rng.random(len(at_risk)) < hazard
        leaving = at_risk[gone]
        state.alive[leaving] = False
        course.leave_step[leaving] = step
        if step < span.end:
            reason = _reasons(signals, panels, offers.account[leaving], step, rng)
            ledger.close(leaving, step, ends[gone], reason, rng)
        renewing = at_risk[ends & ~gone]
        state.term_end[renewing] += state.term_months[renewing]
        consumption = signals["consumption"][offers.account]
        ledger.renew(renewing, step, consumption[renewing], rng)
        running = at_risk[~gone & ~ends]
        months_left = state.term_end[running] - step
        free = running[(months_left >= 2) & (step - offers.start[running] >= 2)]
        ledger.amend(free, step, consumption[free], rng)
        _begin(begins[first[step] : first[step + 1]], state, course, offers, ledger, step, rng)
        course.on[step] = np.bincount(offers.account[state.alive], minlength=people.size) > 0
        due = _months_due(state, offers, people.size, step)
        _act(course, state, risk, due, step, rng)
        _note(course, span, step, signals, risk, due, at_risk, hazard)
        if step >= span.window:
            money = np.bincount(offers.account, ledger.arr * state.alive, people.size)
            course.arr[step - span.window] = money
    return course, ledger


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
            name: np.zeros((shown, people.size), dtype="float32")
            for name in law.coefficients
            if name != "uptime"
        },
        hazard=np.full((seen, offers.size), np.nan, dtype="float32"),
        due=np.full((shown, people.size), 99, dtype="uint8"),
        risk=np.zeros((shown, people.size), dtype="float32"),
        shocks=shocks,
    )


def _risk(signals: dict[str, np.ndarray], law: Law) -> np.ndarray:
    return sum(np.float32(law.coefficients[name]) * value for name, value in signals.items())


def _hazard(eta: np.ndarray, log_frailty: np.ndarray, law: Law) -> np.ndarray:
    if law.process == "relationship":
        return 1 / (1 + np.exp(-eta))
    return -np.expm1(-np.exp(eta + log_frailty))


def _action_effect(state: _State, law: Law, step: int) -> np.ndarray:
    effect = np.zeros(state.last_action.shape[1], dtype="float32")
    for kind, name in enumerate(ACTIONS):
        recent = state.last_action[kind] >= step - ACTION_MONTHS
        effect += np.float32(law.action_effects[name]) * recent
    return effect


def _reasons(
    signals: dict[str, np.ndarray],
    panels: Panels,
    account: np.ndarray,
    step: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw a reason for each leaver: whatever was wrong weighs, chance decides."""
    seen = {name: value[account] for name, value in signals.items()}
    takeover = (EVENTS.index("merger"), EVENTS.index("acquisition"))
    bought = np.isin(panels.event[step - LOOK_BACK_MONTHS : step, account], takeover).any(axis=0)
    pull = {
        "price": 0.6 + 0.8 * seen["late_payment"],
        "product": 0.2 - 1.5 * seen["consumption"],
        "service": -0.3 + 0.5 * seen["severe_tickets"] + 0.4 * seen["detractor"],
        "competitor": 0.5 - 0.4 * seen["engagement"],
        "budget": -0.2 + 1.2 * (seen["bad_news"] - bought),
        "acquired": -2.5 + 3.5 * bought,
        "sponsor_left": -1.5 + 2.0 * seen["champion_absent"],
    }
    weight = np.stack([pull[name] for name in REASONS])
    reason = (weight + rng.gumbel(size=weight.shape)).argmax(axis=0)
    return np.where(rng.random(len(account)) < 0.15, MISSING_REASON, reason)


def _begin(
    candidates: np.ndarray,
    state: _State,
    course: Course,
    offers: Offers,
    ledger: Ledger,
    step: int,
    rng: np.random.Generator,
) -> None:
    """Begin the subscriptions whose month has come; a second one needs a running first one."""
    customers = np.zeros(course.on.shape[1], dtype=bool)
    customers[offers.account[state.alive]] = True
    new = candidates[(offers.product[candidates] == 0) | customers[offers.account[candidates]]]
    state.alive[new] = True
    course.begun[new] = True
    fixed = new[state.term_months[new] > 1]
    state.term_end[fixed] = step + state.term_months[fixed]
    ledger.open(new, step, rng)


def _months_due(state: _State, offers: Offers, accounts: int, step: int) -> np.ndarray:
    due = np.full(accounts, 99, dtype="int64")
    alive = np.flatnonzero(state.alive)
    left = np.minimum(state.term_end[alive] - step, 99)
    np.minimum.at(due, offers.account[alive], left)
    return due


def _act(
    course: Course,
    state: _State,
    risk: np.ndarray,
    due: np.ndarray,
    step: int,
    rng: np.random.Generator,
) -> None:
    """Take actions, more often where the signals are bad and a renewal is near."""
    eager = np.exp(1.1 * (risk - 0.2) + 0.8 * (due <= ACTION_MONTHS))
    chance = np.minimum(0.025 * eager, 0.35)
    acted = np.flatnonzero((rng.random(len(risk)) < chance) & course.on[step])
    kind = rng.choice(len(ACTIONS), len(acted), p=_ACTION_SHARE)
    state.last_action[kind, acted] = step
    course.actions.append((step, acted, kind))


def _note(
    course: Course,
    span: Span,
    step: int,
    signals: dict[str, np.ndarray],
    risk: np.ndarray,
    due: np.ndarray,
    at_risk: np.ndarray,
    hazard: np.ndarray,
) -> None:
    """Keep for the truth what was so in this month."""
    month = step - span.window
    if month < 0:
        return
    course.hazard[month, at_risk] = hazard
    if step < span.end:
        course.due[month] = due
        course.risk[month] = risk
        for name, value in signals.items():
            course.signals[name][month] = value
