"""The months as they pass: who leaves, who renews on what terms, what account managers do."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from workbench.data.simulator import choices
from workbench.data.simulator.contract_writer import ContractWriter
from workbench.data.simulator.population import CandidateSubscriptions, Population
from workbench.data.simulator.signals import Panels, read
from workbench.data.simulator.span import LOOK_BACK_MONTHS, Span
from workbench.data.simulator.true_process import ACTION_MONTHS, ACTIONS, TrueProcess

NEVER = 32_000
NOT_DUE = 99
_ACTION_SHARE = (0.25, 0.15, 0.2, 0.15, 0.25)


@dataclass
class SimulatedHistory:
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
    actions, tosses : lists of (step, accounts, kinds)
        Of a toss, the kind that the coin gave; -1 where it gave none.
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
    tosses: list[tuple[int, np.ndarray, np.ndarray]] = field(default_factory=list)


@dataclass
class _Simulation:
    """The world, and subscriptions and accounts as they stand while the months pass."""

    people: Population
    offered: CandidateSubscriptions
    panels: Panels
    process: TrueProcess
    span: Span
    rng: np.random.Generator
    history: SimulatedHistory
    writer: ContractWriter
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
    offered: CandidateSubscriptions,
    panels: Panels,
    process: TrueProcess,
    span: Span,
    rng: np.random.Generator,
) -> tuple[SimulatedHistory, ContractWriter]:
    """Walk through the months; return what came of it and the contracts that were written.

    Parameters
    ----------
    people : Population
        Everyone who may become a customer.
    offered : CandidateSubscriptions
        Subscriptions that begin unless their account has left.
    panels : Panels
        Signals by month and account.
    process : TrueProcess
        Numbers of the true process.
    span : Span
        Months to simulate, those before the window included.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.

    Returns
    -------
    (SimulatedHistory, ContractWriter)
        In that order.
    """
    order = np.argsort(offered.start, kind="stable")
    cuts = np.searchsorted(offered.start[order], np.arange(span.steps + 1))
    simulation = _Simulation(
        people=people,
        offered=offered,
        panels=panels,
        process=process,
        span=span,
        rng=rng,
        history=_empty_history(people, offered, process, span, rng),
        writer=ContractWriter(offered, process, span),
        boundary=process.boundary_table(),
        log_frailty=np.log(np.maximum(offered.frailty, np.float32(1e-12))),
        begins=np.split(order, cuts[1:-1])[: span.steps],
        alive=np.zeros(offered.size, dtype=bool),
        term_end=np.full(offered.size, NEVER),
        last_action=np.full((len(ACTIONS), people.size), -NEVER),
    )
    for step in range(LOOK_BACK_MONTHS, span.steps):
        _pass_month(simulation, step)
    return simulation.history, simulation.writer


def _empty_history(
    people: Population,
    offered: CandidateSubscriptions,
    process: TrueProcess,
    span: Span,
    rng: np.random.Generator,
) -> SimulatedHistory:
    seen, shown = span.steps - span.window, span.end - span.window
    quarters = span.quarter()
    shocks = rng.normal(0, process.shock_sd, quarters[-1] + 1)[quarters].astype("float32")
    return SimulatedHistory(
        begun=np.zeros(offered.size, dtype=bool),
        leave_step=np.full(offered.size, NEVER, dtype="int64"),
        on=np.zeros((span.steps, people.size), dtype=bool),
        arr=np.zeros((seen, people.size)),
        signals={
            name: np.zeros((shown, people.size), dtype="float32") for name in process.coefficients
        },
        risk=np.zeros((shown, people.size), dtype="float32"),
        due=np.full((shown, people.size), NOT_DUE, dtype="uint8"),
        hazard=np.full((seen, offered.size), np.nan, dtype="float32"),
        shocks=shocks,
    )


def _pass_month(simulation: _Simulation, step: int) -> None:
    signals = read(simulation.panels, simulation.people.start, step)
    at_risk = np.flatnonzero(simulation.alive)
    ends = simulation.term_end[at_risk] == step
    month = _Month(step, signals, choices.risk(signals, simulation.process), at_risk, ends)
    hazard = _hazard(simulation, month)
    gone = simulation.rng.random(len(at_risk)) < hazard
    _leave(simulation, month, gone)
    _stay(simulation, month, gone)
    _begin(simulation, step)
    simulation.history.on[step] = _customers(simulation)
    due = _months_due(simulation, step)
    _act(simulation, month, due)
    _record_month(simulation, month, due, hazard)


def _hazard(simulation: _Simulation, month: _Month) -> np.ndarray:
    step, subs = month.step, month.at_risk
    account = month.risk + simulation.people.account_effect + simulation.history.shocks[step]
    account = account + np.float32(simulation.process.quality) * simulation.panels.quality[step - 1]
    for kind, name in enumerate(ACTIONS):
        recent = simulation.last_action[kind] >= step - ACTION_MONTHS
        account = account + np.float32(simulation.process.action_effects[name]) * recent
    eta = simulation.boundary[month.ends.astype("int64"), simulation.offered.term_months[subs]]
    eta = eta + account[simulation.offered.account[subs]]
    eta += simulation.process.baseline(step - simulation.offered.start[subs]).astype("float32")
    return choices.chance(eta, simulation.log_frailty[subs], simulation.process)


def _leave(simulation: _Simulation, month: _Month, gone: np.ndarray) -> None:
    leaving = month.at_risk[gone]
    simulation.alive[leaving] = False
    simulation.history.leave_step[leaving] = month.step
    account = simulation.offered.account[leaving]
    seen = {name: values[account] for name, values in month.signals.items()}
    news = simulation.panels.event[month.step - LOOK_BACK_MONTHS : month.step, account]
    reason = choices.reasons(seen, news, simulation.process, simulation.rng)
    simulation.writer.close(leaving, month.step, month.ends[gone], reason, simulation.rng)


def _stay(simulation: _Simulation, month: _Month, gone: np.ndarray) -> None:
    step, offered = month.step, simulation.offered
    consumption = month.signals["consumption"][offered.account]
    renewing = month.at_risk[month.ends & ~gone]
    simulation.term_end[renewing] += offered.term_months[renewing]
    simulation.writer.renew(renewing, step, consumption[renewing], simulation.rng)
    running = month.at_risk[~gone & ~month.ends]
    established = (simulation.term_end[running] - step >= 2) & (step - offered.start[running] >= 2)
    free = running[established]
    simulation.writer.amend(free, step, consumption[free], simulation.rng)


def _begin(simulation: _Simulation, step: int) -> None:
    """Begin the subscriptions whose month has come; a second one needs a running first one."""
    candidates, offered = simulation.begins[step], simulation.offered
    first = offered.product[candidates] == 0
    new = candidates[first | _customers(simulation)[offered.account[candidates]]]
    simulation.alive[new] = True
    simulation.history.begun[new] = True
    fixed = new[offered.term_months[new] > 1]
    simulation.term_end[fixed] = step + offered.term_months[fixed]
    simulation.writer.open(new, step, simulation.rng)


def _customers(simulation: _Simulation) -> np.ndarray:
    return (
        np.bincount(simulation.offered.account[simulation.alive], minlength=simulation.people.size)
        > 0
    )


def _months_due(simulation: _Simulation, step: int) -> np.ndarray:
    due = np.full(simulation.people.size, NOT_DUE, dtype="int64")
    left = np.minimum(simulation.term_end[simulation.alive] - step, NOT_DUE)
    np.minimum.at(due, simulation.offered.account[simulation.alive], left)
    return due


def _act(simulation: _Simulation, month: _Month, due: np.ndarray) -> None:
    """Take actions, more often where the signals are bad and a renewal is near.

    What makes an account manager act is in the tables: who adjusts for it finds the true effect.
    """
    process, on = simulation.process, simulation.history.on[month.step]
    eager = np.exp(process.targeting * (month.risk - 0.2) + 0.8 * (due <= ACTION_MONTHS))
    acts = simulation.rng.random(len(due)) < np.minimum(process.action_rate * eager, 0.35)
    tossed = np.zeros(len(due), dtype=bool)
    if process.coin:  # without one no number is drawn for it: the same seed, the same company
        tossed = on & (simulation.rng.random(len(due)) < process.coin)
        acts = np.where(tossed, simulation.rng.random(len(due)) < 0.5, acts)
    acted = np.flatnonzero(acts & on)
    kind = simulation.rng.choice(len(ACTIONS), len(acted), p=_ACTION_SHARE)
    simulation.last_action[kind, acted] = month.step
    simulation.history.actions.append((month.step, acted, kind))
    given = np.full(len(due), -1)
    given[acted] = kind
    simulation.history.tosses.append((month.step, np.flatnonzero(tossed), given[tossed]))


def _record_month(
    simulation: _Simulation, month: _Month, due: np.ndarray, hazard: np.ndarray
) -> None:
    """Keep for the truth what was so in this month."""
    history, row = simulation.history, month.step - simulation.span.window
    if row < 0:
        return
    money = simulation.writer.arr * simulation.alive
    history.arr[row] = np.bincount(simulation.offered.account, money, simulation.people.size)
    history.hazard[row, month.at_risk] = hazard
    if month.step < simulation.span.end:
        history.due[row] = due
        history.risk[row] = month.risk
        for name, values in month.signals.items():
            history.signals[name][row] = values
