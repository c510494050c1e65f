"""Contracts as signals see them: which contract speaks for a product in which month of reading.

Unlike `workbench.data.contracts.subscriptions`, which tells the story as of one date, this tells
every month at once what was known then: the contract that took effect and was known last speaks,
until another one does, until its end is on record, or until a month after a term that nobody
renewed. A contract of another product takes its place when it names it, or begins within the days
of grace after its end, and nothing of the old product was known to follow.
"""

from __future__ import annotations

from typing import Any

import ibis

from workbench.features.signals.grid import day, known_month
from workbench.features.signals.signal import Tables

# Beside the book's tables, once they are computed.
SPELLS = "spells"

_DAYS_PER_MONTH = 365.25 / 12
_GRACE_DAYS = 30  # see `workbench.data.contracts.subscriptions.subscriptions`
_NEVER = 10**6


def spells_of(tables: Tables) -> ibis.Table:
    """Return the spells that stand beside the tables, else those of its contracts."""
    return tables[SPELLS] if SPELLS in tables else spells(tables["contracts"])


def spells(contracts: ibis.Table) -> ibis.Table:
    """Return one row per contract that speaks for its account and product at some reading.

    Returns
    -------
    ibis.Table
        account_id, product, reads_from and reads_until (month numbers of reading, exclusive end),
        arr, entitlement, end_day (written end, days since 1970), end_month, term_start_month,
        term_months (1 when open-ended), auto_renew, renewals (earlier terms of this product that
        were renewed; of the account, once it took another one's place) and price_change (of a unit
        at the last renewal, relative).
    """
    rows = _placed(contracts)
    rows = rows.mutate(amended=_amends(rows), returns=_returns(rows))
    opens = rows.before_start.isnull() | rows.returns
    rows = rows.mutate(changes=(opens & rows.names_another).ifelse(1, 0))
    rows = rows.mutate(
        run=ibis.ifelse(rows.amended, 0, 1).sum().over(_order("account_id", "product")),
        renews=rows.before_start.notnull() & ~rows.amended & ~rows.returns,
    )
    # An amendment keeps the term that it amends.
    opening, term = ~rows.amended, _order("account_id", "product", "run")
    rows = rows.mutate(
        term_months=ibis.ifelse(opening, rows.written_months, None).max().over(term),
        term_start_month=ibis.ifelse(opening, rows.start_month, None).max().over(term),
    )
    rows = rows.mutate(unit_price=rows.arr * rows.term_months / rows.entitlement.nullif(0.0))
    rows = rows.mutate(
        before_price=_earlier(rows, "unit_price"), before_term=_earlier(rows, "term_months")
    )
    self_renewed = (rows.start_month - rows.before_end_month) / rows.before_term.cast("float64")
    further = ibis.ifelse(rows.before_renews_itself, self_renewed.ceil().cast("int64"), 0)
    price_change = rows.unit_price / rows.before_price.nullif(0.0) - 1.0
    rows = rows.mutate(
        renewed=ibis.ifelse(rows.renews, 1 + ibis.greatest(further.fill_null(0), 0), rows.changes),
        price_step=ibis.ifelse(rows.renews, price_change, None),
    )
    order = _order("account_id", "product")
    own, all_of_account = (
        rows.renewed.sum().over(each).cast("int64") for each in (order, _order("account_id"))
    )
    rows = rows.mutate(
        renewals=ibis.ifelse(rows.changes.max().over(order) > 0, all_of_account, own)
    )
    since_renewal = _order("account_id", "product", "renewals")
    rows = rows.mutate(price_change=rows.price_step.max().over(since_renewal))
    return rows.filter(rows.reads_until > rows.reads_from)


def _placed(contracts: ibis.Table) -> ibis.Table:
    """Add when each contract speaks, and what stood before it."""
    start = known_month(contracts.start_on)
    signed = known_month(contracts.signed_on.fill_null(contracts.start_on))
    rows = contracts.select(
        "account_id",
        "product",
        "contract_id",
        "start_on",
        "arr",
        "entitlement",
        "previous_contract_id",
        auto_renew=contracts.auto_renew.fill_null(False),
        reads_from=ibis.greatest(start, signed),
        start_month=start - 1,
        start_day=day(contracts.start_on),
        end_month=known_month(contracts.end_on) - 1,
        end_day=day(contracts.end_on),
        ended_day=day(contracts.ended_on),
        ended_known=known_month(contracts.ended_on),
    )
    follows = rows.reads_from.lead().over(_order("account_id", "product", rows=False))
    rows = rows.mutate(follows=follows.fill_null(_NEVER))
    rows = _with_changes(rows)
    lapsed = ibis.ifelse(rows.auto_renew, None, rows.end_month + 2)
    until = ibis.least(
        rows.follows, rows.replaced, rows.ended_known.fill_null(_NEVER), lapsed.fill_null(_NEVER)
    )
    stop_month = ibis.least(
        (rows.ended_known - 1).fill_null(_NEVER), (lapsed - 2).fill_null(_NEVER)
    )
    rows = rows.mutate(reads_until=until, stop_month=stop_month)
    return rows.mutate(
        written_months=_written_months(rows),
        before_start=_earlier(rows, "start_on"),
        before_end_day=_earlier(rows, "end_day"),
        before_end_month=_earlier(rows, "end_month"),
        before_stop=_earlier(rows, "stop_month"),
        before_renews_itself=_earlier(rows, "auto_renew").fill_null(False),
    )


def _with_changes(rows: ibis.Table) -> ibis.Table:
    """Add when a contract of another product takes each one's place, and which contracts do.

    What counts is what was known when the later contract was, whatever came to light afterwards.
    """
    later = rows.select(
        "account_id",
        later_id=rows.contract_id,
        later_product=rows["product"],
        later_from=rows.reads_from,
        later_start=rows.start_day,
        later_names=rows.previous_contract_id,
    )
    pairs = rows.inner_join(later, "account_id")
    pairs = pairs.filter(
        (pairs["product"] != pairs.later_product)
        & (pairs.start_day < pairs.later_start)
        & (pairs.follows > pairs.later_from)
    )
    written = ibis.ifelse(pairs.auto_renew, None, pairs.end_day)
    stop = ibis.ifelse(pairs.ended_known <= pairs.later_from, pairs.ended_day, written)
    hole = pairs.later_start - ibis.coalesce(stop, written)
    named = (pairs.later_names == pairs.contract_id).fill_null(False)
    takes_over = (hole <= _GRACE_DAYS) & (named | (hole >= 0))
    pairs = pairs.filter(takes_over.fill_null(named))
    replaced = pairs.group_by("contract_id").agg(replaced=pairs.later_from.min())
    names = pairs.select(contract_id=pairs.later_id, names_another=True).distinct()
    rows = rows.left_join(replaced, "contract_id").drop("contract_id_right")
    rows = rows.left_join(names, "contract_id").drop("contract_id_right")
    return rows.mutate(
        replaced=rows.replaced.fill_null(_NEVER),
        names_another=rows.names_another.fill_null(False),
    )


def _written_months(rows: ibis.Table) -> Any:
    months = ((rows.end_day - rows.start_day) / _DAYS_PER_MONTH + 0.5).floor().cast("int64")
    return ibis.greatest(months.fill_null(1), 1)


def _amends(rows: ibis.Table) -> Any:
    """Tell whether a contract keeps the term of the one before: its end, or that of a later term.

    A contract that renewed itself has further terms; one that begins inside such a term and ends
    with one amends it.
    """
    length = _earlier(rows, "written_months")
    inside = (rows.start_month - rows.before_end_month) % length != 0
    aligned = (rows.end_month - rows.before_end_month) % length == 0
    later = rows.before_renews_itself & (rows.start_month > rows.before_end_month)
    return ((rows.before_end_day == rows.end_day) | (later & inside & aligned)).fill_null(False)


def _returns(rows: ibis.Table) -> Any:
    """Tell whether more than a month lies between the contract before and this one."""
    return (rows.before_stop + 1 < rows.start_month).fill_null(False)


def _earlier(rows: ibis.Table, name: str) -> Any:
    return rows[name].lag().over(_order("account_id", "product", rows=False))


def _order(*group: str, rows: bool = True) -> Any:
    """Order contracts as they became known: nothing may look at a later one but `reads_until`."""
    frame = {"preceding": None, "following": 0} if rows else {}
    return ibis.window(
        group_by=list(group), order_by=["reads_from", "start_on", "contract_id"], **frame
    )
