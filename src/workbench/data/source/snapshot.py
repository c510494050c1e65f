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

from workbench.data.schema import Column
from workbench.data.source.cells import Reading, as_text, cast, readable
from workbench.data.source.mapping import ChainTerms, Mapping, TableSpec

CHAINED = ("contract_id", "start_on", "end_on", "ended_on", "previous_contract_id")
"""Columns of contracts that a chain provides under these names."""

LONGEST_TENURE_MONTHS = 1200


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
        keep a missing ``start_on``, so that the checks can say so.
    """
    cell, column = as_text(table[spec.tenure_months]), Column("tenure", "number")
    tenure = cast(readable(cell, column, Reading()), column, Reading())
    tenure = ibis.ifelse(tenure.between(0, LONGEST_TENURE_MONTHS), tenure, ibis.null("float64"))
    word = as_text(table[spec.term])
    term = ibis.cases(*((word == name, months) for name, months in spec.term_months.items()))
    table = table.mutate(
        tenure_=tenure.cast("int64"),
        term_=term.cast("int64"),
        left_=(as_text(table[spec.left.column]) == spec.left.equals).fill_null(False),
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
        start_on=_first_day(start),
        end_on=_first_day(ibis.ifelse(table.term_ > 0, start + table.term_, ibis.null("int64"))),
        ended_on=_first_day(
            ibis.ifelse(table.left_ & is_last, ibis.literal(observed), ibis.null("int64"))
        ),
    ).drop("tenure_", "term_", "left_", "last_", "order_")


def _first_day(month: ibis.Value) -> ibis.Value:
    return ibis.date(month // 12, month % 12 + 1, 1).cast(dt.Timestamp(scale=6))


def chained(mapping: Mapping, spec: TableSpec, table: ibis.Table) -> ibis.Table:
    """Return the source table of a mapping entry, as a chain where it asks for one."""
    if spec.chain_terms is None or mapping.snapshot_on is None:
        return table
    account = spec.columns["account_id"].column or ""
    return chain(table, spec.chain_terms, account, mapping.snapshot_on)
