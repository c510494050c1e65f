"""The net growth report in a sentence and five numbers, made from its tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.report.amounts import money
from workbench.report.output.answer import Answer, Headline, with_ends


def growth_answer(
    parts: pd.DataFrame,
    retention: pd.DataFrame,
    months: int,
    prob: float,
    currency: str,
    before: float | None = None,
) -> Answer:
    """Answer what revenue becomes, and what is left of today's customers.

    Parameters
    ----------
    parts : DataFrame
        From `forecast.growth.bridge.total_bridge`, over so many months.
    retention : DataFrame
        From `workbench.forecast.growth.bridge.retention_table`, of one definition.
    months : int
        Until when.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.
    before : float, optional
        Net retention in the year before, by the same definition.

    Returns
    -------
    Answer
    """
    row = parts.set_index("part")
    at = retention[retention["horizon_months"] == months].iloc[0]
    opening = row.loc["opening", "mean"]
    change = row.loc["closing", "mean"] / opening - 1
    gained = row.loc[["new", "reactivation", "expansion", "price"], "mean"].sum()
    lost = -row.loc[["contraction", "churn"], "mean"].sum()
    sentence = (
        f"**Revenue is expected to {'grow' if change >= 0 else 'shrink'} by {abs(change):.1%} in "
        f"{months} months**, from {money(opening, currency)} to "
        f"{money(row.loc['closing', 'mean'], currency)} a year: {money(gained, currency)} come in, "
        f"{money(lost, currency)} are lost. Today's customers keep {at['nrr']:.0%} of their "
        f"revenue{'' if before is None else f', after {before:.0%} in the past year'}."
    )
    new, closing, (gone, most, least) = (_part(row, name) for name in ("new", "closing", "churn"))
    numbers = (
        Headline(f"closing_{months}m", f"revenue in {months} months", *closing, "money", currency),
        Headline(f"nrr_{months}m", "NRR: kept, with growth", *with_ends(at, "nrr"), "share"),
        Headline(f"grr_{months}m", "GRR: kept, without growth", *with_ends(at, "grr"), "share"),
        Headline(f"new_{months}m", "from new customers", *new, "money", currency),
        Headline(
            f"churn_{months}m",
            "lost by leaving, with what grew or came by then",
            -gone,
            -least,
            -most,
            "money",
            currency,
        ),
    )
    return Answer(sentence, numbers, prob)


def _part(parts: pd.DataFrame, name: str) -> tuple[float, float, float]:
    mean, low, high = parts.loc[name, ["mean", "low", "high"]]
    return float(mean), float(low), float(high)
