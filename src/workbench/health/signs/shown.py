"""Which account shows which sign, since when, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.features.signals.catalogue import SIGNALS
from workbench.health.signs.panel import Panel
from workbench.health.signs.sign import Condition, Sign, SignRule, Signs

SHOWN_COLUMNS = ["account_id", "sign", "title", "since", "says", "ask"]
_TABLES = {signal.name: signal.tables for signal in SIGNALS}


@dataclass(frozen=True)
class ShownSign:
    """One sign in every account and month.

    Parameters
    ----------
    name : str
    sign : Sign
    holds : dict of Rule to ndarray of bool, shape (account, month)
        By rule that the book has signals for; none: the sign is off.
    known : ndarray of bool, shape (account, month)
        Some rule's signal has a value for a customer.
    off : str
        Why it is off, in a sentence; empty where it is not.
    """

    name: str
    sign: Sign
    holds: dict[SignRule, np.ndarray]
    known: np.ndarray
    off: str

    @property
    def shown(self) -> np.ndarray:
        """Whether the sign shows, shape (account, month)."""
        return np.logical_or.reduce([*self.holds.values(), np.zeros_like(self.known)])


def shown_signs(panel: Panel, signs: Signs) -> tuple[ShownSign, ...]:
    """Ask every sign of every account and month.

    Parameters
    ----------
    panel : Panel
    signs : Signs

    Returns
    -------
    tuple of ShownSign
        In the order of the signs. A sign shows for customers only.
    """
    return tuple(_shown(panel, name, sign) for name, sign in signs.entries.items())


def sign_table(panel: Panel, shown: tuple[ShownSign, ...]) -> pd.DataFrame:
    """Return the signs that show today.

    Parameters
    ----------
    panel : Panel
    shown : tuple of ShownSign
        Of the panel.

    Returns
    -------
    DataFrame
        account_id, sign, title, since (YYYY-MM; the first month of which it has shown without a
        break), says (the rules that hold, with their numbers) and ask; ordered by account.
    """
    rows = []
    for one in shown:
        for account in np.flatnonzero(one.shown[:, -1]).tolist():
            since = _run_start(one.shown[account])
            says = "; ".join(
                _sentence(panel, rule, account)
                for rule, holds in one.holds.items()
                if holds[account, -1]
            )
            rows.append(
                (panel.accounts[account], one.name, one.sign.title,
                 month_label(panel.months[since]), says, one.sign.ask)
            )  # fmt: skip
    table = pd.DataFrame(rows, columns=SHOWN_COLUMNS)
    return table.sort_values(["account_id", "since"], kind="stable", ignore_index=True)


def _shown(panel: Panel, name: str, sign: Sign) -> ShownSign:
    rules = sign.usable(set(panel.signals))
    holds = {rule: _holds(panel, rule) & panel.customer for rule in rules}
    values = [~np.isnan(panel.signals[rule.signal]) for rule in rules]
    known = np.logical_or.reduce([*values, np.zeros(panel.customer.shape, bool)]) & panel.customer
    return ShownSign(name, sign, holds, known, "" if known.any() else _reason(panel, sign))


def _holds(panel: Panel, rule: SignRule) -> np.ndarray:
    value = panel.signals[rule.signal]
    if rule.under_usual is not None:
        usual = panel.usual(rule.signal)
        found = (usual >= rule.usual_at_least) & (value <= rule.under_usual * usual)
    elif rule.gone_within is not None:
        found = (value == 0) & _was_positive(value, rule.gone_within)
    else:
        found = _lies(value, rule)
    for condition in rule.also:
        found = found & _lies(panel.signals[condition.signal], condition)
    return found


def _lies(value: np.ndarray, limits: SignRule | Condition) -> np.ndarray:
    return value > limits.above if limits.above is not None else value < (limits.below or 0.0)


def _was_positive(value: np.ndarray, within: int) -> np.ndarray:
    """Tell whether a value was above 0 in one of so many months before."""
    out = np.zeros(value.shape, bool)
    for lag in range(1, min(within, value.shape[1] - 1) + 1):
        out[:, lag:] |= value[:, :-lag] > 0
    return out


def _run_start(shown: np.ndarray) -> int:
    """Return where the run of true values begins that lasts until the end."""
    breaks = np.flatnonzero(~shown)
    return int(breaks[-1]) + 1 if len(breaks) else 0


def _sentence(panel: Panel, rule: SignRule, account: int) -> str:
    numbers = {"value": panel.signals[rule.signal][account, -1]}
    if rule.under_usual is not None:
        numbers["usual"] = panel.usual(rule.signal)[account, -1]
    text = rule.says
    for mark, number in numbers.items():
        text = text.replace(f"{{{mark}}}", f"{number:.3g}")
        text = text.replace(f"{{{mark}%}}", f"{number:.0%}")
    return text


def _reason(panel: Panel, sign: Sign) -> str:
    lacking = {name for rule in sign.rules for name in rule.signals} - set(panel.signals)
    tables = sorted({table for name in lacking for table in _TABLES.get(name, (name,))})
    if not sign.usable(set(panel.signals)) and tables:
        return f"Off: the book lacks the data it reads ({', '.join(tables)})."
    return "Off: nothing it reads has a value for any customer yet."
