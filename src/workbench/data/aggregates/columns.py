"""Which column of a table of aggregates is what, by the words in its name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbench.core.aggregate_names import ADDED, CLOSING, LOST, REVENUE
from workbench.core.errors import Problem

PERIOD = "period"
OPENING = "opening"

_PERIOD_WORDS = {"period", "date", "year", "quarter", "month", "qtr", "fy", "fiscal", "time"}
_WORDS = {
    ADDED: {"add", "adds", "added", "addition", "additions", "new", "acquired", "acquisitions",
            "acquisition", "gained", "gains", "joined", "activations", "gross"},
    LOST: {"loss", "losses", "lost", "churned", "disconnects", "disconnected", "cancelled",
           "canceled", "cancellations", "terminations", "deactivations", "left", "churn"},
    CLOSING: {"closing", "close", "end", "ending", "eop", "final", "total", "remaining", "active"},
    OPENING: {"opening", "open", "begin", "beginning", "bop", "start", "starting"},
    REVENUE: {"arpu", "arpa", "arpc", "arppu"},
}  # fmt: skip
_EACH = {"customer", "user", "account", "subscriber", "client"}
_UNITS = {"thousand": 1_000, "thousands": 1_000, "000": 1_000, "000s": 1_000, "k": 1_000,
          "million": 1_000_000, "millions": 1_000_000, "mm": 1_000_000}  # fmt: skip


def name_columns(columns: Iterable[str]) -> tuple[dict[str, str], list[Problem]]:
    """Return which column holds what.

    Net additions, rates and shares are none of them.

    Parameters
    ----------
    columns : iterable of str
        As in the table.

    Returns
    -------
    names : dict of str to str
        The table's name by meaning: period, added, lost, closing, opening, revenue_per_customer;
        those that nobody names are left out.
    problems : list of Problem
        Meanings that several columns have; too few columns to know customers added and lost.

    Examples
    --------
    >>> name_columns(["Quarter End", "ADD", "LOSS", "END", "ARPU"])[0]
    {'period': 'Quarter End', 'added': 'ADD', 'lost': 'LOSS', 'closing': 'END',
     'revenue_per_customer': 'ARPU'}
    """
    columns = list(columns)
    claimed: dict[str, list[str]] = {}
    for column in columns:
        if meaning := _meaning(_words(column)):
            claimed.setdefault(meaning, []).append(column)
    problems = [
        Problem(f"several columns of {meaning.replace('_', ' ')}", "", "one", ", ".join(own))
        for meaning, own in claimed.items()
        if len(own) > 1
    ]
    flows = [name for name in (ADDED, LOST, CLOSING) if name in claimed]
    present = ", ".join(map(str, columns))
    if PERIOD not in claimed:
        problems.append(Problem("no column of periods", "", "one such as quarter or date", present))
    if len(flows) < 2 or (CLOSING not in flows and OPENING not in claimed):
        expected = (
            "two at least of customers added, lost and at the end, such as added, lost, closing"
        )
        problems.append(Problem("customers added and lost are not known", "", expected, present))
    return {meaning: own[0] for meaning, own in claimed.items()}, problems


def unit_in(columns: Iterable[str]) -> int:
    """Return the customers that one unit of the counts is, as the columns' names say; else 1.

    Parameters
    ----------
    columns : iterable of str
        Of counts.

    Examples
    --------
    >>> unit_in(["Ending customers (thousands)"])
    1000
    """
    words = {word for column in columns for word in _words(column)}
    return max((unit for word, unit in _UNITS.items() if word in words), default=1)


def _words(column: str) -> list[str]:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(column))
    return re.findall(r"[a-z0-9%]+", parted.lower())


def _meaning(words: list[str]) -> str | None:
    named = set(words)
    if named & {"rate", "pct", "percent", "share", "ratio", "net", "%"}:
        return None
    if named & _WORDS[REVENUE] or ("revenue" in named and named & _EACH):
        return REVENUE
    if named & _PERIOD_WORDS and not named & {"customers", "subscribers", "accounts", "users"}:
        return PERIOD
    if "revenue" in named:
        return None
    for meaning in (ADDED, LOST, CLOSING, OPENING):
        if named & _WORDS[meaning]:
            return meaning
    return None
