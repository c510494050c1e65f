"""The book as planners need it: lines, draws, accounts and signals, without database or PyMC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.features.encode import Encoder, encode
from workbench.features.signals.catalogue import meaning_of
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines


@dataclass(frozen=True)
class Planbook:
    """Everything that an account plan rests on.

    Parameters
    ----------
    as_of : str
        ISO date; nothing known on or after it was used.
    currency : str
    inputs : ForecastInputs
        Posterior draws, months to come and chance.
    lines : Lines
        Running subscriptions, those of one account side by side.
    survived : ndarray of float32, shape (draw, line)
        Cumulative hazard so far: what each line's own frailty is conditional on.
    accounts : DataFrame
        One row per account, in the lines' order: account_id, name and what else is known of
        industry, segment, region, owner and parent.
    signals : DataFrame
        One row per account, in the same order: the signals of the model in their own units, read
        at the as-of date.
    support : DataFrame
        One row per signal of the model: signal, meaning, group, unit, low, q05, median, q95, high
        of the values in the rows that the model was fitted to.
    drivers : DataFrame
        account_id, subscription_id, driver, group, contribution (to the log-hazard), low, high;
        may be empty.
    opportunities : DataFrame
        Open ones: opportunity_id, account_id, kind, product, stage, amount, opened_on; may be
        empty.
    """

    as_of: str
    currency: str
    inputs: ForecastInputs
    lines: Lines
    survived: np.ndarray
    accounts: pd.DataFrame
    signals: pd.DataFrame
    support: pd.DataFrame
    drivers: pd.DataFrame
    opportunities: pd.DataFrame

    @property
    def months(self) -> list[str]:
        """Months to come, as ``2026-03``."""
        first = self.inputs.first_month
        return [month_label(month) for month in range(first, first + self.inputs.months)]

    @property
    def signal_names(self) -> tuple[str, ...]:
        """Signals that a plan can move."""
        return tuple(self.support["signal"])

    @cached_property
    def has_terms(self) -> bool:
        """Whether any subscription has a term that ends; in books made from spend none has."""
        return bool((self.lines.at_risk.term_group > 0).any())

    @cached_property
    def _meanings(self) -> dict[str, str]:
        return dict(zip(self.support["signal"], self.support["meaning"], strict=True))

    def signal_text(self, signal: str) -> str:
        """Return what people call a signal; its name where nobody has said what it means.

        Parameters
        ----------
        signal : str
            Name of a signal, of the model or not.
        """
        return meaning_of(self._meanings.get(signal) or signal)

    @cached_property
    def account_index(self) -> pd.Index:
        """The accounts as an index, in the order of `accounts` and `signals`."""
        return pd.Index(self.accounts["account_id"], dtype=object)

    @cached_property
    def _position(self) -> dict[str, int]:
        return {key: at for at, key in enumerate(self.accounts["account_id"])}

    def positions(self, accounts: object) -> np.ndarray:
        """Return the positions of some accounts, in the book's order.

        Parameters
        ----------
        accounts : str or sequence of str
            Account ids; those that the book does not have are passed over.
        """
        keys = np.atleast_1d(np.asarray(accounts, dtype=object))
        known = self._position  # of one account, an index takes fifty times as long
        return np.unique(np.array([known[key] for key in keys if key in known], int))

    @cached_property
    def account_keys(self) -> frozenset[str]:
        """The accounts, to ask whether there is one."""
        return frozenset(self.accounts["account_id"])

    @cached_property
    def account_names(self) -> dict[str, str]:
        """The accounts' names by key."""
        return dict(zip(self.accounts["account_id"], self.accounts["name"], strict=True))

    @cached_property
    def _begin(self) -> np.ndarray:
        return self.lines.begin

    def lines_of(self, accounts: object) -> np.ndarray:
        """Return the positions of the lines of some accounts, in the book's order.

        Parameters
        ----------
        accounts : str or sequence of str
            Account ids; those that the book does not have are passed over.
        """
        at = self.positions(accounts)
        ends = zip(self._begin[at].tolist(), self._begin[at + 1].tolist(), strict=True)
        found = [np.arange(first, last) for first, last in ends]
        return np.concatenate([np.empty(0, int), *found])

    def part(self, accounts: object) -> Planbook:
        """Return the book of some accounts alone, in the book's order.

        Parameters
        ----------
        accounts : str or sequence of str
            Account ids; those that the book does not have are passed over.
        """
        at, lines = self.positions(accounts), self.lines_of(accounts)
        kept = self.account_index[at]
        return replace(
            self,
            lines=self.lines.take(lines),
            survived=self.survived[:, lines],
            accounts=self.accounts.iloc[at].reset_index(drop=True),
            signals=self.signals.iloc[at].reset_index(drop=True),
            drivers=_of_accounts(self.drivers, kept),
            opportunities=_of_accounts(self.opportunities, kept),
        )

    def worth(self) -> pd.Series:
        """Return the yearly revenue of each account today, largest first."""
        cents = pd.Series(self.lines.cents).groupby(self.lines.account_id).sum()
        return (cents / 100).sort_values(ascending=False, kind="stable")

    def facts(self, account_id: str) -> dict[str, float]:
        """Return what conditions of the catalogue ask about an account: its signals and terms.

        ``probability`` (of renewing) is not among them: see `workbench.plans.evaluate.compare`.

        Parameters
        ----------
        account_id : str
            One of the book's.
        """
        own = self.lines.take(self.lines_of([account_id]))
        row = self.signals[self.signals["account_id"] == account_id].drop(columns="account_id")
        at_risk = own.at_risk
        ends = at_risk.months_to_end[at_risk.term_group > 0]
        return {name: float(value) for name, value in row.iloc[0].items()} | {
            "arr": own.cents.sum() / 100,
            "products": float(len(set(own.product))),
            "tenure_months": float(own.tenure_months.max()),
            "months_to_renewal": float(ends.min()) + 1 if len(ends) else float("nan"),
        }


def _of_accounts(table: pd.DataFrame, accounts: pd.Index) -> pd.DataFrame:
    return table[table["account_id"].isin(accounts)].reset_index(drop=True)


def coded_change(
    book: Planbook, signal: str, before: np.ndarray, after: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return by how much the coded columns of a signal differ between two sets of raw values.

    Parameters
    ----------
    book : Planbook
    signal : str
        A signal of the model.
    before, after : ndarray, shape (value,)
        In the signal's own unit; missing is NaN.

    Returns
    -------
    positions : ndarray of int, shape (column,)
        Among the model's coded signals: the number itself, and whether it is missing.
    change : ndarray, shape (value, column)
        Numbers are cut at the same 4 standard deviations as the model's rows were.
    """
    columns = book.inputs.coding.signals.columns
    positions = [at for at, column in enumerate(columns) if column.source == signal]
    own = Encoder(tuple(columns[at] for at in positions))
    coded = encode(own, pd.DataFrame({signal: np.concatenate([before, after])}))
    return np.array(positions), coded[len(before) :] - coded[: len(before)]
