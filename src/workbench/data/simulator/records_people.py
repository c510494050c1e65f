"""The tables `contacts`, `surveys`, `account_events` and `actions`: people and what they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import NO_DAY, dates, keys, labels
from workbench.data.simulator.names import person_names
from workbench.data.simulator.observed_window import ObservedWindow
from workbench.data.simulator.true_process import ACTIONS, EVENTS

ROLES = ("champion", "sponsor", "decision_maker", "user")
SURVEYS = ("nps", "csat", "tech")
_HOURS = (6.0, 2.0, 12.0, 8.0, 0.5)
_COST = (300.0, 150.0, 900.0, 400.0, 10.0)
# Spells are found by one number per account and month.
_MONTHS = 4096


@dataclass(frozen=True)
class Contacts:
    """The table, and how to find whom to talk to.

    `spell_key` (sorted) is account * 4096 + month of the window in which a champion joins,
    `spell_row` the champion's row; `present` is (month of the window, account): a champion at the
    month's begin and end; `standing_row` the row of the contact of each account who always stays.
    """

    table: pd.DataFrame
    spell_key: np.ndarray
    spell_row: np.ndarray
    present: np.ndarray
    standing_row: np.ndarray

    def whom(self, account: np.ndarray, month: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw the row of a contact who is there through the month.

        Parameters
        ----------
        account : ndarray of int
            Position among the accounts shown.
        month : ndarray of int
            From 0 at the window's first month.
        rng : Generator
            Drawn from in a fixed order, so that one seed gives one company.

        Returns
        -------
        ndarray of int
            Positions in the table of contacts.
        """
        found = np.searchsorted(self.spell_key, account * _MONTHS + month, side="right") - 1
        champion = self.present[month, account] & (rng.random(len(account)) < 0.5)
        return np.where(champion, self.spell_row[found], self.standing_row[account])


@dataclass(frozen=True)
class _Spells:
    """Champions' spells, one entry each; `row` counts months from the one before the window."""

    account: np.ndarray
    row: np.ndarray
    joined: np.ndarray
    left: np.ndarray
    there: np.ndarray


def contacts(observed: ObservedWindow, rng: np.random.Generator) -> Contacts:
    """Return champions who come and go, and others, of whom one per account always stays.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    size = len(observed.keep)
    spells = _champions(observed, rng)
    count = len(spells.account)
    others = np.repeat(np.arange(size), rng.integers(0, 4, size))
    account = np.concatenate([spells.account, np.arange(size), others])
    role = np.zeros(len(account), dtype="int64")
    role[count:] = rng.choice([1, 2, 3], size + len(others), p=[0.3, 0.2, 0.5])
    unknown = np.full(size, NO_DAY)
    joined = np.concatenate([spells.joined, unknown, np.full(len(others), NO_DAY)])
    gone = np.concatenate([spells.left, unknown, _others_leave(observed, others, rng)])
    table = pd.DataFrame(
        {
            "contact_id": keys("K", len(account), 8),
            "account_id": labels(observed.account_key, account),
            "name": _people(len(account), rng),
            "role": labels(ROLES, role),
            "joined_on": dates(joined),
            "left_on": dates(gone),
        }
    )
    return Contacts(
        table=table,
        spell_key=spells.account * _MONTHS + spells.row - 1,
        spell_row=np.arange(count),
        present=spells.there[1:] & spells.there[:-1],
        standing_row=count + np.arange(size),
    )


def _champions(observed: ObservedWindow, rng: np.random.Generator) -> _Spells:
    span = observed.span
    shown = slice(span.window - 1, span.end)
    customer = observed.history.on[shown, observed.keep]
    there = ~observed.panels.absent[shown, observed.keep] & customer
    was = np.vstack([np.zeros_like(there[:1]), there[:-1]])
    account, row = np.nonzero((there & ~was).T)
    leaver, leaves = np.nonzero((was & ~there & customer).T)
    following = np.searchsorted(leaver * _MONTHS + leaves, account * _MONTHS + row)
    # The next leave may be another account's, or there is none: then the champion stays.
    ends = np.append(leaver, -1)[following] == account
    # Who was there when the account came, or before the window, has no known first day.
    early = (span.window - 1 + row <= observed.start[account]) | (row == 0)
    joined = np.where(early, NO_DAY, _day_of(observed, row, rng))
    left = np.where(ends, _day_of(observed, np.append(leaves, 0)[following], rng), NO_DAY)
    return _Spells(account, row, joined, left, there)


def _day_of(observed: ObservedWindow, row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return observed.span.day(observed.span.window - 1 + row, rng.integers(1, 29, len(row)))


def _people(count: int, rng: np.random.Generator) -> pd.Series:
    names = person_names(1000, rng)
    return labels(names, rng.integers(0, len(names), count))


def _others_leave(
    observed: ObservedWindow, account: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw a last day for a quarter of them, while their account is a customer."""
    month = rng.integers(0, observed.span.end - observed.span.window, len(account))
    customer = observed.history.on[observed.span.window + month, observed.keep[account]]
    leaves = customer & (rng.random(len(account)) < 0.4)
    return np.where(leaves, observed.days(rng, month), NO_DAY)


def surveys_table(
    observed: ObservedWindow, people: Contacts, rng: np.random.Generator
) -> pd.DataFrame:
    """Return answers; who did not answer has no row.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    people : Contacts
        Who may be asked.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    nps = observed.at(observed.panels.nps)
    mood = observed.at(observed.panels.mood)
    parts = []
    for kind, share, slope in ((1, 0.04, 12.0), (2, 0.03, 6.0)):
        asked = np.flatnonzero(rng.random(len(nps)) < share)
        score = 74 + slope * mood[asked] + rng.normal(0, 8, len(asked))
        parts.append((np.full(len(asked), kind), asked, np.clip(np.round(score), 0, 100)))
    answered = np.flatnonzero(nps >= 0)
    parts.append((np.zeros(len(answered), dtype="int64"), answered, nps[answered]))
    kind, cell, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    account, month = observed.account[cell], observed.month[cell]
    who = np.where(rng.random(len(cell)) < 0.1, -1, people.whom(account, month, rng))
    table = pd.DataFrame(
        {
            "account_id": labels(observed.account_key, account),
            "contact_id": labels(people.table["contact_id"], who),
            "taken_on": dates(observed.days(rng, month)),
            "kind": labels(SURVEYS, kind),
            "score": score.astype("float64"),
        }
    )
    return table.sort_values(["taken_on", "account_id", "kind"], ignore_index=True)


def events_table(observed: ObservedWindow, rng: np.random.Generator) -> pd.DataFrame:
    """Return what happened to the accounts' companies.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    kind = observed.at(observed.panels.event)
    cell = np.flatnonzero(kind >= 0)
    return pd.DataFrame(
        {
            "account_id": labels(observed.account_key, observed.account[cell]),
            "on": dates(observed.days(rng, observed.month[cell])),
            "kind": labels(EVENTS, kind[cell]),
        }
    )


def actions_table(observed: ObservedWindow, rng: np.random.Generator) -> pd.DataFrame:
    """Return what account managers did within the window.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    span = observed.span
    position = np.full(observed.people.size, -1)
    position[observed.keep] = np.arange(len(observed.keep))
    shown = [part for part in observed.history.actions if span.window <= part[0] < span.end]
    step = np.concatenate([np.full(len(account), step) for step, account, _ in shown])
    account = position[np.concatenate([part[1] for part in shown])]
    kind = np.concatenate([part[2] for part in shown])
    mine = account >= 0
    step, account, kind = step[mine], account[mine], kind[mine]
    hours = np.take(_HOURS, kind) * np.exp(rng.normal(0, 0.25, len(kind)))
    return pd.DataFrame(
        {
            "action_id": keys("X", len(kind), 8),
            "account_id": labels(observed.account_key, account),
            "kind": labels(ACTIONS, kind),
            "done_on": dates(observed.days(rng, step - span.window)),
            "hours": np.round(np.maximum(hours, 0.25) * 4) / 4,
            "cost": np.take(_COST, kind),
        }
    )
