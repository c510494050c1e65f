"""What the window shows: the accounts that are kept, their keys, and when they were customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import keys
from workbench.data.simulator.history import SimulatedHistory
from workbench.data.simulator.population import CandidateSubscriptions, Population
from workbench.data.simulator.signals import Panels
from workbench.data.simulator.span import Span


@dataclass(frozen=True)
class ObservedWindow:
    """Everything that the writers of tables need.

    Parameters
    ----------
    keep : array of int, shape (account,)
        Candidates that are kept, in the order of their keys.
    account_key : Series of str, shape (account,)
    month, account : arrays of int, shape (cell,)
        Month of the window and account of every month at whose end the account was a customer.
    subs : array of int, shape (subscription,)
        Offers that began before the window's end, of kept accounts.
    sub_account : array of int, shape (subscription,)
        Index into `keep`.
    """

    span: Span
    people: Population
    offered: CandidateSubscriptions
    panels: Panels
    course: SimulatedHistory
    keep: np.ndarray
    account_key: pd.Series
    month: np.ndarray
    account: np.ndarray
    subs: np.ndarray
    sub_account: np.ndarray

    @property
    def end_day(self) -> int:
        """First day that the window does not show, in days since 1970-01-01."""
        return int(self.span.day(self.span.end))

    @property
    def start(self) -> np.ndarray:
        """Step of each kept account's first month."""
        return self.people.start[self.keep]

    def at(self, panel: np.ndarray) -> np.ndarray:
        """Return the panel's value at every (month, account) of the scene."""
        return panel[self.span.window + self.month, self.keep[self.account]]

    def days(self, rng: np.random.Generator, month: np.ndarray) -> np.ndarray:
        """Draw a day in each month of the window, in days since 1970-01-01."""
        return self.span.day(self.span.window + month, rng.integers(1, 29, len(month)))


def set_scene(
    accounts: int,
    people: Population,
    offered: CandidateSubscriptions,
    panels: Panels,
    course: SimulatedHistory,
    span: Span,
) -> ObservedWindow:
    """Keep the first `accounts` candidates that were customers in the window."""
    shown = course.on[span.window - 1 : span.end]
    # Candidates come in random order, so that the first ones are a fair sample.
    keep = np.flatnonzero(shown.any(axis=0))[:accounts]
    keep = keep[np.argsort(people.start[keep], kind="stable")]
    place = np.full(people.size, -1)
    place[keep] = np.arange(len(keep))
    month, account = np.nonzero(course.on[span.window : span.end, keep])
    in_time = course.begun & (offered.start < span.end)
    subs = np.flatnonzero(in_time & (place[offered.account] >= 0))
    return ObservedWindow(
        span=span,
        people=people,
        offered=offered,
        panels=panels,
        course=course,
        keep=keep,
        account_key=keys("A", len(keep), 6),
        month=month,
        account=account,
        subs=subs,
        sub_account=place[offered.account[subs]],
    )
