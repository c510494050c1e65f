"""Months of the past, each scored with what was known on its first day.

The fit is that of the first of them, so it has seen none of the endings that it is held against; it
is used again in the months after, which can only make the score look worse than it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.calendar import month_start
from workbench.data.book import Book
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.forecast.backtest.rolling import coded_as
from workbench.forecast.posterior.survival import Draws
from workbench.health.scores import STAYS_MONTHS
from workbench.health.setup import scored_of

DRAWS = 200  # of means few are needed


@dataclass(frozen=True)
class Origins:
    """Scores of past months.

    Parameters
    ----------
    accounts : DataFrame
        month (month number), account_id, strength, stays: one row per customer and month.
    renewals : DataFrame
        month, account_id, subscription_id, strength (of the line) and renewed (runs on after that
        month; missing while it is not settled): one row per renewal that fell due in the month.
    final_month : int
        Number of the last month of which it is settled who left.
    """

    accounts: pd.DataFrame
    renewals: pd.DataFrame
    final_month: int

    @property
    def months(self) -> np.ndarray:
        """The months, in order."""
        return np.unique(self.accounts["month"])


@dataclass(frozen=True)
class Learnt:
    """What the model was fitted to on the first day, and what came of it.

    Parameters
    ----------
    data : HazardData
    draws : Draws
    asked : DataSpecification
        Of that day.
    """

    data: HazardData
    draws: Draws
    asked: DataSpecification


def score_origins(
    book: Book, learnt: Learnt, months: Sequence[int], read: pd.DataFrame, known: KnownContracts
) -> Origins:
    """Score past months.

    Parameters
    ----------
    book : Book
    learnt : Learnt
        Of the first month.
    months : sequence of int
        Month numbers, from that of `learnt` on.
    read : DataFrame
        The model's signals for every month of the window until the last of these.
    known : KnownContracts
        What happened.

    Returns
    -------
    Origins
        Nothing known on the first day of a month or later is in its scores.
    """
    few = learnt.draws.take(slice(None, None, max(len(learnt.draws) // DRAWS, 1)))
    accounts, renewals = [], []
    for month in months:
        data = _known_in(book, learnt, month, read)
        scored = scored_of(few, data, learnt.asked.seed)
        lines = scored.lines
        numbers = {"strength": scored.strength(), "stays": scored.stays()}
        means = {name: values.mean(axis=0) for name, values in numbers.items()}
        accounts.append(pd.DataFrame({"month": month, "account_id": lines.accounts, **means}))
        due = (lines.months_to_end == 0) & (lines.term_group > 0) & (lines.sure_until < 0)
        keys = {name: getattr(lines, name)[due] for name in ("account_id", "subscription_id")}
        chance = scored.decided.renews().mean(axis=0)[due]
        renewals.append(pd.DataFrame({"month": month, **keys, "strength": chance}))
    fallen_due = pd.concat(renewals, ignore_index=True)
    return Origins(
        pd.concat(accounts, ignore_index=True),
        fallen_due.assign(renewed=_renewed(fallen_due, known)),
        known.final_month,
    )


def _known_in(book: Book, learnt: Learnt, month: int, read: pd.DataFrame) -> HazardData:
    """Return the data of the first day of a month, coded as those of the fit."""
    then = learnt.data
    question = replace(
        learnt.asked,
        as_of=month_start(month).date().isoformat(),
        covariates=(*then.signals, *then.attributes) or learnt.asked.covariates,
        groups=then.groups,
        horizon_months=STAYS_MONTHS,
    )
    return coded_as(hazard_data(book, question, then.leaks, read), then)


def _renewed(due: pd.DataFrame, known: KnownContracts) -> pd.Series:
    then = known.left(due["subscription_id"])
    stays = ~(then["left"] <= due["month"]).fillna(False).astype(bool)
    is_final = then["found"] & (due["month"] <= known.final_month)
    return stays.astype("boolean").where(is_final.astype(bool))
