"""What happens to the accounts, month by month, and what of it can be read before a month begins.

Panels have shape (step, account). A month's cell holds what happens within that month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.data.simulator.population import Population
from workbench.data.simulator.span import Span
from workbench.data.simulator.true_process import (
    BAD_NEWS,
    EVENTS,
    GOOD_NEWS,
    INDUSTRIES,
    TrueProcess,
)

INVOICE_MONTHS = 3
SURVEY_MONTHS = 6
_NPS_VALID_MONTHS = 12
_NEWS_MONTHS = 6


@dataclass(frozen=True)
class Panels:
    """What happens, each field of shape (step, account).

    `log_ratio`: log of units used over units entitled. `severe`, `minor`: tickets opened.
    `inbound`, `outbound`: messages. `late_days`: how late an invoice issued now will be paid.
    `nps`: score given in a survey this month, -1 without one; `nps_known`: the latest before this
    month. `absent`: no champion at the month's end. `event`: index of `true_process.EVENTS`, -1
    without. `mood`: satisfaction, which colours texts. `quality`: of the relationship, hidden.
    """

    log_ratio: np.ndarray
    severe: np.ndarray
    minor: np.ndarray
    inbound: np.ndarray
    outbound: np.ndarray
    late_days: np.ndarray
    nps: np.ndarray
    nps_known: np.ndarray
    absent: np.ndarray
    event: np.ndarray
    mood: np.ndarray
    quality: np.ndarray


def draw_panels(
    people: Population, process: TrueProcess, span: Span, rng: np.random.Generator
) -> Panels:
    """Draw all panels; nothing but the champion exists before an account's first month.

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
    Panels
        Each of shape (step, account).
    """
    shape = (span.steps, people.size)
    before = np.arange(span.steps)[:, None] <= people.start[None, :]
    quality = _persistent(shape, process.rho, rng)

    def state() -> np.ndarray:
        own = _persistent(shape, process.rho, rng)
        own *= np.float32(np.sqrt(1 - process.loading**2))
        own += np.float32(process.loading) * quality
        return own

    adoption = state()
    log_ratio = 0.35 * adoption + 0.08 * rng.standard_normal(shape, dtype="float32") - 0.1
    mood = state()
    severe = _counts(0.12 * np.exp(-0.5 * mood), before, rng)
    minor = _counts(0.3 * np.exp(-0.2 * mood), before, rng)
    nps = _scores(mood, before, rng)
    payment = state()
    late = 5 - 12 * payment + 4 * rng.standard_normal(shape, dtype="float32")
    contact = state()
    inbound = _counts(0.5 * np.exp(0.6 * contact), before, rng)
    outbound = _counts(0.5 * np.exp(0.3 * contact), before, rng)
    return Panels(
        log_ratio=log_ratio,
        severe=severe,
        minor=minor,
        inbound=inbound,
        outbound=outbound,
        late_days=np.clip(late, 0, 30).astype("uint8"),
        nps=nps,
        nps_known=_latest(nps),
        absent=_champion_absent(shape, rng),
        event=_events(people, before, rng),
        mood=mood,
        quality=quality,
    )


def read(panels: Panels, start: np.ndarray, step: int) -> dict[str, np.ndarray]:
    """Return each signal as it stands on the first day of a step's month, one value per account.

    Parameters
    ----------
    panels : Panels
        Signals by month and account.
    start : ndarray of int, shape (account,)
        Step of each account's first month.
    step : int
        Position of the month, from 0.

    Returns
    -------
    dict
        `consumption`: mean of log(units / entitled units) over the last three months.
        `late_payment`: days late / 30 of the latest invoice issued three months ago or earlier.
        `severe_tickets`: tickets of severity high or critical opened in the last three months, at
        most 5. `detractor`: (7 - latest NPS of the last 12 months) / 3, 0 without one.
        `champion_absent`: 1 when no champion is among the contacts. `engagement`: log(1 + inbound
        messages of the last three months). `bad_news`: 1 after a bad event in the last 6 months.
    """
    since = step - start
    accounts = np.arange(len(start))
    known = np.maximum(since, 1)
    recent = np.minimum(known, 3).astype("float32")
    ratio = sum(panels.log_ratio[step - lag] * (since >= lag) for lag in (1, 2, 3))
    issued = start + INVOICE_MONTHS * ((since - 3) // INVOICE_MONTHS)
    late = panels.late_days[np.clip(issued, 0, step), accounts] / np.float32(30)
    nps = panels.nps_known[step]
    window = slice(step - 3, step)
    news = panels.event[step - _NEWS_MONTHS : step]
    return {
        "consumption": ratio / recent,
        "late_payment": np.where(since >= 3, late, np.float32(0)),
        "severe_tickets": np.minimum(panels.severe[window].sum(axis=0, dtype="float32"), 5),
        "detractor": np.where(nps >= 0, (7 - nps.astype("float32")) / 3, np.float32(0)),
        "champion_absent": panels.absent[step - 1].astype("float32"),
        "engagement": np.log1p(panels.inbound[window].sum(axis=0, dtype="float32")),
        "bad_news": ((news >= 0) & (news < len(BAD_NEWS))).any(axis=0).astype("float32"),
    }


def _persistent(shape: tuple[int, int], rho: float, rng: np.random.Generator) -> np.ndarray:
    """Draw standard normal states that revert to zero: x[t] = rho x[t-1] + noise."""
    states = rng.standard_normal(shape, dtype="float32")
    noise = np.float32(np.sqrt(1 - rho**2))
    for step in range(1, shape[0]):
        states[step] = np.float32(rho) * states[step - 1] + noise * states[step]
    return states


def _counts(rate: np.ndarray, before: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    counts = np.minimum(rng.poisson(rate), 255).astype("uint8")
    counts[before] = 0
    return counts


def _scores(mood: np.ndarray, before: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    steps, accounts = mood.shape
    turn = (np.arange(steps)[:, None] + rng.integers(0, SURVEY_MONTHS, accounts)) % SURVEY_MONTHS
    answered = (turn == 0) & (rng.random(mood.shape, dtype="float32") < 0.6) & ~before
    noise = rng.standard_normal(mood.shape, dtype="float32")
    scores = np.clip(np.round(7.2 + 1.9 * mood + 0.8 * noise), 0, 10).astype("int8")
    return np.where(answered, scores, np.int8(-1))


def _latest(nps: np.ndarray) -> np.ndarray:
    known = np.full_like(nps, -1)
    age = np.zeros(nps.shape[1], dtype="int16")
    for step in range(1, nps.shape[0]):
        new = nps[step - 1] >= 0
        age = np.where(new, 1, age + 1)
        kept = np.where(age <= _NPS_VALID_MONTHS, known[step - 1], np.int8(-1))
        known[step] = np.where(new, nps[step - 1], kept)
    return known


def _champion_absent(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    leaves, returns = 0.015, 0.12
    chance = rng.random(shape, dtype="float32")
    absent = np.empty(shape, dtype=bool)
    absent[0] = chance[0] < leaves / (leaves + returns)
    for step in range(1, shape[0]):
        threshold = np.where(absent[step - 1], np.float32(1 - returns), np.float32(leaves))
        absent[step] = chance[step] < threshold
    return absent


def _events(people: Population, before: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw news; each industry has one hard half-year of budget cuts and layoffs."""
    steps = len(before)
    hard_start = rng.integers(0, steps - 6, len(INDUSTRIES))[people.industry]
    since = np.arange(steps)[:, None] - hard_start[None, :]
    hard = (since >= 0) & (since < 6)
    chance = rng.random(before.shape, dtype="float32")
    kind = rng.integers(0, len(EVENTS), before.shape, dtype="int8")
    cuts = np.array([EVENTS.index("layoffs"), EVENTS.index("budget_cut")], dtype="int8")
    rate = np.where(hard, np.float32(0.1), np.float32(0.014 + 0.008 * len(GOOD_NEWS)))
    hard_kind = cuts[kind % 2]
    event = np.where(hard, hard_kind, kind)
    return np.where((chance < rate) & ~before, event, np.int8(-1))
