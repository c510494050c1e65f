"""NRR, GRR and logo retention under named definitions, and what each rule changes in money."""

from __future__ import annotations

from enum import StrEnum

import pandas as pd

from workbench.core.calendar import month_number
from workbench.data.contracts.subscriptions import Subscriptions
from workbench.forecast.growth.movements import LINE, standing


class Pack(StrEnum):
    """A named set of rules for who is counted, and where gains may make up for losses.

    * ``account-level``: customers at the opening, with whatever they have at the closing,
      cross-sell included; gross retention is capped per account.
    * ``line-level``: lines (see `growth.movements.lines`) at the opening, also when they go on in
      another product; products bought later do not count; gross retention is capped per
      line, so one product's growth hides no other's loss.
    * ``eligible-for-renewal``: of those lines only the ones with a term ending in the period;
      month-to-month lines always are.
    * ``with-returning``: as account-level, but whoever has been a customer before counts in the
      net figure, back at the closing or not: what published figures of retail cohorts show. Those
      who come back were not kept, so gross and logo retention are those of account-level.
    """

    ACCOUNT_LEVEL = "account-level"
    LINE_LEVEL = "line-level"
    ELIGIBLE = "eligible-for-renewal"
    WITH_RETURNING = "with-returning"


def positions(
    line_table: pd.DataFrame, book: Subscriptions, opening_month: int, closing_month: int
) -> pd.DataFrame:
    """Set the book at two month ends side by side.

    Parameters
    ----------
    line_table : DataFrame
        From :func:`workbench.forecast.growth.movements.lines`.
    book : Subscriptions
        The same book; its terms say which lines came up for renewal.
    opening_month, closing_month : int
        Month numbers; the balances are those at the end of each.

    Returns
    -------
    DataFrame
        One row per line present at either end: ``account_id``, ``product`` (at the closing where
        it is there, else at the opening), ``line_id``, ``opening`` and ``closing`` in cents,
        ``eligible``, ``was_customer`` (its account has paid at the end of the opening month or of
        one before).
    """
    opening = standing(line_table, opening_month).rename(columns={"cents": "opening"})
    closing = standing(line_table, closing_month).rename(columns={"cents": "closing"})
    owner = pd.concat([closing, opening])[[*LINE, "account_id", "product"]].drop_duplicates(LINE)
    table = opening[[*LINE, "opening"]].merge(closing[[*LINE, "closing"]], on=LINE, how="outer")
    table[["opening", "closing"]] = table[["opening", "closing"]].fillna(0).astype("int64")
    due = _due(book, opening_month, closing_month)
    paid = line_table[(line_table["from_month"] <= opening_month) & (line_table["cents"] > 0)]
    table = owner.merge(table, on=LINE).assign(
        eligible=lambda rows: rows["line_id"].isin(due),
        was_customer=lambda rows: rows["account_id"].isin(paid["account_id"]),
    )
    columns = ["account_id", "product", *LINE, "opening", "closing", "eligible", "was_customer"]
    return table[columns].sort_values(columns[:3], ignore_index=True)


def _due(book: Subscriptions, opening_month: int, closing_month: int) -> pd.Series:
    """Return the lines with a term that ends after the opening, by the closing."""
    begun = month_number(book.terms["start_on"])
    end = month_number(book.terms["end_on"])
    due = (end > opening_month) & (end <= closing_month)
    open_then = book.terms["month_to_month"] & (begun <= opening_month)
    open_then &= end.isna() | (end > opening_month)
    terms = book.terms.loc[due.fillna(False).astype(bool) | open_then.astype(bool)]
    return book.spans.loc[book.spans["subscription_id"].isin(terms["subscription_id"]), "line_id"]


def retention(table: pd.DataFrame, pack: Pack | str) -> pd.Series:
    """Compute the retention measures of one definition.

    Parameters
    ----------
    table : DataFrame
        From :func:`positions`; filter its rows for a segment, an owner, a product. Without
        ``was_customer`` nobody is known to come back.
    pack : Pack
        Which definition.

    Returns
    -------
    Series
        ``opening``, ``net`` and ``gross`` in cents; ``counted`` and ``kept`` (accounts, or lines);
        ``nrr`` = net ÷ opening; ``grr`` = gross ÷ opening; ``logo_retention`` = kept ÷ counted
        (missing when nothing was there at the opening); ``net_new``, the change of the whole
        book, the same under every definition.

    >>> book = pd.DataFrame({"account_id": ["a", "a", "b"], "product": ["p", "q", "p"],
    ...                      "opening": [100, 0, 100], "closing": [60, 90, 0],
    ...                      "eligible": [True, True, False]})
    >>> [float(retention(book, pack)["nrr"]) for pack in Pack]
    [0.75, 0.3, 0.6, 0.75]
    """
    units = _units(table, Pack(pack))
    opening, net = units["opening"].sum(), units["closing"].sum()
    gross = units.min(axis=1).sum()
    there = units["opening"] > 0
    counted, kept = int(there.sum()), int((there & (units["closing"] > 0)).sum())
    return pd.Series(
        {
            "opening": opening,
            "net": net,
            "gross": gross,
            "counted": counted,
            "kept": kept,
            "nrr": _share(net, opening),
            "grr": _share(gross, opening),
            "logo_retention": _share(kept, counted),
            "net_new": table["closing"].sum() - table["opening"].sum(),
        },
        dtype="object",
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _units(table: pd.DataFrame, pack: Pack) -> pd.DataFrame:
    """Return opening and closing of each account or line that the definition counts."""
    if pack in (Pack.ACCOUNT_LEVEL, Pack.WITH_RETURNING):
        units = table.groupby("account_id")[["opening", "closing"]].sum()
    elif pack is Pack.LINE_LEVEL:
        units = table[["opening", "closing"]]
    else:
        units = table.loc[table["eligible"], ["opening", "closing"]]
    counted = units["opening"] > 0
    if pack is Pack.WITH_RETURNING and "was_customer" in table:
        counted |= table.groupby("account_id")["was_customer"].any()
    return units[counted]


def reconciliation(table: pd.DataFrame) -> pd.DataFrame:
    """Lead from one definition to the next, rule by rule, in money.

    Returns
    -------
    DataFrame
        ``rule``, ``opening``, ``net``, ``gross`` in cents: the figures with those who return, what
        each rule adds or takes away, and the figures of the other packs, which are the running
        sums.
    """
    returning = retention(table, Pack.WITH_RETURNING)
    account = retention(table, Pack.ACCOUNT_LEVEL)
    line = retention(table, Pack.LINE_LEVEL)
    eligible = retention(table, Pack.ELIGIBLE)
    bare = retention(table[table["opening"] > 0], Pack.ACCOUNT_LEVEL)
    steps = [
        ("customers who come back do not count", returning, account, Pack.ACCOUNT_LEVEL),
        ("products bought after the opening do not count", account, bare, None),
        ("losses are capped per line, not per account", bare, line, Pack.LINE_LEVEL),
        ("lines without a term ending in the period do not count", line, eligible, Pack.ELIGIBLE),
    ]
    money = ["opening", "net", "gross"]
    rows = [{"rule": Pack.WITH_RETURNING.value, **returning[money]}]
    for rule, before, after, pack in steps:
        rows.append({"rule": rule, **(after[money] - before[money])})
        if pack is not None:
            rows.append({"rule": pack.value, **after[money]})
    return pd.DataFrame(rows).astype(dict.fromkeys(money, "int64"))
