"""The answers of the growth reports as sentences, made from the tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.core.plain_text import plain
from workbench.report.amounts import money


def growth_text(
    book: pd.DataFrame,
    parts: pd.DataFrame,
    retention: pd.DataFrame,
    naive: pd.DataFrame,
    prob: float,
    currency: str,
) -> str:
    """Answer in two paragraphs: where revenue goes, what moves it, how the naive forecast differs.

    Parameters
    ----------
    book : DataFrame
        From `workbench.forecast.growth.bridge.bridge_table`, of the whole book.
    parts : DataFrame
        From `forecast.growth.bridge.total_bridge`, over the same twelve months or fewer.
    retention : DataFrame
        From `workbench.forecast.growth.bridge.retention_table`, of one definition.
    naive : DataFrame
        From `workbench.forecast.growth.naive.naive_forecast`; empty where the past tells no rates.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    str
        Markdown.
    """
    year = book[book["horizon_months"] <= 12].iloc[-1]
    months = int(year["horizon_months"])
    at = retention[retention["horizon_months"] == months].iloc[0]
    part = parts.set_index("part")["mean"]
    opening = part["opening"]
    gained = part[["new", "reactivation", "expansion", "price"]].sum()
    lost = -part[["contraction", "churn"]].sum()
    text = (
        f"From {money(opening, currency)} today, annual revenue is expected to be "
        f"**{money(year['closing'], currency)}** in {months} months "
        f"({money(year['closing_low'], currency)} to {money(year['closing_high'], currency)}): "
        f"{money(gained, currency)} come from new customers, growth and prices, "
        f"{money(lost, currency)} are lost by contraction and churn. "
        f"Of every 100 of today's revenue, **{100 * at['nrr']:.0f}** are left with growth counted "
        f"(NRR, {100 * at['nrr_low']:.0f} to {100 * at['nrr_high']:.0f}) and "
        f"**{100 * at['grr']:.0f}** without (GRR, {100 * at['grr_low']:.0f} to "
        f"{100 * at['grr_high']:.0f}). Intervals hold {prob:.0%}.\n\n"
        f"Leaving takes {money(-part['churn'], currency)} of it, counted at what customers would "
        "pay by then, growth and prices included, and with new customers who leave again. The "
        "reports on who stays and on reasons count today's revenue alone."
    )
    if naive.empty:
        return text
    plain = naive[naive["horizon_months"] == months]["closing"].iloc[0]
    inside = year["closing_low"] <= plain <= year["closing_high"]
    gap = plain - year["closing"]
    return text + (
        f"\n\nThe naive forecast, the rates of the last years carried on, says "
        f"{money(plain, currency)}: {money(abs(gap), currency)} {'more' if gap > 0 else 'less'}, "
        f"{'inside' if inside else '**outside**'} the interval."
    )


def scenario_text(usual: pd.DataFrame, other: pd.DataFrame, assumed: str, currency: str) -> str:
    """Say what a scenario of the world does to the closing of the bridge.

    Parameters
    ----------
    usual, other : DataFrame
        From `forecast.growth.bridge.total_bridge`, over the same months and random numbers.
    assumed : str
        The scenario's assumptions.
    currency : str
        Code shown with amounts; may be empty.
    """
    change = other.set_index("part")["mean"] - usual.set_index("part")["mean"]
    moved = change.drop(["opening", "closing"])
    largest = moved.abs().idxmax()
    if not moved[largest]:
        return (
            "No scenario was asked for. A run may be given one: a shock to some customers or to "
            "all, a rise in price, more or less new business."
        )
    return (
        f"**Assumed:** {plain(assumed)}. Revenue then ends "
        f"{money(abs(change['closing']), currency)} "
        f"{'higher' if change['closing'] > 0 else 'lower'} than without, most of it by "
        f"{largest} ({'+' if moved[largest] > 0 else '−'}{money(abs(moved[largest]), currency)}). "
        "The assumption is the reader's; only its consequences are computed."
    )


def scenario_table(usual: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Set the bridge without and with a scenario side by side.

    Parameters
    ----------
    usual, other : DataFrame
        From `forecast.growth.bridge.total_bridge`, over the same months and random numbers.

    Returns
    -------
    DataFrame
        part, as it is, assumed, difference: means.
    """
    table = usual[["part", "mean"]].rename(columns={"mean": "as it is"})
    table["assumed"] = other["mean"].to_numpy()
    return table.assign(difference=table["assumed"] - table["as it is"])


def retention_table(kept: pd.DataFrame, months: int) -> pd.DataFrame:
    """Tell retention under every definition, each with its interval in one cell.

    Parameters
    ----------
    kept : DataFrame
        From `workbench.forecast.growth.bridge.retention_table`, of the whole book.
    months : int
        After so many months.
    """
    at = kept[kept["horizon_months"] == months]
    columns = {"definition": at["definition"].to_numpy()}
    for name, title in (("nrr", "NRR"), ("grr", "GRR"), ("logo_retention", "logo retention")):
        ends = zip(at[name], at[f"{name}_low"], at[f"{name}_high"], strict=True)
        columns[title] = [f"{mean:.1%} ({low:.1%} to {high:.1%})" for mean, low, high in ends]
    return pd.DataFrame(columns)


def calendar_text(due: pd.DataFrame, became: pd.DataFrame, prob: float, currency: str) -> str:
    """Say what falls due, what is expected of it, and what became of earlier renewals.

    Parameters
    ----------
    due : DataFrame
        From `workbench.forecast.growth.renewal_calendar.renewal_calendar`.
    became : DataFrame
        From `workbench.forecast.revenue.drivers.outcome_table`.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.
    """
    total = due["arr"].sum()
    if not total:
        return "No fixed term ends in the months listed."
    worst = due.loc[(due["arr"] - due["expected"]).idxmax()]
    text = (
        f"**{int(due['renewals'].sum())} renewals** worth {money(total, currency)} fall due in "
        f"{len(due)} months; {money(due['expected'].sum(), currency)} are expected after them, "
        f"leaving counted as nothing. The most is at stake in {worst['month']}: "
        f"{money(worst['arr'], currency)} falls due, {money(worst['low'], currency)} to "
        f"{money(worst['high'], currency)} ({prob:.0%}) are left."
    )
    if became.empty:
        return text
    grown = became.set_index("outcome")["share"].reindex(["expansion", "contraction"]).fillna(0)
    return text + (
        f" Of {int(became['renewals'].sum())} renewals won so far, {grown['expansion']:.0%} grew "
        f"and {grown['contraction']:.0%} shrank in quantity."
    )
