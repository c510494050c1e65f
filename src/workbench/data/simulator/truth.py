"""The truth beside the tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import dates, labels
from workbench.data.simulator.history import NEVER
from workbench.data.simulator.observed_window import ObservedWindow
from workbench.data.simulator.stories import tell_stories
from workbench.data.simulator.true_process import (
    ACTIONS,
    INDUSTRIES,
    REGIONS,
    SEGMENTS,
    TrueProcess,
)


@dataclass(frozen=True)
class Truth:
    """What a model of the simulated book should find, and what a forecast should foresee.

    Parameters
    ----------
    process : TrueProcess
        Coefficients, action effects, boundary effects, baseline, theta and rho.
    group_effects : dict of Series
        Effect on eta by grouping (segment, industry, region, owner, parent) and level.
    quarter_shocks : Series
        Effect on eta by month number, the same for the months of a quarter; future ones included.
    observed_from, end : int
        Month numbers: the window's first month, and the first after it.
    accounts : DataFrame, one row per account
        account_id; account_effect; running (a customer when the window ends); leave_month (month
        number of the event, within 36 months after the end; missing when it stays or had left).
    subscriptions : DataFrame, one row per subscription
        subscription_id (its first contract), account_id, start_month, leave_month (as far as the
        simulation goes, past or future; missing when it outlasts it), frailty.
    future_arr : array of float, shape (month, account)
        Yearly revenue at the end of each of the 36 months after the window, were nothing changed.
    signals : dict of arrays of float32, shape (month, account)
        Signals as they stood on the first day of each month of the window: what eta was made of.
    hazard : array of float32, shape (month, subscription)
        Probability of leaving in each month of the window and of the future; NaN when not at risk.
    tosses : DataFrame
        One row per account and month of the window in which a coin decided: account_id, tossed_on
        (first day of the month), action (its kind; empty where none was to be done), probability
        (that something was to be done), taken (something was). Empty where no coin decides.
    stories : DataFrame
        Customers of the last day to look at first, as `stories.tell_stories`.
    """

    process: TrueProcess
    group_effects: dict[str, pd.Series]
    quarter_shocks: pd.Series
    observed_from: int
    end: int
    accounts: pd.DataFrame
    subscriptions: pd.DataFrame
    future_arr: np.ndarray
    signals: dict[str, np.ndarray]
    hazard: np.ndarray
    tosses: pd.DataFrame
    stories: pd.DataFrame


def gather_truth(
    observed: ObservedWindow,
    process: TrueProcess,
    tables: dict[str, pd.DataFrame],
    first: np.ndarray,
) -> Truth:
    """Gather the truth of the kept accounts.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    process : TrueProcess
        Numbers of the true process.
    tables : dict of str to DataFrame
        Canonical tables as they are shown.
    first : ndarray of str
        Key of each candidate's first contract, '' without one.

    Returns
    -------
    Truth
        Whatever a model may be held against.
    """
    history, span, keep = observed.history, observed.span, observed.keep
    order = np.argsort(first[observed.subs])
    begun = observed.subs[order]
    leave = history.leave_step[begun]
    gone = leave < NEVER
    subscriptions = pd.DataFrame(
        {
            "subscription_id": labels(tables["contracts"]["contract_id"], first[begun]),
            "account_id": labels(observed.account_key, observed.sub_account[order]),
            "start_month": observed.offered.start[begun] + span.first_month,
            "leave_month": _months(leave + span.first_month, gone),
            "frailty": observed.offered.frailty[begun].astype("float64"),
        }
    )
    months = np.arange(span.steps) + span.first_month
    shown = slice(0, span.end - span.window)
    return Truth(
        process=process,
        group_effects=_group_effects(observed, tables["accounts"]),
        quarter_shocks=pd.Series(history.shocks.astype("float64"), index=months),
        observed_from=span.first_month + span.window,
        end=span.first_month + span.end,
        accounts=_accounts(observed),
        subscriptions=subscriptions,
        future_arr=history.arr[shown.stop :, keep],
        signals={name: values[shown, keep] for name, values in history.signals.items()},
        hazard=history.hazard[:, begun],
        tosses=_tosses(observed),
        stories=tell_stories(observed),
    )


def _accounts(observed: ObservedWindow) -> pd.DataFrame:
    span, keep = observed.span, observed.keep
    future = observed.history.on[span.end :, keep]
    running = observed.history.on[span.end - 1, keep]
    # Once no subscription runs, none begins: the first month off is the month of the event.
    leaves = running & ~future.all(axis=0)
    month = span.first_month + span.end + (~future).argmax(axis=0)
    return pd.DataFrame(
        {
            "account_id": observed.account_key,
            "account_effect": observed.people.account_effect[keep].astype("float64"),
            "running": running,
            "leave_month": _months(month, leaves),
        }
    )


def _tosses(observed: ObservedWindow) -> pd.DataFrame:
    span = observed.span
    place = np.full(observed.people.size, -1)
    place[observed.keep] = np.arange(len(observed.keep))
    shown = [part for part in observed.history.tosses if span.window <= part[0] < span.end]
    step = np.concatenate([np.full(len(account), step) for step, account, _ in shown])
    account = place[np.concatenate([account for _, account, _ in shown])]
    kind = np.concatenate([kind for _, _, kind in shown])
    step, account, kind = (part[account >= 0] for part in (step, account, kind))
    return pd.DataFrame(
        {
            "account_id": labels(observed.account_key, account),
            "tossed_on": dates(span.day(step)),
            "action": labels(ACTIONS, kind).fillna(""),
            "probability": 0.5,
            "taken": kind >= 0,
        }
    )


def _months(months: np.ndarray, known: np.ndarray) -> pd.Series:
    return pd.Series(months, dtype="Int64").where(pd.Series(known))


def _group_effects(observed: ObservedWindow, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    people, keep = observed.people, observed.keep
    effects = people.effects
    named = {
        "segment": pd.Series(effects["segment"], index=list(SEGMENTS)),
        "industry": pd.Series(effects["industry"], index=list(INDUSTRIES)),
        "region": pd.Series(effects["region"], index=list(REGIONS)),
    }
    for name, column, codes in (
        ("owner", "owner", people.owner[keep]),
        ("parent", "parent_id", people.parent[keep]),
    ):
        pairs = pd.Series(codes, index=accounts[column]).loc[lambda code: code.to_numpy() >= 0]
        pairs = pairs[~pairs.index.duplicated()].sort_index()
        named[name] = pd.Series(effects[name][pairs.to_numpy()], index=pairs.index)
    return named
