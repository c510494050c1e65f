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
        Opportunities that began before the window's end, of kept accounts.
    sub_account : array of int, shape (subscription,)
        Index into `keep`.
    """

    span: Span
    people: Population
    offered: CandidateSubscriptions
    panels: Panels
    history: SimulatedHistory
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
        """Return the panel's value at every (month, account) of the window.

        Parameters
        ----------
        panel : ndarray, shape (step, candidate)
            One of the panels.
        """
        return panel[self.span.window + self.month, self.keep[self.account]]

    def days(self, rng: np.random.Generator, month: np.ndarray) -> np.ndarray:
        """Draw a day in each month of the window, in days since 1970-01-01.

        Parameters
        ----------
        rng : Generator
            Drawn from in a fixed order, so that one seed gives one company.
        month : ndarray of int
            From 0 at the window's first month.

        Returns
        -------
        ndarray of int
            From the 1st to the 28th of the month.
        """
        return self.span.day(self.span.window + month, rng.integers(1, 29, len(month)))


def observe_window(
    accounts: int,
    people: Population,
    offered: CandidateSubscriptions,
    panels: Panels,
    history: SimulatedHistory,
    span: Span,
) -> ObservedWindow:
    """Keep the first `accounts` candidates that were customers in the window.

    Parameters
    ----------
    accounts : int
        How many to show at most.
    people : Population
        Everyone who may become a customer.
    offered : CandidateSubscriptions
        Subscriptions that begin unless their account has left.
    panels : Panels
        Signals by month and account.
    history : SimulatedHistory
        What became of them.
    span : Span
        Months to simulate, those before the window included.

    Returns
    -------
    ObservedWindow
        Accounts in the order of their start.
    """
    shown = history.on[span.window - 1 : span.end]
    # Candidates come in random order, so that the first ones are a fair sample.
    keep = np.flatnonzero(shown.any(axis=0))[:accounts]
    keep = keep[np.argsort(people.start[keep], kind="stable")]
    position = np.full(people.size, -1)
    position[keep] = np.arange(len(keep))
    month, account = np.nonzero(history.on[span.window : span.end, keep])
    in_time = history.begun & (offered.start < span.end)
    subs = np.flatnonzero(in_time & (position[offered.account] >= 0))
    return ObservedWindow(
        span=span,
        people=people,
        offered=offered,
        panels=panels,
        history=history,
        keep=keep,
        account_key=keys("A", len(keep), 6),
        month=month,
        account=account,
        subs=subs,
        sub_account=position[offered.account[subs]],
    )
