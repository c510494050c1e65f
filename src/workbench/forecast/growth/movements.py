"""Movements from history: how the book got from one month's end to the next, to the cent.

Money is whole cents here, so every sum is exact: each step's yearly revenue is rounded to the cent
once, and a movement is the difference of two such numbers. Only changes are stored, never a row
per month, so a book of a million contracts stays small.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number
from workbench.core.errors import DataError, Problem
from workbench.core.revenue_names import PLAN_CHANGES
from workbench.data.contracts.currency import HOW_TO_CONVERT
from workbench.data.contracts.subscriptions import Subscriptions

KINDS = ("new", "expansion", "price", "contraction", "churn", "reactivation")
OPEN = 1_000_000  # a month number after every month: the line still runs
_SAME_QUANTITY = 0.005  # terms are rounded to whole months, so rates agree only nearly


LINE = ["line_id"]
_WORDS = ["entitlement", "per_month", "change"]


def last_known_month(as_of: pd.Timestamp) -> int:
    """Return the number of the month that holds the day before the as-of date.

    From the first of a month it is the month before, which is over. Within a month it is that
    month, of which only the days until the as-of date are known.

    Parameters
    ----------
    as_of : Timestamp
        Nothing known on or after it is used.

    Examples
    --------
    >>> last_known_month(pd.Timestamp("2026-01-01")), last_known_month(pd.Timestamp("2026-01-15"))
    (24311, 24312)
    """
    return month_number(pd.Timestamp(as_of) - pd.Timedelta(days=1))


def lines(book: Subscriptions, last_month: int) -> pd.DataFrame:
    """Say what each line is worth at the end of which months.

    A line is a subscription, whatever products it goes through; one that ended and came back to
    the same account and product continues its line.

    Parameters
    ----------
    book : Subscriptions
        In one currency: give ``subscriptions`` a rate table when the contracts are in several.
    last_month : int
        Month number of the last month to look at, at most :func:`last_known_month` of the book's
        as-of date. Where the as-of date lies within it, "the end" is that date.

    Returns
    -------
    DataFrame
        ``account_id``, ``product``, ``line_id``, ``from_month`` and ``until_month`` (exclusive;
        ``OPEN`` while it runs), ``cents``, ``entitlement``, ``per_month`` (entitlement per month),
        ``change``, ``split_from`` and ``merged_into`` (the line of which it was a part, or in
        which it went on; '' for none); in order of line and month, without steps that no month's
        end saw.

    Raises
    ------
    DataError
        When subscriptions are in several currencies: their sum would mean nothing.
    """
    currencies = sorted(set(book.spans["currency"]) - {""})
    if len(currencies) > 1:
        problem = Problem(
            "several currencies",
            "contracts.currency",
            "one",
            ", ".join(currencies),
            HOW_TO_CONVERT,
        )
        raise DataError("Revenue cannot be added up.", [problem])
    steps = book.steps
    begun = month_number(steps["from_on"]).astype("int64")
    until = month_number(steps["until_on"]).fillna(OPEN).astype("int64")
    # Within the as-of date's month, what is signed for a later day has not begun.
    known = (begun <= last_month) & (steps["from_on"] < book.as_of)
    follows = steps["until_on"] < book.as_of
    table = steps[["account_id", "product", "entitlement", "change"]].assign(
        **_line_names(book),
        from_month=begun,
        until_month=until.where((until <= last_month) & follows, OPEN),
        cents=np.rint(steps["arr"].to_numpy() * 100).astype("int64"),
        per_month=steps["entitlement"] / steps["contract_months"],
    )
    table = table[known & (table["from_month"] < table["until_month"])]
    return table.sort_values([*LINE, "from_month"], ignore_index=True)


def _line_names(book: Subscriptions) -> dict[str, np.ndarray]:
    """Return for each step its line, and which line it began from or went on in."""
    spans = book.spans.set_index("subscription_id")
    whose = book.steps["subscription_id"]
    line = spans["line_id"]
    found = {"line_id": whose.map(line).to_numpy()}
    ends = {"split_from": ~whose.duplicated(), "merged_into": ~whose.duplicated(keep="last")}
    for name, edge in ends.items():
        other = whose.map(spans[name]).map(line)
        found[name] = other.where(edge).fillna("").to_numpy()
    return found


def standing(line_table: pd.DataFrame, month: int) -> pd.DataFrame:
    """Return the cents of every line in the book at the end of a month.

    Parameters
    ----------
    line_table : DataFrame
        From `lines`.
    month : int
        Month number.
    """
    there = (line_table["from_month"] <= month) & (line_table["until_month"] > month)
    columns = ["account_id", "product", *LINE, "cents"]
    return line_table.loc[there, columns].reset_index(drop=True)


def movements(line_table: pd.DataFrame) -> pd.DataFrame:
    """Name every change of the book.

    The kinds, for one line whose worth at two month ends goes from p to c:

    * p = 0: **reactivation** when the line had been there before, or the account was a customer
      before and is none now; **expansion** (cross-sell) when the account already has another
      product; else **new**.
    * c = 0: **churn**, of the ``account`` or of the ``product`` only.
    * both above 0: **price** when the quantity (entitlement per month) stays the same; else
      **expansion** or **contraction**. Without a stated quantity nothing is called price.
    * both above 0, for another product: a change of product, the old one's revenue a
      **contraction**, the new one's an **expansion**, with the detail ``upgrade``, ``downgrade`` or
      ``sideways`` by the line's worth; neither churn nor cross-sell. So are what a line took up
      when another one merged into it, and what split from it.

    Parameters
    ----------
    line_table : DataFrame
        As :func:`lines` returns it.

    Returns
    -------
    DataFrame
        ``account_id``, ``product``, ``line_id``, ``month`` (number), ``kind``, ``detail``,
        ``cents`` (signed), ``of_line`` (the line to whose change of product it belongs, else its
        own).
    """
    changes = _changes(line_table)
    before, after = _account_balances(changes)
    kind, detail = _resized(changes)
    starts = ((changes["previous"] == 0) & (changes["current"] > 0)).to_numpy()
    ends = ((changes["previous"] > 0) & (changes["current"] == 0)).to_numpy()
    was_account = changes.groupby("account_id")["month"].transform("min").lt(changes["month"])
    was_line = changes.duplicated(LINE).to_numpy()
    swaps = changes["swaps"].to_numpy(bool)
    direction = _direction(changes)
    stays = before > 0
    cases = [
        (starts & swaps, "expansion", direction),
        (starts & was_line & stays, "reactivation", "product"),
        (starts & stays, "expansion", "cross_sell"),
        (starts & was_account.to_numpy(), "reactivation", "account"),
        (starts, "new", "account"),
        (ends & swaps, "contraction", direction),
        (ends & (after > 0), "churn", "product"),
        (ends, "churn", "account"),
    ]
    where = [case for case, _, _ in cases]
    named = changes[["account_id", "product", *LINE, "month"]].assign(
        kind=pd.Series(np.select(where, [kind for _, kind, _ in cases], kind), dtype="str"),
        detail=pd.Series(np.select(where, [text for _, _, text in cases], detail), dtype="str"),
        cents=changes["current"] - changes["previous"],
        of_line=changes["of_line"],
    )
    order = ["month", "account_id", "product", *LINE]
    return named.sort_values(order, ignore_index=True)


def _changes(line_table: pd.DataFrame) -> pd.DataFrame:
    """Return every month in which a line is worth something else than before, product by product.

    A change of product is two of them: the old one's end and the new one's beginning.
    """
    line = line_table.groupby(LINE).ngroup().to_numpy()
    product = pd.factorize(line_table["product"])[0]
    begun, until = line_table["from_month"].to_numpy(), line_table["until_month"].to_numpy()
    cents = line_table["cents"].to_numpy()
    size = len(line)
    meets = np.append(False, (line[1:] == line[:-1]) & (begun[1:] == until[:-1]))[:size]
    other = meets & np.append(False, product[1:] != product[:-1])[:size]
    # What was free is not changed for another product, it begins; and the other way round.
    paid = np.append(False, (cents[1:] > 0) & (cents[:-1] > 0))[:size]
    split, merged = (line_table[name].to_numpy() for name in ("split_from", "merged_into"))
    own, joined = line_table["line_id"].to_numpy(), meets & ~other
    followed = np.append(joined[1:], False)[:size]
    columns = ["account_id", "product", *LINE, *_WORDS]
    begins = line_table[columns].assign(
        month=begun,
        previous=np.where(joined, np.append(0, cents[:-1])[:size], 0),
        current=cents,
        entitlement_before=line_table["entitlement"].shift(),
        per_month_before=line_table["per_month"].shift(),
        swaps=(other & paid) | (split != ""),
        of_line=np.where(split != "", split, own),
    )
    stops = ~followed & (until < OPEN)
    gone = line_table.loc[stops, columns].assign(
        month=until[stops],
        previous=cents[stops],
        current=0,
        swaps=(np.append((other & paid)[1:], False)[:size] | (merged != ""))[stops],
        of_line=np.where(merged != "", merged, own)[stops],
    )
    both = pd.concat([begins, gone], ignore_index=True)
    both = both[both["previous"] != both["current"]]
    # Of a change of product the end comes first.
    both = both.assign(last=both["current"] > 0)
    return both.sort_values([*LINE, "month", "last"], ignore_index=True)


def _account_balances(changes: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return what each change's whole account was worth at the month ends before and after it."""
    delta = changes["current"] - changes["previous"]
    monthly = delta.groupby([changes["account_id"], changes["month"]]).sum()
    balance = monthly.groupby(level=0).cumsum()
    at = pd.MultiIndex.from_frame(changes[["account_id", "month"]])
    position = balance.index.get_indexer(at)
    after = balance.to_numpy()[position]
    return after - monthly.to_numpy()[position], after


def _resized(changes: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Name the changes of a product that was there before and still is."""
    now, then = changes["per_month"], changes["per_month_before"]
    same = (now - then).abs() <= _SAME_QUANTITY * then.abs()
    mid_term = changes["change"] == "amendment"
    same |= mid_term & (changes["entitlement"] == changes["entitlement_before"])
    grows = (changes["current"] > changes["previous"]).to_numpy()
    unstated = (now.isna() | then.isna()).to_numpy()
    kind = np.where(same, "price", np.where(grows, "expansion", "contraction"))
    sized = np.select([mid_term.to_numpy(), unstated], ["amendment", "unstated"], "quantity")
    return kind, np.where(same, np.where(grows, "increase", "decrease"), sized)


def _direction(changes: pd.DataFrame) -> np.ndarray:
    """Say of each change of product whether the line is worth more, less or the same after it."""
    delta = changes["current"] - changes["previous"]
    net = delta.groupby([changes["of_line"], changes["month"]]).transform("sum").to_numpy()
    return np.select([net > 0, net < 0], PLAN_CHANGES[:2], PLAN_CHANGES[2])


def bridge(
    moved: pd.DataFrame, first_month: int, last_month: int, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Add up movements by month: opening + movements = closing, exactly.

    Parameters
    ----------
    moved : DataFrame
        All movements since the book was empty, with any further columns to group by.
    first_month, last_month : int
        Month numbers, both included.
    by : sequence of str
        Columns of ``moved``.

    Returns
    -------
    DataFrame
        One row per group and month, without months missing: ``by``, ``month``, ``opening``, each
        of ``KINDS``, ``closing``; in cents.
    """
    keys = list(by)
    known = moved[moved["month"] <= last_month]
    group = np.zeros(len(known), dtype="int64")
    if keys:
        group = known.groupby(keys, dropna=False, observed=True).ngroup().to_numpy()
    of_group = known[keys].iloc[np.unique(group, return_index=True)[1]]
    count, months = len(of_group) if keys else 1, last_month - first_month + 1
    month, cents = known["month"].to_numpy() - first_month, known["cents"].to_numpy()
    kind = pd.Index(KINDS).get_indexer(pd.Index(known["kind"]))
    flows = np.zeros((count, months, len(KINDS)), dtype="int64")
    begun = np.zeros(count, dtype="int64")
    inside = month >= 0
    np.add.at(flows, (group[inside], month[inside], kind[inside]), cents[inside])
    np.add.at(begun, group[~inside], cents[~inside])
    change = flows.sum(axis=2)
    closing = begun[:, None] + change.cumsum(axis=1)
    table = of_group.loc[of_group.index.repeat(months)].reset_index(drop=True)
    return table.reindex(range(count * months)).assign(
        month=np.tile(np.arange(first_month, last_month + 1), count),
        opening=(closing - change).ravel(),
        **{name: flows[:, :, at].ravel() for at, name in enumerate(KINDS)},
        closing=closing.ravel(),
    )
