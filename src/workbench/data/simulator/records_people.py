"""The tables `contacts`, `surveys`, `account_events` and `actions`: people and what they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import NO_DAY, dates, keys, labels
from workbench.data.simulator.law import ACTIONS, EVENTS
from workbench.data.simulator.names import person_names
from workbench.data.simulator.scene import Scene

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
        """Draw the row of a contact who is there through the month."""
        found = np.searchsorted(self.spell_key, account * _MONTHS + month, side="right") - 1
        champion = self.present[month, account] & (rng.random(len(account)) < 0.5)
        return np.where(champion, self.spell_row[found], self.standing_row[account])


def contacts(scene: Scene, rng: np.random.Generator) -> Contacts:
    """Return champions who come and go, and others, of whom one per account always stays."""
    span, size = scene.span, len(scene.keep)
    shown = slice(span.window - 1, span.end)
    customer = scene.course.on[shown, scene.keep]
    there = ~scene.panels.absent[shown, scene.keep] & customer
    was = np.vstack([np.zeros((1, size), dtype=bool), there[:-1]])
    # Row 0 is the month before the window: champions of that time have no known first day.
    joins_at = np.argwhere((there & ~was).T)
    leaves_at = np.argwhere((was & ~there & customer).T)
    join_key = joins_at[:, 0] * _MONTHS + joins_at[:, 1]
    leave_key = leaves_at[:, 0] * _MONTHS + leaves_at[:, 1]
    following = np.searchsorted(leave_key, join_key)
    padded = np.append(leave_key, -1)
    left = padded[following] // _MONTHS == joins_at[:, 0]
    joined = _day_of(scene, joins_at[:, 1], rng)
    begins = span.window - 1 + joins_at[:, 1] <= scene.start[joins_at[:, 0]]
    joined = np.where(begins | (joins_at[:, 1] == 0), NO_DAY, joined)
    left_on = np.where(left, _day_of(scene, padded[following] % _MONTHS, rng), NO_DAY)
    others = rng.integers(0, 4, size)
    account = np.concatenate([joins_at[:, 0], np.arange(size), np.repeat(np.arange(size), others)])
    spells, rest = len(joins_at), int(others.sum())
    role = np.zeros(len(account), dtype="int64")
    role[spells:] = rng.choice([1, 2, 3], size + rest, p=[0.3, 0.2, 0.5])
    gone = np.full(len(account), NO_DAY)
    gone[:spells] = left_on
    gone[spells + size :] = _others_leave(scene, account[spells + size :], rng)
    table = pd.DataFrame(
        {
            "contact_id": keys("K", len(account), 8),
            "account_id": labels(scene.account_key, account),
            "name": _people(len(account), rng),
            "role": labels(ROLES, role),
            "joined_on": dates(np.append(joined, np.full(size + rest, NO_DAY))),
            "left_on": dates(gone),
        }
    )
    return Contacts(
        table=table,
        spell_key=join_key - 1,
        spell_row=np.arange(spells),
        present=there[1:] & there[:-1],
        standing_row=spells + np.arange(size),
    )


def _day_of(scene: Scene, row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return scene.span.day(scene.span.window - 1 + row, rng.integers(1, 29, len(row)))


def _people(count: int, rng: np.random.Generator) -> pd.Series:
    names = person_names(1000, rng)
    return labels(names, rng.integers(0, len(names), count))


def _others_leave(scene: Scene, account: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a last day for a quarter of them, while their account is a customer."""
    month = rng.integers(0, scene.span.end - scene.span.window, len(account))
    customer = scene.course.on[scene.span.window + month, scene.keep[account]]
    leaves = customer & (rng.random(len(account)) < 0.4)
    return np.where(leaves, scene.days(rng, month), NO_DAY)


def surveys_table(scene: Scene, people: Contacts, rng: np.random.Generator) -> pd.DataFrame:
    """Return answers; who did not answer has no row."""
    nps = scene.at(scene.panels.nps)
    mood = scene.at(scene.panels.mood)
    parts = []
    for kind, share, slope in ((1, 0.04, 12.0), (2, 0.03, 6.0)):
        asked = np.flatnonzero(rng.random(len(nps)) < share)
        score = 74 + slope * mood[asked] + rng.normal(0, 8, len(asked))
        parts.append((np.full(len(asked), kind), asked, np.clip(np.round(score), 0, 100)))
    answered = np.flatnonzero(nps >= 0)
    parts.append((np.zeros(len(answered), dtype="int64"), answered, nps[answered]))
    kind, cell, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    account, month = scene.account[cell], scene.month[cell]
    who = np.where(rng.random(len(cell)) < 0.1, -1, people.whom(account, month, rng))
    table = pd.DataFrame(
        {
            "account_id": labels(scene.account_key, account),
            "contact_id": labels(people.table["contact_id"], who),
            "taken_on": dates(scene.days(rng, month)),
            "kind": labels(SURVEYS, kind),
            "score": score.astype("float64"),
        }
    )
    return table.sort_values(["taken_on", "account_id", "kind"], ignore_index=True)


def events_table(scene: Scene, rng: np.random.Generator) -> pd.DataFrame:
    """Return what happened to the accounts' companies."""
    kind = scene.at(scene.panels.event)
    cell = np.flatnonzero(kind >= 0)
    return pd.DataFrame(
        {
            "account_id": labels(scene.account_key, scene.account[cell]),
            "on": dates(scene.days(rng, scene.month[cell])),
            "kind": labels(EVENTS, kind[cell]),
        }
    )


def actions_table(scene: Scene, rng: np.random.Generator) -> pd.DataFrame:
    """Return what account managers did within the window."""
    span = scene.span
    place = np.full(scene.people.size, -1)
    place[scene.keep] = np.arange(len(scene.keep))
    shown = [part for part in scene.course.actions if span.window <= part[0] < span.end]
    step = np.concatenate([np.full(len(account), step) for step, account, _ in shown])
    account = place[np.concatenate([part[1] for part in shown])]
    kind = np.concatenate([part[2] for part in shown])
    mine = account >= 0
    step, account, kind = step[mine], account[mine], kind[mine]
    hours = np.take(_HOURS, kind) * np.exp(rng.normal(0, 0.25, len(kind)))
    return pd.DataFrame(
        {
            "action_id": keys("X", len(kind), 8),
            "account_id": labels(scene.account_key, account),
            "kind": labels(ACTIONS, kind),
            "done_on": dates(scene.days(rng, step - span.window)),
            "hours": np.round(np.maximum(hours, 0.25) * 4) / 4,
            "cost": np.take(_COST, kind),
        }
    )
