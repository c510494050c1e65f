"""Tables and sentences of the aggregates report, made from computed tables and nothing else."""

from __future__ import annotations

import pandas as pd
from great_tables import GT

from workbench.core.aggregate_names import EXPONENTIAL
from workbench.core.aggregates import Aggregates
from workbench.report.output.tables import report_table

_NAMES = {
    "added": "customers added",
    "lost": "customers lost",
    "closing": "customers at the end",
    "revenue_per_customer": "revenue per customer",
    "revenue": "revenue",
}


def data_text(given: Aggregates) -> str:
    """Say in Markdown what the table holds and how its unknowns are treated.

    Parameters
    ----------
    given : Aggregates

    Returns
    -------
    str
    """
    word, table = given.period_word, given.table
    many = "s" if given.customers_per_unit > 1 else ""
    lines = [
        f"- {len(table)} {word}s, {table.index[0]} to {table.index[-1]}; closing is opening + "
        "added - lost in each.",
        f"- {given.opening:,.0f} customers were there before the first row; the table does not "
        f"tell their ages. They are taken to have come within {given.years_before} years "
        "(a setting of the run), in numbers that grew or shrank by a steady, unknown rate.",
        f"- One unit is {given.customers_per_unit:,} customer{many} (`customers_per_unit`): the "
        "more customers, the less chance weighs.",
        f"- {_revenue_text(given)}",
    ]
    return "\n".join([*lines, *(f"- {note}" for note in given.notes)])


def _revenue_text(given: Aggregates) -> str:
    if "revenue_per_customer" not in given.table:
        return "The table has no revenue per customer, so no revenue is forecast."
    word, months = given.period_word, given.revenue_months
    what = f"of {months} months" if months > 1 else "of a month" if months else f"of one {word}"
    doubt = "" if months or word == "month" else " Is it per month, as ARPU often is, say 1."
    return (
        f"Revenue per customer is taken to be that {what} (`revenue_months`).{doubt} Revenue is it "
        f"times the mean of customers before and after the {word}."
    )


def choice_text(scores: pd.DataFrame, distribution: str, period_word: str) -> str:
    """Say which distribution of retention the answer comes from, and why.

    Parameters
    ----------
    scores : DataFrame
        See `workbench.forecast.aggregates_tables.score_hidden_rows`; empty where nothing is hidden.
    distribution : str
        The chosen one.
    period_word : str
        What a period is.

    Returns
    -------
    str
    """
    what = {
        EXPONENTIAL: "a chance of leaving that age does not move (exponential)",
    }.get(distribution, "a chance of leaving that moves with age (Weibull)")
    lost = scores[scores["quantity"] == "lost"]
    if lost.empty:
        return f"No {period_word} was hidden: the answer comes from {what}, the wider of the two."
    by_name = lost.set_index("distribution")["crps"]
    beside = by_name.drop(distribution).iloc[0]
    hidden = int(lost["hidden"].iloc[0])
    return (
        f"The answer comes from {what}: its forecast of the losses of {hidden} hidden "
        f"{period_word}{'s' if hidden > 1 else ''} has a CRPS of {_number(by_name[distribution])}, "
        f"the other's {_number(beside)}; smaller is better."
    )


def hidden_text(scores: pd.DataFrame, period_word: str) -> str:
    """Return in a sentence how the forecast of hidden losses did.

    Parameters
    ----------
    scores : DataFrame
        Of one distribution; see `workbench.forecast.aggregates_tables.score_hidden_rows`.
    period_word : str
        What a period is.

    Returns
    -------
    str
    """
    lost = scores[scores["quantity"] == "lost"].iloc[0]
    better = "better" if lost["crps"] < lost["crps_year_ago"] else "no better"
    return (
        f"Losses of {lost['inside']} of {lost['hidden']} hidden {period_word}s are inside, "
        f"{better} than as a year ago"
    )


def hidden_table(scores: pd.DataFrame, period_word: str) -> GT:
    """Show how hidden rows were forecast.

    Parameters
    ----------
    scores : DataFrame
        Of one distribution; see `workbench.forecast.aggregates_tables.score_hidden_rows`.
    period_word : str
        What a period is.

    Returns
    -------
    GT
    """
    off = scores["forecast"] / scores["observed"] - 1
    shown = pd.DataFrame(
        {
            "quantity": scores["quantity"].map(_NAMES),
            "inside the interval": [f"{row.inside} of {row.hidden}" for row in scores.itertuples()],
            "observed": scores["observed"].map(_number),
            "forecast": scores["forecast"].map(_number),
            "off by, percent of observed": off.map("{:+z.1%}".format),
            "CRPS": scores["crps"].map(_number),
            "CRPS, as a year ago": scores["crps_year_ago"].map(_number),
        }
    )
    subtitle = (
        f"added and lost: sums over the hidden {period_word}s; the rest: the last one. CRPS: mean "
        "over all, in the quantity's unit, smaller is better"
    )
    return report_table(shown, f"Forecast of the {period_word}s that were hidden", subtitle)


def answer_text(totals: pd.DataFrame, given: Aggregates, periods: int, prob: float) -> str:
    """Return the answer in Markdown.

    Parameters
    ----------
    totals : DataFrame
        See `workbench.forecast.aggregates_tables.totals`.
    given : Aggregates
    periods : int
        Ahead.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    str
    """
    rows = {row.quantity: row for row in totals.itertuples()}
    ahead = f"{periods} {given.period_word}s"
    lines = [
        f"Of {given.table['closing'].iloc[-1]:,.0f} customers today and those still to come, "
        f"**{_range(rows['lost'])}** will be lost in {ahead}. {_range(rows['added'])} will be "
        f"added, and {_range(rows['closing'])} be there at the end."
    ]
    if "revenue" in rows:
        lines.append(f"Revenue over these {ahead} is {_range(rows['revenue'])}.")
    return " ".join([*lines, f"Intervals hold {prob:.0%}."])


def forecast_shown(band: pd.DataFrame, prob: float, period_word: str) -> GT:
    """Show the forecast by period.

    Parameters
    ----------
    band : DataFrame
        See `workbench.forecast.aggregates_tables.forecast_table`.
    prob : float
        Probability inside the intervals.
    period_word : str
        What a period is.

    Returns
    -------
    GT
    """
    cells = band.assign(shown=[_range(row) for row in band.itertuples()])
    wide = cells.pivot(index="period", columns="quantity", values="shown")
    wide = wide[[name for name in _NAMES if name in wide]].rename(columns=_NAMES).reset_index()
    wide = wide.rename(columns={"period": period_word})
    return report_table(wide, f"Forecast by {period_word}", f"mean and {prob:.0%} interval")


def age_text(kept: pd.DataFrame, chance: float, distribution: str) -> str:
    """Say how long new customers stay, and whether their chance of leaving falls with age.

    Parameters
    ----------
    kept : DataFrame
        See `workbench.forecast.aggregates_tables.retention_table`.
    chance : float
        Probability that it falls.
    distribution : str
        Of the answer.

    Returns
    -------
    str
    """
    shares = ", ".join(
        f"{row.mean:.0%} ({row.low:.0%} to {row.high:.0%}) after {row.years} "
        f"year{'s' if row.years > 1 else ''}"
        for row in kept.rename(columns=str).itertuples()
    )
    start = f"Of new customers, {shares} are expected to be there still."
    if distribution == EXPONENTIAL:
        return f"{start} Their chance of leaving is taken to be the same at any age."
    way, prob = ("falls", chance) if chance >= 0.5 else ("rises", 1 - chance)
    sure = "" if prob > 0.95 else ": the table does not settle it"
    return (
        f"{start} The chance of leaving {way} with a customer's age (probability {prob:.0%}{sure})"
        ", whether because the fickle leave first or because customers change: totals do not tell "
        "the two apart."
    )


def _range(row) -> str:
    return f"{_number(row.mean)} ({_number(row.low)} to {_number(row.high)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3g}"
