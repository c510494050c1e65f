"""Contracts out of spend: who pays is a customer, and who stops for long enough has left.

Spend is summed by account, product and period. A customer without spend in more than ``gap``
periods in a row has left; shorter breaks are bridged. Spend lasts until the next one, the last one
as long as the one before it (at most ``gap`` periods more than its own), and a contract's yearly
revenue is the spend over that time. So what the contracts bring adds up to the spend, and who
pays once in three months has the same revenue in all of them.

That somebody has left is known ``gap`` + 1 periods later. So the last ``gap`` periods on record
tell who came back, and nothing else: the as-of day is before them. Up to that day every
ending is known, and endings are not rarer only because they are recent.

The contracts have no written end. There are no terms, and no renewal dates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from workbench.core.calendar import month_number, month_start, month_starts
from workbench.core.errors import DataError, Problem
from workbench.data.schema import Column
from workbench.data.source.cells.cast import Reading, as_text, as_word, cast, readable
from workbench.data.source.cells.periods import MONTHS_IN, Every, period_day
from workbench.data.source.names import ROW
from workbench.data.source.shape.snapshot import first_day

if TYPE_CHECKING:
    from workbench.data.source.mapping.spec import ContractsFrom
    from workbench.data.source.open import Source

SPENT = ("contract_id", "start_on", "arr", "ended_on", "previous_contract_id")
"""Columns of contracts that spend provides."""

# A period is over when the data reach its last days.
_LATE_DAYS = 3


@dataclass(frozen=True)
class SpendRecord:
    """How contracts were made out of spend.

    Parameters
    ----------
    every : {"month", "quarter", "year"}
        Length of a period.
    gap : int
        Periods without spend that are bridged.
    first_on : Timestamp
        First day of the first period with spend.
    as_of : Timestamp
        The day up to which every ending is known: the as-of day where nobody states one.
    last_on : Timestamp
        The first day after the last whole period on record.
    later : int
        Rows later than the day on which the source was read; they do not count.
    """

    every: Every
    gap: int
    first_on: pd.Timestamp
    as_of: pd.Timestamp
    last_on: pd.Timestamp
    later: int = 0

    @property
    def _allowed(self) -> str:
        return f"{self.gap} {self.every}{'s' if self.gap != 1 else ''}"

    @property
    def short_text(self) -> str:
        """The same in a sentence, for the top of a page."""
        return (
            "nobody signed contracts, so there are no terms and no renewal dates; who spends "
            f"nothing for more than {self._allowed} in a row counts as gone, and revenue is "
            "the spend, by the year."
        )

    @property
    def text(self) -> str:
        """What it means that contracts come from spend, in plain words."""
        tail = (
            f" The {self._allowed if self.gap > 1 else self.every} from {self.as_of.date()} to "
            f"{self.last_on.date()} only {'tell' if self.gap > 1 else 'tells'} who came back: who "
            "left then is not known yet."
            if self.gap
            else ""
        )
        later = (
            f" Rows later than the day of reading ({self.later:,}) do not count."
            if self.later
            else ""
        )
        return (
            "Contracts are made out of spend: nobody signed any. A customer without spend in more "
            f"than {self._allowed} in a row counts as gone; revenue is the spend, by the "
            f"year. There are no terms and no renewal dates.{tail} Who was a customer before "
            f"{self.first_on.date()} counts from that day.{later}"
        )


def contracts_of_spend(
    source: Source,
    cells: ibis.Table,
    made: ContractsFrom,
    number: Reading,
    day: Reading,
    read_on: pd.Timestamp | None,
) -> tuple[ibis.Table, SpendRecord]:
    """Return contracts, one for each stretch of spend, and how they were made.

    Parameters
    ----------
    source : Source
    cells : ibis.Table
        Row number, account_id, product, currency, and ``spend`` and ``on`` as the source writes
        them.
    made : ContractsFrom
    number, day : Reading
        How amounts and days are written.
    read_on : Timestamp, optional
        No spend is later.

    Raises
    ------
    DataError
        When no period can be read, when they are fewer than the gap needs, or when an account
        spends in several currencies.
    """
    cells = source.con.create_table("spend_cells", cells, temp=True)
    periods = _periods(cells, made, day, source.name)
    money = Column("spend", "number")
    text = as_text(cells["spend"]) if cells["spend"].type().is_string() else cells["spend"]
    read = cells.mutate(text_=as_text(cells["spend"]), on_=as_word(cells["on"]), form_=text)
    read = read.mutate(form_=readable(read["form_"], money, number))
    read = read.mutate(form_=cast(read["form_"], money, number))
    read = source.con.create_table("spend_read", read.drop("spend", "on"), temp=True)
    read = read.left_join(ibis.memtable(periods[["on_", "period"]]), "on_").drop("on__right")
    later = 0
    if read_on is not None:
        late = read.on_.isin(list(periods.loc[periods["day"] > read_on, "on_"]))
        later = int(read.filter(late).count().execute())
        read = read.filter(~late.fill_null(False)) if later else read
        periods = periods[periods["day"] <= read_on]
    first = read.filter(read.form_ > 0).period.min().execute()
    if pd.isna(first):
        problem = Problem("no spend above 0", f"contracts_from, column {made.spend.column}")
        raise DataError(f"{source.name} cannot be loaded.", [problem])
    record = replace(_record(periods, int(first), made, source.name), later=later)
    _refuse_currencies(read, source.name)
    return _stretches(read, made, record).union(_unread(read)), record


def _periods(cells: ibis.Table, made: ContractsFrom, day: Reading, name: str) -> pd.DataFrame:
    """Return each text that names a period, with the day it means and the period's number."""
    texts = cells.select(on_=as_word(cells["on"])).distinct().execute()["on_"].dropna()
    days = [period_day(text, made.every, day.date_format) for text in texts]
    found = pd.DataFrame({"on_": texts.to_numpy(), "day": pd.to_datetime(days)}).dropna()
    if found.empty:
        example = f"such as {texts.iloc[0]!r}" if len(texts) else "only blank cells"
        hint = "State date_format if they are days, and in every how long a period is."
        expected = f"days, or periods such as {_EXAMPLES[made.every]}"
        problem = Problem("no period can be read", _where(made), expected, example, hint)
        raise DataError(f"{name} cannot be loaded.", [problem])
    number = month_number(found["day"]) // MONTHS_IN[made.every]
    return found.assign(period=number.astype("int64"))


_EXAMPLES = {"month": "2016-05 or May 2016", "quarter": "2016Q2", "year": "2016"}


def _where(made: ContractsFrom) -> str:
    return f"contracts_from, column {made.on.column}"


def _record(periods: pd.DataFrame, first: int, made: ContractsFrom, name: str) -> SpendRecord:
    months, last = MONTHS_IN[made.every], int(periods["period"].max())
    latest = periods["day"].max()
    are_days = (periods["day"].array != month_starts(periods["period"] * months).array).any()
    over = month_start((last + 1) * months)
    if are_days and latest + pd.Timedelta(days=1 + _LATE_DAYS) < over:
        last -= 1
    known = last - made.gap + 1
    if known <= first:
        problem = Problem(
            "too few whole periods to tell who left",
            _where(made),
            f"more than {made.gap + 1}: one, and the gap of {made.gap} that shows an ending",
            f"{max(last - first + 1, 0)} ({made.every}s)",
            "State a smaller gap or a shorter every, or bring a longer history.",
        )
        raise DataError(f"{name} cannot be loaded.", [problem])
    days = (month_start(period * months) for period in (first, known, last + 1))
    first_on, as_of, last_on = days
    return SpendRecord(made.every, made.gap, first_on, as_of, last_on)


def _refuse_currencies(read: ibis.Table, name: str) -> None:
    counted = read.group_by(["account_id", "product"]).agg(
        currencies=read.currency.upper().nunique()
    )
    several = counted.filter(counted.currencies > 1).order_by(["account_id", "product"])
    found = several.limit(1).execute()
    if len(found):
        row = found.iloc[0]
        problem = Problem(
            "spend of one account and product is in several currencies",
            f"contracts_from, account {row['account_id']}",
            "one currency",
            f"{row['currencies']}",
            "Give each currency a product of its own in the mapping (product: its column).",
        )
        raise DataError(f"{name} cannot be loaded.", [problem])


def _stretches(read: ibis.Table, made: ContractsFrom, record: SpendRecord) -> ibis.Table:
    months = MONTHS_IN[made.every]
    known = month_number(record.as_of) // months
    line = ["account_id", "product"]
    good = read.filter(read.form_.notnull() & read.period.notnull())
    spent = good.group_by([*line, "period"]).agg(
        spend=good.form_.sum(), currency=good.currency.min(), **{ROW: good[ROW].min()}
    )
    # Rounding must not turn a payment and its refund into spend.
    spent = spent.filter(spent.spend.round(6) > 0)
    order = ibis.window(group_by=line, order_by="period")
    spent = spent.mutate(
        before=spent.period - spent.period.lag().over(order),
        after=spent.period.lead().over(order) - spent.period,
    )
    longest = made.gap + 1
    spent = spent.mutate(
        first=spent.before.isnull() | (spent.before > longest),
        last=spent.after.isnull() | (spent.after > longest),
    )
    own = ibis.ifelse(spent.first, 1, spent.before)
    # Who comes back must be seen to have been away.
    own = ibis.ifelse(spent.after.isnull(), own, ibis.least(own, spent.after - 2))
    lasts = ibis.ifelse(spent.last, ibis.greatest(own, 1), spent.after)
    spent = spent.mutate(lasts=lasts, until=spent.period + lasts)
    gone = spent.last & (spent.until < known)
    spent = spent.mutate(gone=gone).filter(spent.period < known)
    start = first_day(spent.period * months)
    before = first_day((spent.period - spent.before) * months)
    nothing = ibis.null("string")
    name = spent.account_id + " " + spent["product"] + " "
    return spent.select(
        ROW,
        contract_id=name + start.strftime("%Y-%m"),
        account_id=spent.account_id,
        product=spent["product"],
        currency=spent.currency,
        start_on=start.strftime("%Y-%m-%d"),
        arr=spent.spend / spent.lasts * (12 / months),
        ended_on=ibis.ifelse(
            spent.gone, first_day(spent.until * months).strftime("%Y-%m-%d"), nothing
        ),
        previous_contract_id=ibis.ifelse(spent.first, nothing, name + before.strftime("%Y-%m")),
    )


def _unread(read: ibis.Table) -> ibis.Table:
    """Return the rows that cannot be read, with that in the place of a start, for the checks."""
    spend = read.text_.notnull() & read.form_.isnull()
    bad = read.filter(spend | (read.period.isnull() & read.text_.notnull()))
    nothing = ibis.null("string")
    described = ibis.ifelse(bad.form_.isnull(), "spend " + bad.text_, "period " + bad.on_)
    return bad.select(
        ROW,
        contract_id="row " + bad[ROW].cast("string"),
        account_id=bad.account_id,
        product=bad["product"],
        currency=bad.currency,
        start_on=described,
        arr=ibis.literal(0.0),
        ended_on=nothing,
        previous_contract_id=nothing,
    )
