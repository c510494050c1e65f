"""NRR, GRR and logo retention of past years, by segment and by cohort, under every definition."""

from __future__ import annotations

import pandas as pd

from workbench.core.calendar import month_label
from workbench.data.contracts.subscriptions import Subscriptions
from workbench.features.new_business import account_segments
from workbench.forecast.growth.definitions import Pack, positions, retention
from workbench.forecast.growth.levels import EVERYTHING

YEAR = 12
MOST_YEARS = 5
COLUMNS = (
    "level", "from_month", "until_month", "definition", "accounts", "opening", "nrr", "grr",
    "logo_retention",
)  # fmt: skip


def segment_retention(
    line_table: pd.DataFrame,
    book: Subscriptions,
    accounts: pd.DataFrame,
    first_month: int,
    last_month: int,
) -> pd.DataFrame:
    """Tell what was kept in each past year, of the whole book and of each segment.

    Parameters
    ----------
    line_table : DataFrame
        From `workbench.forecast.growth.movements.lines`.
    book : Subscriptions
    accounts : DataFrame
        With account_id and, where known, segment.
    first_month : int
        The first month in which endings are on record: before it only survivors are known, and
        everybody would seem to stay.
    last_month : int
        The last complete month.

    Returns
    -------
    DataFrame
        level (``all``, then the segments), from_month and until_month (YYYY-MM: the month ends
        whose balances are compared), definition (see `workbench.forecast.growth.definitions.Pack`),
        accounts (at the opening), opening (yearly revenue), nrr, grr, logo_retention; years back
        to back until the last month, at most five, the latest first. Of who was not there at a
        year's opening nothing is told.
    """
    segments, position = account_segments(accounts)
    label = position.map(dict(enumerate(segments)))
    ends = _year_ends(line_table, book, first_month, last_month)
    one = _years(ends, None)
    return pd.concat([one, _years(ends, label)], ignore_index=True) if len(segments) > 1 else one


def cohort_retention(
    line_table: pd.DataFrame, book: Subscriptions, first_month: int, last_month: int
) -> pd.DataFrame:
    """Tell what was kept in each past year of the customers who came in one calendar year.

    Parameters
    ----------
    line_table, book, first_month, last_month
        See `segment_retention`.

    Returns
    -------
    DataFrame
        As `segment_retention`; level is the year in which an account first paid, ``before YYYY-MM``
        where that was before endings are on record: of those only who stayed is known.
    """
    paid = line_table[line_table["cents"] > 0]
    first = paid.groupby("account_id")["from_month"].min()
    label = (first // YEAR).astype("str")
    early = first < first_month
    label = label.mask(early, f"before {month_label(first_month)}")
    return _years(_year_ends(line_table, book, first_month, last_month), label)


def _year_ends(
    line_table: pd.DataFrame, book: Subscriptions, first_month: int, last_month: int
) -> dict[int, pd.DataFrame]:
    """Set the book at both ends of each past year side by side, by the year's last month."""
    closings = range(last_month, first_month - 1 + YEAR - 1, -YEAR)
    return {
        closing: positions(line_table, book, closing - YEAR, closing)
        for closing in closings[:MOST_YEARS]
    }


def _years(ends: dict[int, pd.DataFrame], label: pd.Series | None) -> pd.DataFrame:
    rows = []
    for closing, table in ends.items():
        level = EVERYTHING if label is None else table["account_id"].map(label)
        table = table.assign(level=level)
        # Who came before endings are on record stands before all years.
        early_first = sorted(table.groupby("level"), key=lambda pair: str(pair[0])[0].isdigit())
        for name, own in early_first:
            for pack in Pack:
                found = retention(own, pack)
                if found["opening"] > 0:
                    when = month_label(closing - YEAR), month_label(closing)
                    kept = found[["nrr", "grr", "logo_retention"]].astype("float64")
                    held = own[own["opening"] > 0]["account_id"].nunique()
                    worth = found["opening"] / 100
                    rows.append((str(name), *when, pack.value, held, worth, *kept))
    return pd.DataFrame(rows, columns=list(COLUMNS))
