"""Money of several currencies in one book: converted while it is loaded, or refused."""

from __future__ import annotations

import ibis
import pandas as pd

from workbench.core.errors import DataError, Problem, nearest
from workbench.data.contracts.currency import HOW_TO_CONVERT, Rates
from workbench.data.source.mapping.spec import Mapping
from workbench.data.source.matching.resolve import find_name
from workbench.data.source.names import ROW
from workbench.data.source.open import Source

RATES_TABLE = "rates"
RATES_COLUMNS = ("currency", "to", "rate")
# Tables whose money is in the currency of the account's contracts.
_AMOUNTS = {"invoices": "amount", "opportunities": "amount"}


def stated_rates(source: Source, mapping: Mapping) -> Rates | None:
    """Return the rates that a mapping states, or else the source's table ``rates``.

    Parameters
    ----------
    source : Source
        Its table ``rates``, where there is one, has ``currency``, ``to`` (the same in every row)
        and ``rate``: what one unit of the currency is worth.
    mapping : Mapping

    Raises
    ------
    DataError
        When the table's rates cannot be used: every fault with its row.
    """
    if mapping.rates is not None:
        stated = mapping.rates
        return Rates(stated.to.upper(), {k.upper(): v for k, v in stated.per_unit.items()})
    called = find_name(RATES_TABLE, source.tables)
    if not called:
        return None
    table = source.tables[called[0]]
    named = {name: find_name(name, table.columns) for name in RATES_COLUMNS}
    absent = [name for name, found in named.items() if len(found) != 1]
    if absent:
        known = [name for name in table.columns if name != ROW]
        problems = [
            Problem("column is missing", f"{RATES_TABLE}, column {name}", hint=nearest(name, known))
            for name in absent
        ]
        raise DataError(f"The rates of {source.name} cannot be read.", problems)
    rates = table.select(ROW, **{name: table[found] for name, (found,) in named.items()})
    return _read(rates.order_by(ROW).execute(), source.name)


def _read(rows: pd.DataFrame, name: str) -> Rates:
    code = rows["currency"].astype("str").str.strip().str.upper()
    to = rows["to"].astype("str").str.strip().str.upper()
    rate = pd.to_numeric(rows["rate"], errors="coerce")
    problems = []
    for position, row in rows.iterrows():
        where = f"{RATES_TABLE} row {row[ROW]:,}"
        if not rate[position] > 0 or rate[position] == float("inf"):
            wrong = Problem("not a rate", f"{where}, column rate", "above 0", repr(row["rate"]))
            problems.append(wrong)
        if to[position] != to.iloc[0]:
            wrong = Problem("another target", f"{where}, column to", to.iloc[0], to[position])
            problems.append(wrong)
        if code[position] in set(code[: int(position)]):
            wrong = Problem("a second rate", f"{where}, column currency", "one", code[position])
            problems.append(wrong)
        if code[position] == to[position] and rate[position] != 1:
            wrong = Problem("not worth itself", f"{where}, column rate", "1", repr(row["rate"]))
            problems.append(wrong)
    if problems or rows.empty:
        empty = Problem("no data rows", RATES_TABLE, "at least one row", "none")
        raise DataError(f"The rates of {name} cannot be read.", problems or [empty])
    return Rates(to.iloc[0], dict(zip(code, rate.astype("float64"), strict=True)))


def in_one_currency(
    tables: dict[str, ibis.Table], rates: Rates | None, name: str = ""
) -> dict[str, ibis.Table]:
    """Return tables whose money is in one currency.

    Amounts of invoices and opportunities have no currency of their own: they are in that of the
    account's contracts, and in ``rates.to`` where those have several or there are none.

    Parameters
    ----------
    tables : dict of str to ibis.Table
        Checked tables; currencies are in upper case.
    rates : Rates, optional
    name : str
        Of the source, for messages.

    Raises
    ------
    DataError
        When contracts are in several currencies and no rates are stated, or one has no rate or
        states no currency.
        Amounts of several currencies may not be added, so no report can use such a book.
    """
    contracts = tables["contracts"]
    named = contracts.filter(contracts.currency.notnull() & (contracts.currency != ""))
    found = named.group_by("currency").agg(contracts=ibis._.count(), first=ibis._.contract_id.min())
    seen = found.order_by("currency").execute()
    if rates is None:
        _refuse_several(seen, name)
        return tables
    worth = {**rates.per_unit, rates.to: 1.0}
    _refuse_unknown(seen, worth, rates.to)
    if len(seen) > 1:
        _refuse_blank(contracts, rates.to)
    own = named.group_by("account_id").agg(
        code=ibis._.currency.min(), several=ibis._.currency.nunique() > 1
    )
    own = own.filter(~own.several)
    converted = dict(tables)
    for table, column in _AMOUNTS.items():
        if table in tables:
            converted[table] = _by_account(tables[table], column, own, worth)
    converted["contracts"] = contracts.mutate(
        arr=contracts.arr * _rate(contracts.currency, worth),
        currency=ibis.literal(rates.to),
    )
    return converted


def _rate(code: ibis.Value, worth: dict[str, float]) -> ibis.Value:
    return ibis.cases(*((code == name, rate) for name, rate in worth.items()), else_=1.0)


def _by_account(
    table: ibis.Table, column: str, own: ibis.Table, worth: dict[str, float]
) -> ibis.Table:
    own = own.select(key_=own.account_id, rate_=_rate(own.code, worth))
    joined = table.left_join(own, table.account_id == own.key_)
    return joined.mutate(**{column: joined[column] * joined.rate_.fill_null(1.0)}).select(
        table.columns
    )


def _refuse_several(seen: pd.DataFrame, name: str) -> None:
    if len(seen) < 2:
        return
    listed = ", ".join(
        f"{row.currency} ({row.contracts:,} contracts, first {row.first})"
        for row in seen.itertuples()
    )
    problem = Problem(
        "several currencies, which may not be added",
        "contracts, column currency",
        "one currency, or rates",
        listed,
        HOW_TO_CONVERT,
    )
    raise DataError(f"{name or 'The source'} cannot be loaded.", [problem])


def _refuse_blank(contracts: ibis.Table, to: str) -> None:
    """Refuse contracts without a currency where there are several that they could be in."""
    blank = contracts.filter(contracts.currency.isnull() | (contracts.currency == ""))
    count, first = blank.agg(n=ibis._.count(), first=ibis._.contract_id.min()).execute().iloc[0]
    if count:
        problem = Problem(
            "no currency is stated",
            "contracts, column currency",
            "a code of three letters",
            f"{count:,} blank cells, first {first}",
            "State what blank cells mean in the mapping, as `currency: EUR`.",
        )
        raise DataError(f"Contracts cannot be converted to {to}.", [problem])


def _refuse_unknown(seen: pd.DataFrame, worth: dict[str, float], to: str) -> None:
    problems = [
        Problem(
            "no rate for this currency",
            "contracts, column currency",
            f"one of {', '.join(sorted(worth))}",
            f"{row.currency} ({row.contracts:,} contracts, first {row.first})",
            HOW_TO_CONVERT,
        )
        for row in seen.itertuples()
        if row.currency not in worth
    ]
    if problems:
        raise DataError(f"Contracts cannot be converted to {to}.", problems)
