"""The answers of the reasons report as sentences, made from the tables and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.plain_text import plain
from workbench.core.reason_names import OTHER
from workbench.features.reason_data import ReasonData
from workbench.forecast.reasons.tables import ALL_REASONS
from workbench.report.amounts import money
from workbench.report.labels import spoken


def data_text(data: ReasonData, announced: np.ndarray) -> str:
    """Say on which endings the model of reasons rests, and what was pooled or left out.

    Parameters
    ----------
    data : ReasonData
    announced : ndarray of int
        One per notice: the position of its reason, -1 where none is on record.

    Returns
    -------
    str
        Markdown.
    """
    endings, unknown = len(data.endings), data.unknown
    text = (
        f"**{endings:,} endings** are on record, **{endings - unknown:,}** of them with a reason. "
    )
    if unknown:
        text += (
            f"The {unknown:,} without one ({unknown / endings:.0%}) are left out: their reasons "
            "are taken to be spread as the known ones. If unhappy customers say less, this "
            "misleads. "
        )
    if data.pooled:
        named = ", ".join(plain(name) for name in data.pooled)
        text += f"Too rare to stand alone, and pooled as *{plain(data.reasons[-1])}*: {named}. "
    if len(announced):
        text += (
            f"Notice was given for {len(announced):,} subscriptions that still run, for "
            f"{(announced >= 0).sum():,} with a reason: what is on record is known, not forecast, "
            "and no lever is taken to save them. "
        )
    return text + (
        "A reason is what somebody wrote down when the customer left: the last straw, perhaps not "
        "the cause."
    )


def reasons_text(
    incidence: pd.DataFrame, bounds: pd.DataFrame, worth: float, prob: float, currency: str
) -> str:
    """Answer in two paragraphs: what is lost for which reason, and what could be saved at most.

    Parameters
    ----------
    incidence : DataFrame
        From `workbench.forecast.reasons.tables.incidence_table`.
    bounds : DataFrame
        From `workbench.forecast.reasons.tables.bound_table`.
    worth : float
        Yearly revenue at the as-of date.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    str
        Markdown.
    """
    total = incidence[incidence["reason"] == ALL_REASONS].iloc[-1]
    months = int(total["horizon_months"])
    shares = ", ".join(
        f"{row['share']:.0%} for {plain(spoken(row['reason']))}"
        for _, row in bounds.head(3).iterrows()
    )
    first = first_named(bounds)
    return (
        f"Within {months} months leaving is expected to take "
        f"**{money(total['arr'], currency)}** of {money(worth, currency)} "
        f"({money(total['arr_low'], currency)} to {money(total['arr_high'], currency)}), "
        f"{total['accounts']:.0f} accounts altogether: {shares}. Intervals hold {prob:.0%}.\n\n"
        f"**What leaves for {plain(spoken(first['reason']))} is all that a lever against it could "
        f"save: {money(first['arr'], currency)} expected**, {money(first['arr_low'], currency)} to "
        f"{money(first['arr_high'], currency)} as it may come. Were the "
        f"reason gone and the others not, {money(first['kept'], currency)} of it "
        f"({money(first['kept_low'], currency)} to {money(first['kept_high'], currency)}) would "
        f"still be there after {months} months; the rest leaves for another reason meanwhile."
    )


def first_named(bounds: pd.DataFrame) -> pd.Series:
    """Return the reason that costs most; no lever can be against the pooled ones.

    Parameters
    ----------
    bounds : DataFrame
        From `workbench.forecast.reasons.tables.bound_table`: most revenue first.
    """
    return bounds.loc[(bounds["reason"] != OTHER).idxmax()]


def assumption_text() -> str:
    """Say on what the kept revenue rests and why no data can test it."""
    return (
        "What would be kept *were a reason gone* takes the reasons as independent of each other, "
        "given all that the model knows of the customer. **No data can test that**: who left for "
        "one reason never showed for what else he might have left. If the same customers are prone "
        "to several reasons, less is kept. The bound (what leaves for the reason) does not need "
        "the assumption. Both end at the horizon, and count revenue as it is today."
    )
