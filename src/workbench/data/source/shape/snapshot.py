"""Dated contracts out of a snapshot: tenure, contract type and "left last month".

A snapshot taken on day S (the first of month m) says of each customer how many whole months T it
had stayed, and whether it left within the last month. The last month that was seen whole is
m - 1. So the first contract starts in month m - 1 - T, a customer that left has its event in month
m - 1 after T months of tenure, and one that stayed is censored there after the same T.

Terms are assumed to follow each other from the start without a break and with the contract type
seen at the snapshot: the type a customer had earlier is not in such data.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.datatypes as dt
import pandas as pd

from workbench.core.calendar import month_number
from workbench.data.source.cells.cast import as_text, equals_word
from workbench.data.source.mapping.spec import ChainTerms, Mapping, TableSpec
from workbench.data.source.shape.lengths import MONTHS_PER, read_number

# Fewer endings than this can fall in one month by chance.
FEWEST_ENDINGS = 10
SPREAD_STARTS_MONTHS = 6

CHAINED = ("contract_id", "start_on", "end_on", "ended_on", "previous_contract_id")
"""Columns of contracts that a chain provides under these names."""

LONGEST_TENURE_MONTHS = 1200


def is_snapshot(started: pd.Series, ended: pd.Series, stated: bool = False) -> bool:
    """Tell whether data show one day, not a history: the one rule for audit and models.

    Parameters
    ----------
    started, ended : Series of datetime64
        Of each subscription; a missing end means that it runs.
    stated : bool
        The mapping says on which day the snapshot was taken.

    Returns
    -------
    bool
        True where stated, or where at least ten subscriptions ended, all in one month, while
        they began over six months or more. A few endings that happen to share a month, or none,
        are a history with little to learn from.

    Examples
    --------
    >>> days = pd.Series(pd.date_range("2024-01-01", periods=12, freq="MS"))
    >>> is_snapshot(days, pd.Series(pd.Timestamp("2025-01-01"), index=days.index))
    True
    >>> is_snapshot(days, days.where(days.index == 3) + pd.offsets.MonthBegin(1))
    False
    """
    if stated:
        return True
    months = month_number(ended).dropna()
    spread = month_number(started).nunique()
    return (
        len(months) >= FEWEST_ENDINGS and months.nunique() == 1 and spread >= SPREAD_STARTS_MONTHS
    )


def chain(table: ibis.Table, spec: ChainTerms, account: str, snapshot_on: date) -> ibis.Table:
    """Return one row per contract instead of one per customer.

    Parameters
    ----------
    table : ibis.Table
        Snapshot rows.
    spec : ChainTerms
    account : str
        Source column that names the customer.
    snapshot_on : date
        First day of the month after the last month seen.

    Returns
    -------
    ibis.Table
        The source's columns, and those of `CHAINED`. Rows whose tenure or term cannot be read
        have that in the place of ``start_on``, so that the checks can say so.
    """
    tenure = tenure_months(table, spec)
    tenure = ibis.ifelse(tenure.between(0, LONGEST_TENURE_MONTHS), tenure, ibis.null("float64"))
    word = as_text(table[spec.term]) if spec.term else ibis.null("string")
    if isinstance(spec.term_months, dict):
        term = ibis.cases(*((word == name, months) for name, months in spec.term_months.items()))
    else:
        term = ibis.literal(spec.term_months)
    table = table.mutate(
        tenure_=tenure.cast("int64"),
        term_=term.cast("int64"),
        left_=equals_word(table[spec.left.column], spec.left.equals),
        # What stands in the place of a start that cannot be told, for the message.
        instead_=ibis.ifelse(
            tenure.isnull(), "tenure " + as_text(table[spec.tenure_column]), "term " + word
        ),
    )
    # A customer that left at a term's very end never began the next term.
    begun = (table.tenure_ - ibis.ifelse(table.left_, 1, 0)).clip(lower=0)
    last = ibis.ifelse(table.term_ > 0, begun // table.term_.nullif(0), 0)
    table = table.mutate(last_=last.fill_null(0).cast("int64"))
    table = table.mutate(order_=ibis.range(0, table.last_ + 1).unnest().cast("int64"))
    observed = snapshot_on.year * 12 + snapshot_on.month - 2
    start = observed - table.tenure_ + table.order_ * table.term_
    is_last = table.order_ == table.last_
    customer = as_text(table[account])
    return table.mutate(
        contract_id=customer + "-" + (table.order_ + 1).cast("string"),
        previous_contract_id=ibis.ifelse(
            table.order_ > 0, customer + "-" + table.order_.cast("string"), ibis.null("string")
        ),
        start_on=ibis.coalesce(first_day(start).strftime("%Y-%m-%d"), table.instead_),
        end_on=first_day(ibis.ifelse(table.term_ > 0, start + table.term_, ibis.null("int64"))),
        ended_on=first_day(
            ibis.ifelse(table.left_ & is_last, ibis.literal(observed), ibis.null("int64"))
        ),
    ).drop("tenure_", "term_", "left_", "last_", "order_", "instead_")


def tenure_months(table: ibis.Table, spec: ChainTerms) -> ibis.Value:
    """Return tenures in whole months, missing where they cannot be read.

    Parameters
    ----------
    table : ibis.Table
        Of the source.
    spec : ChainTerms
        Column, unit and factor of the tenure.
    """
    months = read_number(table[spec.tenure_column]) * spec.multiply_by
    return (months * MONTHS_PER[spec.unit or "months"]).floor()


def first_day(month: ibis.Value) -> ibis.Value:
    """Return the first day of a month, as a timestamp.

    Parameters
    ----------
    month : ibis.Value
        Whole months since January of year 0: twelve times the year, plus 0 for January to 11 for
        December. Missing gives missing.
    """
    return ibis.date(month // 12, month % 12 + 1, 1).cast(dt.Timestamp(scale=6))


def chained(mapping: Mapping, spec: TableSpec, table: ibis.Table) -> ibis.Table:
    """Return the source table of a mapping entry, as a chain where it asks for one.

    Parameters
    ----------
    mapping : Mapping
        Says on which day the snapshot was taken.
    spec : TableSpec
        Of one canonical table.
    table : ibis.Table
        Of the source.
    """
    if spec.chain_terms is None or mapping.snapshot_on is None:
        return table
    account = spec.columns["account_id"].column or ""
    return chain(table, spec.chain_terms, account, mapping.snapshot_on)
