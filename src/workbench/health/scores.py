"""The two numbers as a table: one row per account, as of one day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.core.intervals import interval
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.leaving.risk import at_risk
from workbench.forecast.simulation.lines import Lines
from workbench.health.breakdown import account_parts
from workbench.health.factors import FACTORS
from workbench.health.strength import Decisions, by_account

STAYS_MONTHS = 12
LOW, MIDDLE, HIGH = "weak", "watch", "sound"
_FACTS = ("name", "parent", "industry", "segment", "region", "owner")


@dataclass(frozen=True)
class Bands:
    """What a renewal strength is called: weak, watch or sound.

    Parameters
    ----------
    low, high : float
        A strength below `low` is weak, one of `high` or more is sound; 0 to 1, in this order.
    """

    low: float = 0.7
    high: float = 0.85

    def of(self, strength: np.ndarray) -> np.ndarray:
        """Return the band of each strength.

        Parameters
        ----------
        strength : ndarray
            Probabilities.

        Examples
        --------
        >>> Bands(0.7, 0.85).of(np.array([0.5, 0.7, 0.9])).tolist()
        ['weak', 'watch', 'sound']
        """
        names = np.array([LOW, MIDDLE, HIGH], dtype=object)
        return names[np.searchsorted([self.low, self.high], strength, side="right")]


@dataclass(frozen=True)
class Scored:
    """Running lines with what the posterior says of them.

    Parameters
    ----------
    outlook : Outlook
        Of at least `STAYS_MONTHS` months.
    lines : Lines
        Those that run, of whole accounts.
    decided : Decisions
        Of these lines.
    """

    outlook: Outlook
    lines: Lines
    decided: Decisions

    def stays(self) -> np.ndarray:
        """Return the probability of being a customer in a year, shape (draw, account)."""
        at = pd.Index(self.outlook.accounts).get_indexer(self.lines.accounts)
        return self.outlook.until(STAYS_MONTHS).account()[:, at, -1]

    def strength(self) -> np.ndarray:
        """Return the probability to renew if terms ended now, shape (draw, account)."""
        return by_account(self.lines, self.decided.renews())

    def at_risk(self) -> np.ndarray:
        """Return the yearly revenue that is expected to be gone in a year, by account.

        Lines are added up: of two products one may be lost and the other kept.

        Returns
        -------
        ndarray, shape (draw, account)
            In the currency's units.
        """
        at = pd.Index(self.outlook.book["subscription_id"]).get_indexer(self.lines.subscription_id)
        stays = self.outlook.until(STAYS_MONTHS).subscription[:, at, -1]
        loss = at_risk(self.lines.cents / 100, stays)
        return np.add.reduceat(loss, self.lines.begin[:-1], axis=1)

    def gone(self, prob: float) -> pd.Series:
        """Tell how much revenue and how many customers are gone in a year.

        Parameters
        ----------
        prob : float
            Probability inside the equal-tailed intervals, which hold chance and shared shocks too.

        Returns
        -------
        Series
            ``arr`` (yearly revenue of today, in the currency's units) and ``accounts``, expected,
            each with its ``_low`` and ``_high``.
        """
        at = pd.Index(self.outlook.book["subscription_id"]).get_indexer(self.lines.subscription_id)
        left = ~self.outlook.until(STAYS_MONTHS).kept[:, at, -1]
        accounts = np.logical_and.reduceat(left, self.lines.begin[:-1], axis=1).sum(axis=1)
        low, high = interval(np.column_stack([left @ (self.lines.cents / 100), accounts]), prob)
        leaves = (1 - self.stays().mean(axis=0)).sum()
        found = {"arr": self.at_risk().mean(axis=0).sum(), "accounts": leaves}
        for at, name in enumerate(list(found)):
            found |= {f"{name}_low": low[at], f"{name}_high": high[at]}
        return pd.Series(found)


def score_table(scored: Scored, accounts: pd.DataFrame, bands: Bands, prob: float) -> pd.DataFrame:
    """Return the scores of a book.

    Parameters
    ----------
    scored : Scored
    accounts : DataFrame
        account_id and what else is known of name, parent, industry, segment, region and owner.
    bands : Bands
    prob : float
        Probability inside the equal-tailed intervals.

    Returns
    -------
    DataFrame
        One row per customer, ordered by account: account_id, those facts, arr (yearly revenue
        today), products (names, in one text), term_ends (YYYY-MM of the next term's end; empty
        from month to month), notice (products that are given up, each with the first month without
        it; empty without any), stays, stays_low, stays_high, strength, strength_low, strength_high,
        reference (strength of the average customer in its place), band, below (probability that
        the strength is in the lowest band: what an alert asks), at_risk, at_risk_low,
        at_risk_high, and for each of `factors.FACTORS` part_X, part_X_low, part_X_high, in shares,
        whose means sum to strength less reference.
    """
    lines = scored.lines
    facts = accounts.set_index("account_id").reindex(lines.accounts)
    table = pd.DataFrame({"account_id": lines.accounts})
    for name in _FACTS:
        known = facts[name] if name in facts else pd.Series(index=facts.index, dtype="str")
        table[name] = known.astype("str").where(known.notna(), "").to_numpy()
    table["name"] = table["name"].where(table["name"] != "", table["account_id"])
    table["arr"] = np.add.reduceat(lines.cents, lines.begin[:-1]) / 100
    table["products"] = _products(lines)
    table["term_ends"] = _term_ends(lines, int(scored.outlook.months[0]))
    table["notice"] = _notices(lines, int(scored.outlook.months[0]))
    strength = scored.strength()
    for name, values in (("stays", scored.stays()), ("strength", strength)):
        table = table.assign(**_interval(name, values, prob))
    table["reference"] = by_account(lines, scored.decided.reference()).mean(axis=0)
    table["band"] = bands.of(table["strength"].to_numpy(float))
    table["below"] = (strength < bands.low).mean(axis=0)
    table = table.assign(**_interval("at_risk", scored.at_risk(), prob))
    for name, values in zip(FACTORS, account_parts(scored.decided, lines), strict=True):
        table = table.assign(**_interval(f"part_{name}", values, prob))
    return table


def _interval(name: str, values: np.ndarray, prob: float) -> dict[str, np.ndarray]:
    low, high = interval(values, prob)
    return {name: values.mean(axis=0), f"{name}_low": low, f"{name}_high": high}


def _products(lines: Lines) -> list[str]:
    names = pd.Series(lines.product.astype(str)).groupby(lines.account_id).unique()
    return [", ".join(sorted(names[account])) for account in lines.accounts]


def _term_ends(lines: Lines, first_month: int) -> list[str]:
    """Return the month of each account's next term's end that is not signed over."""
    risk = lines.at_risk
    never = np.iinfo("int64").max
    ends = np.where(risk.term_group > 0, risk.months_to_end, never)
    soonest = np.minimum.reduceat(ends, lines.begin[:-1])
    return ["" if at == never else month_label(first_month + at) for at in soonest.tolist()]


def _notices(lines: Lines, first_month: int) -> list[str]:
    """Return of each account which products it has given notice of, and from when they are gone."""
    gone = lines.gone_from
    said: dict[object, list[str]] = {account: [] for account in lines.accounts}
    for line in np.flatnonzero(gone >= 0):
        month = month_label(first_month + int(gone[line]))
        said[lines.account_id[line]].append(f"{lines.product[line]} from {month}")
    return [", ".join(said[account]) for account in lines.accounts]
