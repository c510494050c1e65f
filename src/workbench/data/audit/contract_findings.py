"""What an audit says of contracts: none, made out of spend, in which currency, how long."""

from __future__ import annotations

import pandas as pd

from workbench.core.calendar import month_number
from workbench.data.book import Book

_LONGEST_USUAL_TERM_MONTHS = 180


def no_contracts_finding(book: Book) -> list[str]:
    """Say what a book without contracts bears, and how it may come by some.

    Parameters
    ----------
    book : Book
        What can be read from it, and what is advised, follow from which tables it has.

    Returns
    -------
    list of str
        One paragraph; none where the book has contracts.
    """
    if book.has_contracts:
        return []
    has = set(book.tables)
    bears = [sentence for table, sentence in _BEARS.items() if table in has]
    can = f" What can be read from it: {'; '.join(bears)}." if bears else ""
    how = (
        "contracts_from in the mapping makes subscriptions of what was invoiced"
        if "invoices" in has
        else "won offers can stand in for contracts where each is a sale that runs on"
        if "opportunities" in has
        else "a table of contracts, a snapshot with tenures, or spend by month will do"
    )
    return [
        f"No contracts: nothing says who is a customer from when to when.{can} To forecast: {how}."
    ]


_BEARS = {
    "opportunities": "offers, by stage and age, and how often they are won (wb.fit_pipeline)",
    "invoices": "how late is paid and what is disputed",
    "tickets": "how many tickets, how severe, how fast they are solved",
    "usage": "who uses how much, and whether it grows",
    "surveys": "what customers say",
    "messages": "how often there is talk, and who starts it",
}


def spend_finding(book: Book) -> list[str]:
    """Say what it means that contracts were made out of spend, if they were.

    Parameters
    ----------
    book : Book
        Its `spend` is the record of how contracts were made, or None.

    Returns
    -------
    list of str
        One paragraph; none where contracts are not made out of spend.
    """
    return [] if book.spend is None else [book.spend.text]


def rates_finding(book: Book) -> list[str]:
    """Say at which rates money was converted, if it was.

    Parameters
    ----------
    book : Book
    """
    if book.rates is None:
        return []
    rates = ", ".join(f"{code} at {rate:g}" for code, rate in sorted(book.rates.per_unit.items()))
    return [f"Money is converted to {book.rates.to} at fixed rates: {rates}."]


def long_terms_finding(contracts: pd.DataFrame) -> list[str]:
    """Name terms so long that their end may stand for no end.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts.

    Returns
    -------
    list of str
        One sentence; none where there is nothing to say.
    """
    months = month_number(contracts["end_on"]) - month_number(contracts["start_on"])
    long = contracts[months > _LONGEST_USUAL_TERM_MONTHS]
    if long.empty:
        return []
    usual = long["end_on"].mode().iloc[0]
    first = long[long["end_on"] == usual].iloc[0]
    return [
        f"{len(long):,} contracts are written to run for more than "
        f"{_LONGEST_USUAL_TERM_MONTHS // 12} years, most often until {usual.date()} (first: "
        f"{first['contract_id']}), and none of them falls due before. If that day stands for no "
        f'end, state missing: ["{usual.date()}"] in a mapping: then they run from month to month.'
    ]


def no_currency_finding(contracts: pd.DataFrame) -> list[str]:
    """Say in which money contracts are counted that state none, where others do.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts, in one currency.

    Returns
    -------
    list of str
        One sentence; none where there is nothing to say.
    """
    blank = contracts["currency"].fillna("") == ""
    if blank.all() or not blank.any():
        return []
    first = contracts.loc[blank, "contract_id"].iloc[0]
    return [
        f"{blank.sum():,} of {len(contracts):,} contracts state no currency (first: {first}) and "
        f"are counted in {contracts.loc[~blank, 'currency'].iloc[0]}, the only one that is stated."
    ]
