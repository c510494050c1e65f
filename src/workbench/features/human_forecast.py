"""What people forecast: an account manager's chance of renewal, as it stood at a date.

It is a rival of the model, not one of its signals: by default the model does not read it, so the
two can be compared.
"""

from __future__ import annotations

import pandas as pd

from workbench.data.book import Book

METRIC = "renewal forecast"
PERCENT = 100.0
STALE_MONTHS = 12


def human_forecast(book: Book, as_of: pd.Timestamp) -> pd.Series:
    """Return the latest forecast of each account, no older than a year.

    Parameters
    ----------
    book : Book
        Its table `metrics` holds the forecasts under the name "renewal forecast", in percent.
    as_of : Timestamp
        A month's forecast is known when the month is over.

    Returns
    -------
    Series of float
        Probability, 0 to 1, by account_id; empty where nobody forecast.
    """
    if "metrics" not in book.tables:
        return pd.Series(dtype=float)
    metrics = book.frame("metrics")
    over = metrics["month"] + pd.offsets.MonthBegin(1) <= as_of
    fresh = metrics["month"] >= as_of - pd.DateOffset(months=STALE_MONTHS)
    own = metrics[(metrics["metric"] == METRIC) & over & fresh].sort_values("month")
    latest = own.drop_duplicates("account_id", keep="last").set_index("account_id")["value"]
    return (latest / PERCENT).clip(0.0, 1.0)
