"""Columns of accounts that tell the outcome: set when a customer left, or made from it.

`accounts` has no history: every value is the one of today, also for who left years ago. A column
that was filled, or changed, because a customer left (a reason, an owner named "House account", a
score of churn) separates the past perfectly and says nothing of the future; with it in a model,
those who stayed look as if nobody like them ever left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom, norm, rankdata

from workbench.core.calendar import month_number
from workbench.core.names import MISSING
from workbench.data.schema import ATTRIBUTE_PREFIX

EMPLOYEES = "employees (log)"

_GROUPS = ("industry", "segment", "region", "owner")
# Accounts change hands, and who had them when they left is not on record. Here a level of leavers
# alone is believed to be honest only where it is likely: its own survival would have kept nobody.
_CHANGES_HANDS = ("owner",)
_DOUBTFUL = 0.25
_FALSE_ALARMS = 0.01  # of a book, over all levels of all columns
_FEWEST_ACCOUNTS = 5
_ALMOST_NO_STAYERS = 0.1  # of those who would be expected to stay
_FEW_OTHERS = 0.4  # of those outside who would be expected to leave
_ALMOST_NO_LEAVERS = 0.05  # of those who would be expected to leave
_STRATUM_ACCOUNTS, _MOST_STRATA = 20, 25
_MOST_LEVELS = 200
_MATERIAL = 0.05  # of all leavers, or customers: fewer cannot move a forecast much
_FEWEST_EACH = 8
# One standard deviation would have to multiply the chance of leaving by seven.
_PERFECT = 0.92


@dataclass(frozen=True)
class Leak:
    """A column that tells the outcome.

    Parameters
    ----------
    column : str
        Of `accounts`.
    name : str
        As `covariates` or `groups` would name it.
    evidence : str
        What was found, in numbers.
    """

    column: str
    name: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.name} tells who left, so it is left out of the models: {self.evidence}"


@dataclass(frozen=True)
class _Outcomes:
    """What became of accounts, and what was to be expected of their like.

    ``stays`` is the share of those who began at about the same time that are customers still:
    newcomers are compared with newcomers.
    """

    left: np.ndarray
    stays: np.ndarray
    stratum: np.ndarray
    months: np.ndarray
    follow_up: np.ndarray


def find_leaks(
    accounts: pd.DataFrame, spans: pd.DataFrame, as_of: pd.Timestamp
) -> tuple[Leak, ...]:
    """Find the columns of accounts that tell who left.

    Parameters
    ----------
    accounts : DataFrame
        Canonical accounts.
    spans : DataFrame
        Of `data.contracts.subscriptions.Subscriptions`; an account has left when all
        of its own have ended.
    as_of : Timestamp
        Until when endings are on record.

    Returns
    -------
    tuple of Leak
        A text, a flag or a repeated number leaks where a level (missing values are one) is found
        almost only with leavers: at most a tenth of the customers expected of accounts that began
        at about the same time, by a binomial test that errs in one of a hundred books. A level
        can be that bad in truth; so either few others may have left (less than two fifths of
        those expected), or the level's own survival would have kept some until today. It leaks as
        well where a level has at most a twentieth of the leavers expected. Levels that hold less
        than a twentieth of all leavers, or customers, are let be. A number leaks where it puts
        leaver and customer of the same time in one order in 92 % of pairs.
    """
    chosen = accounts[accounts["account_id"].isin(spans["account_id"])]
    if chosen.empty:
        return ()
    seen = _outcomes(chosen["account_id"], spans, as_of)
    if not 0 < seen.left.sum() < len(seen.left):
        return ()
    columns = [
        name
        for name in chosen
        if name in (*_GROUPS, "employees") or name.startswith(ATTRIBUTE_PREFIX)
    ]
    leaks = []
    for column in columns:
        values = chosen[column]
        if values.nunique() == 0 or (values.nunique() == 1 and values.notna().all()):
            continue
        evidence = next(_evidence(column, values, seen, len(columns)), "")
        if evidence:
            name = EMPLOYEES if column == "employees" else column.removeprefix(ATTRIBUTE_PREFIX)
            leaks.append(Leak(column, name, evidence))
    return tuple(leaks)


def _outcomes(account: pd.Series, spans: pd.DataFrame, as_of: pd.Timestamp) -> _Outcomes:
    by_account = spans.assign(runs=spans["ended_on"].isna()).groupby("account_id")
    start = month_number(by_account["started_on"].min()).reindex(account).to_numpy("int64")
    last = month_number(by_account["ended_on"].max()).reindex(account)
    left = ~by_account["runs"].any().reindex(account).to_numpy(bool)
    follow_up = np.maximum(month_number(as_of) - 1 - start, 1)
    stop = last.fillna(month_number(as_of) - 1).to_numpy("int64")
    strata = int(np.clip(len(start) // _STRATUM_ACCOUNTS, 1, _MOST_STRATA))
    stratum = pd.qcut(start, strata, labels=False, duplicates="drop")
    stratum = np.nan_to_num(stratum).astype("int64")
    stays = 1 - np.bincount(stratum, weights=left) / np.maximum(np.bincount(stratum), 1)
    months = np.where(left, np.maximum(stop - start, 1), follow_up)
    return _Outcomes(left, stays[stratum], stratum, months, follow_up)


def _evidence(column: str, values: pd.Series, seen: _Outcomes, columns: int) -> Iterator[str]:
    level, names = _levels(values)
    yield from _of_levels(column, level, names, seen, columns)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        yield from _of_order(values, seen, columns)


def _levels(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return each account's level, -1 for those too rare to judge, and the levels' names."""
    codes, levels = pd.factorize(values)
    names = [f"{level:g}" if isinstance(level, float) else str(level) for level in levels]
    gap = codes < 0
    if gap.any():
        codes, names = np.where(gap, len(names), codes), [*names, MISSING]
    count = np.bincount(codes, minlength=len(names))
    if gap.any() and count[:-1].max() < _FEWEST_ACCOUNTS:
        # Texts that are all different, but only some accounts have one.
        codes, names = gap.astype("int64"), [FILLED, MISSING]
        count = np.bincount(codes, minlength=2)
    kept = np.argsort(-count, kind="stable")[:_MOST_LEVELS]
    kept = kept[count[kept] >= _FEWEST_ACCOUNTS]
    position = np.full(len(names), -1)
    position[kept] = np.arange(len(kept))
    return position[codes], [names[k] for k in kept]


FILLED = "(filled)"


def _of_levels(
    column: str, level: np.ndarray, names: list[str], seen: _Outcomes, columns: int
) -> Iterator[str]:
    known = level >= 0
    if not names:
        return
    count, left, stays = (
        np.bincount(level[known], weights=weights[known], minlength=len(names))
        for weights in (np.ones(len(level)), seen.left.astype(float), seen.stays)
    )
    here, leaves = count - left, count - stays
    limit = _FALSE_ALARMS / (len(names) * columns)
    no_stayers = (here <= _ALMOST_NO_STAYERS * stays) & (_chance(here, count, stays) < limit)
    no_leavers = (left <= _ALMOST_NO_LEAVERS * leaves) & (_chance(left, count, leaves) < limit)
    no_stayers &= (left * no_stayers).sum() >= _MATERIAL * seen.left.sum()
    no_leavers &= (here * no_leavers).sum() >= _MATERIAL * (~seen.left).sum()
    suspect = np.isin(level, np.flatnonzero(no_stayers))
    if suspect.any() and _set_by_leaving(column, suspect, seen):
        worst = int(np.argmax(np.where(no_stayers, count, 0)))
        yield (
            f"of {count[worst]:,.0f} accounts where it is {_quoted(names[worst])}, "
            f"{left[worst]:,.0f} have left, though {stays[worst]:,.0f} of accounts that began when "
            "they did would still be customers"
        )
    if no_leavers.any():
        best = int(np.argmax(np.where(no_leavers, count, 0)))
        yield (
            f"of {count[best]:,.0f} accounts where it is {_quoted(names[best])}, "
            f"{left[best]:,.0f} have left, though {leaves[best]:,.0f} of accounts that began when "
            "they did would have"
        )


def _quoted(level: str) -> str:
    return {MISSING: "missing", FILLED: "filled"}.get(level, f'"{level}"')


def _chance(found: np.ndarray, count: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the probability of so few; binomial, which is wider than the sum it stands for."""
    return binom.cdf(found, count, expected / np.maximum(count, 1))


def _set_by_leaving(column: str, of_level: np.ndarray, seen: _Outcomes) -> bool:
    """Tell levels that leaving brought about from levels that are left fast."""
    other = ~of_level
    leaves = (1 - seen.stays[other]).sum()
    left = seen.left[other].sum()
    if left <= _FEW_OTHERS * leaves and _chance(left, other.sum(), leaves) < _FALSE_ALARMS:
        return True
    kept = _survival(seen, of_level).sum()
    here = (~seen.left[of_level]).sum()
    limit = _DOUBTFUL if column in _CHANGES_HANDS else _FALSE_ALARMS
    return bool(_chance(here, of_level.sum(), kept) < limit)


def _survival(seen: _Outcomes, of_level: np.ndarray) -> np.ndarray:
    """Return a level's own Kaplan-Meier survival, read where each account's follow-up ends.

    Of a level that customers have from the start, as many are left as its own survival says.
    Where all were put into it when they left, its survival is that of leavers, who left early or
    late, and says that some of those who left early would be there.
    """
    months, left = seen.months[of_level], seen.left[of_level]
    times, position = np.unique(months, return_inverse=True)
    ended = np.bincount(position, weights=left)
    at_risk = np.cumsum(np.bincount(position)[::-1])[::-1]
    survival = np.concatenate([[1.0], np.cumprod(1 - ended / at_risk)])
    return survival[np.searchsorted(times, seen.follow_up[of_level], side="right")]


def _of_order(values: pd.Series, seen: _Outcomes, columns: int) -> Iterator[str]:
    number = values.astype("Float64").to_numpy(float, na_value=np.nan)
    known = ~np.isnan(number)
    right, pairs = 0.0, 0.0
    for stratum in np.unique(seen.stratum):
        here = known & (seen.stratum == stratum)
        left = seen.left[here]
        n_left, n_here = int(left.sum()), int((~left).sum())
        if n_left and n_here:
            ranks = rankdata(number[here])[left].sum()
            right += ranks - n_left * (n_left + 1) / 2
            pairs += n_left * n_here
    leavers, stayers = (int((known & which).sum()) for which in (seen.left, ~seen.left))
    if min(leavers, stayers) < _FEWEST_EACH or pairs < _FEWEST_EACH**2:
        return
    share = max(right, pairs - right) / pairs
    spread = np.sqrt((leavers + stayers + 1) / (12 * leavers * stayers))
    if share >= _PERFECT and norm.sf((share - 0.5) / spread) < _FALSE_ALARMS / columns:
        side = "higher" if right > pairs / 2 else "lower"
        yield (
            f"of leaver and customer who began at the same time the leaver's is {side} in "
            f"{share:.0%} of pairs ({leavers:,} leavers, {stayers:,} customers)"
        )
