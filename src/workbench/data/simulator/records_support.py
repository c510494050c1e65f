"""The tables `tickets` and `messages`: what is said and asked."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pandas as pd

from workbench.data.simulator import phrases
from workbench.data.simulator.columns import flags, keys, labels, seconds, times, until
from workbench.data.simulator.observed_window import ObservedWindow
from workbench.data.simulator.records_people import Contacts

SEVERITIES = ("low", "normal", "high", "critical")
KINDS = ("email", "meeting", "call")
_HOUR, _DAY = 3_600, 86_400


def tickets_table(observed: ObservedWindow, texts: bool, rng: np.random.Generator) -> pd.DataFrame:
    """Return tickets; an unhappy customer is also answered more slowly.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    texts : bool
        Whether messages and tickets carry a text.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    severe, minor = observed.at(observed.panels.severe), observed.at(observed.panels.minor)
    cells = np.arange(len(severe))
    cell = np.concatenate([np.repeat(cells, severe), np.repeat(cells, minor)])
    hard = np.arange(len(cell)) < severe.sum(dtype="int64")
    severity = np.where(hard, 2, 0) + (rng.random(len(cell)) < np.where(hard, 0.3, 0.7))
    opened = _moments(observed, observed.month[cell], rng)
    order = np.lexsort((cell, opened))
    cell, hard, severity, opened = cell[order], hard[order], severity[order], opened[order]
    mood = observed.at(observed.panels.mood)[cell].astype("float64")
    slow = np.exp(-0.25 * mood + rng.normal(0, 0.6, len(cell)))
    answered = opened + (np.where(hard, 3, 10) * slow * _HOUR).astype("int64")
    closed = answered + (np.where(hard, 3.0, 1.5) * slow * _DAY).astype("int64")
    limit = int(seconds(observed.end_day))
    rated = (rng.random(len(cell)) < 0.4) & (closed < limit)
    stars = np.clip(np.round(3.9 + 0.7 * mood + rng.normal(0, 0.7, len(cell))), 1, 5)
    return pd.DataFrame(
        {
            "ticket_id": keys("T", len(cell), 8),
            "account_id": labels(observed.account_key, observed.account[cell]),
            "opened_at": times(opened),
            "first_response_at": times(until(answered, limit)),
            "closed_at": times(until(closed, limit)),
            "severity": labels(SEVERITIES, severity),
            "csat": np.where(rated, stars, np.nan),
            "escalated": flags(hard & (rng.random(len(cell)) < 0.25)),
            "text": _texts(dict(enumerate(phrases.TICKETS)), severity, texts, rng),
        }
    )


def messages_table(
    observed: ObservedWindow, people: Contacts, texts: bool, rng: np.random.Generator
) -> pd.DataFrame:
    """Return messages both ways; most inbound ones answer an outbound one of the month.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    people : Contacts
        Who may write and be written to.
    texts : bool
        Whether messages and tickets carry a text.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    counts = [observed.at(observed.panels.outbound), observed.at(observed.panels.inbound)]
    cells = np.arange(len(counts[0]))
    cell = np.concatenate([np.repeat(cells, count) for count in counts])
    sent_out = int(counts[0].sum(dtype="int64"))
    inbound = np.arange(len(cell)) >= sent_out
    month, account = observed.month[cell], observed.account[cell]
    sent = _moments(observed, month, rng)
    answers = _answers(counts, sent_out, rng)
    delay = (np.exp(rng.normal(np.log(9), 1.0, len(cell))) * _HOUR).astype("int64")
    reply = sent[answers] + delay
    next_month = seconds(observed.span.day(observed.span.window + month + 1))
    answers = np.where((answers >= 0) & (reply < next_month), answers, -1)
    sent = np.where(answers >= 0, reply, sent)
    kind = rng.choice(len(KINDS), len(cell), p=[0.75, 0.1, 0.15])
    kind[answers >= 0] = 0
    kind[answers[answers >= 0]] = 0
    tone = _tone(observed, cell, inbound, rng)
    order = np.lexsort((np.arange(len(cell)), sent))
    rank = np.empty(len(cell), dtype="int64")
    rank[order] = np.arange(len(cell))
    key = keys("M", len(cell), 9)
    who = people.whom(account, month, rng)
    attendees = np.where(kind == 1, rng.integers(2, 8, len(cell)), np.nan)
    replied = answers[order]
    return pd.DataFrame(
        {
            "message_id": key,
            "account_id": labels(observed.account_key, account[order]),
            "contact_id": labels(people.table["contact_id"], who[order]),
            "sent_at": times(sent[order]),
            "kind": labels(KINDS, kind[order]),
            "direction": labels(("outbound", "inbound"), inbound[order].astype("int64")),
            "in_reply_to": labels(key, np.where(replied >= 0, rank[replied], -1)),
            "attendees": attendees[order],
            "text": _texts(phrases.MESSAGES, tone[order], texts, rng),
        }
    )


def _moments(observed: ObservedWindow, month: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a second within working hours of a day in each month."""
    return seconds(observed.days(rng, month)) + rng.integers(7 * _HOUR, 19 * _HOUR, len(month))


def _answers(counts: list[np.ndarray], sent_out: int, rng: np.random.Generator) -> np.ndarray:
    """Return for each message the one it may answer: the month's k-th in answers its k-th out."""
    outbound, inbound = (count.astype("int64") for count in counts)
    first_out = np.cumsum(outbound) - outbound
    cell = np.repeat(np.arange(len(inbound)), inbound)
    turn = np.arange(len(cell)) - np.repeat(np.cumsum(inbound) - inbound, inbound)
    answers = (turn < outbound[cell]) & (rng.random(len(cell)) < 0.7)
    target = np.where(answers, first_out[cell] + turn, -1)
    return np.concatenate([np.full(sent_out, -1), target])


def _tone(
    observed: ObservedWindow, cell: np.ndarray, inbound: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Choose what each message is about: mood, or the renewal when one is near."""
    mood = observed.at(observed.panels.mood)[cell]
    mood = mood + rng.normal(0, 0.5, len(cell))
    tone = np.select([mood < -0.8, mood > 0.8], [phrases.ANGRY, phrases.GLAD], phrases.CALM)
    where = (observed.month[cell], observed.keep[observed.account[cell]])
    near = (observed.history.due[where] <= 3) & (rng.random(len(cell)) < 0.4)
    refuses = rng.random(len(cell)) < 1 / (1 + np.exp(2.5 - 2 * observed.history.risk[where]))
    tone = np.where(near, np.where(refuses, phrases.REFUSED, phrases.STARTED), tone)
    return np.where(inbound, tone, phrases.OUTBOUND)


def _texts(
    book: dict[int, tuple[str, ...]], topic: np.ndarray, texts: bool, rng: np.random.Generator
) -> pd.Series:
    """Return a phrase on each topic; all missing when texts are not wanted."""
    chance = rng.random(len(topic))
    if not texts:
        return labels(("",), np.full(len(topic), -1))
    sizes = [len(book[code]) for code in range(len(book))]
    firsts = np.array([0, *accumulate(sizes)][:-1])
    pick = firsts[topic] + (chance * np.take(sizes, topic)).astype("int64")
    return labels([phrase for code in range(len(book)) for phrase in book[code]], pick)
