"""Prospects who did not sign (yet), and the table `opportunity_stages`: who got how far when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import NO_DAY, dates, flags, keys, labels, until
from workbench.data.simulator.observed_window import ObservedWindow
from workbench.data.simulator.records_sales import STAGES
from workbench.data.simulator.span import Span
from workbench.data.simulator.true_process import PRODUCTS

LOST_PER_WON = 2.5
_WON_DAYS, _LOST_DAYS = (10, 100), (20, 240)  # from opening to closing, uniform; as customers sign
_STAGE_DAYS = 40  # after which other opportunities move on
_ENTERS = (0.0, 0.35, 0.7)  # share of its time after which a first sale enters each stage
_REACHES = (0.45, 0.35, 0.2)  # share of the lost that get to each stage and no further


def prospects_table(
    observed: ObservedWindow, customers: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return first offers to companies that are no customers, in the columns of `opportunities`.

    Of those that are decided within the window all were lost: who signed is a customer. Those still
    open at its end will be won or lost after it.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    customers : DataFrame
        From `workbench.data.simulator.records_sales.opportunities_table`.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    first = customers[customers["kind"] == "new_logo"]
    months = observed.span.end - observed.span.window
    won_rate = max(len(first), 1) / months
    begin, end = int(observed.span.day(observed.span.window)), observed.end_day
    opened, closed, won = [], [], []
    for rate, days, is_won in (
        (won_rate, _WON_DAYS, True),
        (won_rate * LOST_PER_WON, _LOST_DAYS, False),
    ):
        before = days[1] // 28
        count = rng.poisson(rate * (months + before))
        start = rng.integers(begin - 28 * before, end, count)
        opened.append(start)
        closed.append(start + rng.integers(*days, count))
        won.append(np.full(count, is_won))
    start, stop, is_won = (np.concatenate(parts) for parts in (opened, closed, won))
    shown = (stop >= begin) & ~(is_won & (stop < end))
    start, stop, is_won = start[shown], stop[shown], is_won[shown]
    order = np.argsort(start, kind="stable")
    start, stop, is_won = start[order], stop[order], is_won[order]
    is_open = stop >= end
    amounts = first["amount"].to_numpy() if len(first) else np.array([20_000.0])
    table = pd.DataFrame(
        {
            "opportunity_id": keys("N", len(start), 7),
            "account_id": keys("X", len(start), 6),
            "kind": labels(("new_logo",), np.zeros(len(start))),
            "product": labels(PRODUCTS, np.zeros(len(start))),
            "stage": labels(STAGES, np.full(len(start), 4)),
            "amount": np.round(rng.choice(amounts, len(start)) * rng.uniform(0.8, 1.2, len(start))),
            "opened_on": dates(start),
            "closed_on": dates(until(stop, end)),
            "won": flags(np.zeros(len(start)), missing=is_open),
        }
    )
    table.attrs = {"closes": stop, "won": is_won}
    return table


def stages_table(
    customers: pd.DataFrame, prospects: pd.DataFrame, span: Span, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.Series]:
    """Return when each opportunity entered each stage, and the latest stage of each prospect.

    First sales pass through the stages in their own time, and the lost among them stop early; other
    opportunities move on every forty days.

    Parameters
    ----------
    customers : DataFrame
        From `workbench.data.simulator.records_sales.opportunities_table`.
    prospects : DataFrame
        From `prospects_table`.
    span : Span
        Months to simulate, those before the window included.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    end = int(span.day(span.end))
    opened, closed = _days(customers["opened_on"]), _days(customers["closed_on"])
    first = (customers["kind"] == "new_logo").to_numpy()
    takes = np.where(closed == NO_DAY, end, closed) - opened
    days = [np.where(first, takes * share, _STAGE_DAYS * i) for i, share in enumerate(_ENTERS)]
    own = _entered(opened, np.stack(days), closed, np.full(len(customers), 2))
    start, stop, won = _days(prospects["opened_on"]), *prospects.attrs.values()
    reach = np.where(won, 2, rng.choice(3, len(start), p=_REACHES))
    days = np.stack([(stop - start) * share for share in _ENTERS])
    theirs = _entered(start, days, np.where(stop < end, stop, NO_DAY), reach)
    prospects.attrs = {}
    both = []
    for table, (stage, row, day) in ((customers, own), (prospects, theirs)):
        known = day < end
        ids = table["opportunity_id"].to_numpy()[row[known]]
        both.append(
            pd.DataFrame(
                {
                    "opportunity_id": pd.array(ids, dtype="str"),
                    "stage": labels(STAGES, stage[known]),
                    "entered_on": dates(day[known]),
                }
            )
        )
    stage, row, day = theirs
    latest = np.zeros(len(prospects), "int64")
    np.maximum.at(latest, row[day < end], stage[day < end])
    latest = np.where(stop < end, 4, latest)
    history = pd.concat(both, ignore_index=True)
    history = history.sort_values(["opportunity_id", "entered_on", "stage"], ignore_index=True)
    return history, labels(STAGES, latest)


def _entered(
    opened: np.ndarray, days: np.ndarray, closed: np.ndarray, reach: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return stage, row and day of every entry before the opportunity was closed."""
    day = opened + np.rint(days).astype("int64")
    stage = np.arange(len(days))[:, None] + np.zeros(len(opened), "int64")
    open_then = (closed == NO_DAY) | (day < closed) | (stage == 0)
    at = np.nonzero(open_then & (stage <= reach))
    return stage[at], at[1], day[at]


def _days(dates_: pd.Series) -> np.ndarray:
    return dates_.to_numpy().astype("datetime64[D]").astype("int64")
