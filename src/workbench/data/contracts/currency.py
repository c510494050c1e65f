"""One currency for a book: constant rates, so that a moving exchange rate is never a movement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.core.errors import DataError, Problem, nearest

HOW_TO_CONVERT = (
    "State fixed rates: in the mapping, as `rates: {to: EUR, per_unit: {USD: 0.92}}` (a mapping "
    "may consist of that alone), or as a table `rates` of the source with the columns currency, "
    "to and rate, such as USD,EUR,0.92."
)


@dataclass(frozen=True)
class Rates:
    """A rate table.

    Parameters
    ----------
    to : str
        The currency everything is expressed in.
    per_unit : mapping of str to float
        Worth of one unit of each currency in ``to``. ``to`` itself is always 1 and may be left out.
    """

    to: str
    per_unit: Mapping[str, float]


def convert(contracts: pd.DataFrame, rates: Rates) -> pd.DataFrame:
    """Express the yearly revenue of every contract in one currency, at one constant rate each.

    Parameters
    ----------
    contracts : DataFrame
        With ``arr`` and ``currency``; a contract without a currency counts as already in
        ``rates.to``.
    rates : Rates
        The currency to convert to, and what a unit of each other one is worth in it.

    Returns
    -------
    DataFrame
        The same rows with ``arr`` converted and ``currency`` equal to ``rates.to``.

    Raises
    ------
    DataError
        When a currency has no rate.

    Examples
    --------
    >>> book = pd.DataFrame({"arr": [100.0, 50.0], "currency": ["USD", "EUR"]})
    >>> convert(book, Rates("USD", {"EUR": 1.2})).arr.tolist()
    [100.0, 60.0]
    """
    per_unit = {"": 1.0, **rates.per_unit, rates.to: 1.0}
    currency = contracts["currency"].fillna("")
    rate = currency.map(per_unit)
    unknown = sorted(currency[rate.isna()].unique())
    if unknown:
        known = [name for name in per_unit if name]
        raise DataError(
            f"Contracts cannot be converted to {rates.to}.",
            [
                Problem(
                    "no rate for this currency",
                    "contracts.currency",
                    "a rate",
                    name,
                    nearest(name, known),
                )
                for name in unknown
            ],
        )
    return contracts.assign(arr=contracts["arr"] * rate.astype("float64"), currency=rates.to)


def refuse_mixed(contracts: pd.DataFrame, keys: list[str]) -> None:
    """Stop when one chain of contracts is written in several currencies.

    Parameters
    ----------
    contracts : DataFrame
        With currency and the columns of `keys`.
    keys : list of str
        Columns that name a chain, account_id first.

    Raises
    ------
    DataError
        Naming the accounts, five at most, with their currencies.
    """
    stated = contracts.loc[contracts["currency"] != "", [*keys, "currency"]].drop_duplicates()
    mixed = stated[stated.duplicated(keys, keep=False)]
    if mixed.empty:
        return
    chains = mixed.groupby(keys)["currency"].agg(lambda names: ", ".join(sorted(names)))
    problems = [
        Problem(
            "several currencies in one chain",
            f"contracts, {' '.join(key)}",
            "one currency",
            names,
            HOW_TO_CONVERT,
        )
        for key, names in chains.head(5).items()
    ]
    raise DataError(f"{len(chains)} chain(s) of contracts mix currencies.", problems)
