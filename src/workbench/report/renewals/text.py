"""The answers of the renewals report as sentences, made from the tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.report.style import money


def currency_of(contracts: pd.DataFrame) -> str:
    """Return the book's currency, or nothing where contracts name none or several."""
    named = [code for code in contracts["currency"].dropna().unique() if code]
    return str(named[0]) if len(named) == 1 else ""


def renewal_text(
    book: pd.DataFrame, start: dict[str, float], due: pd.DataFrame, prob: float, currency: str
) -> str:
    """Answer in a paragraph: who stays, what falls due, what is at risk.

    Parameters
    ----------
    book : DataFrame
        From `workbench.forecast.leaving.renewals.book_table`.
    start : dict
        `accounts` and `arr` at the as-of date.
    due : DataFrame
        From `workbench.forecast.leaving.renewals.renewals_due`.
    prob : float
    currency : str

    Returns
    -------
    str
        Markdown.
    """
    year = book[book["horizon_months"] <= 12].iloc[-1]
    months = int(year["horizon_months"])
    lost = start["arr"] - year[["arr_high", "arr", "arr_low"]]
    text = (
        f"Of **{start['accounts']:.0f} accounts** worth {money(start['arr'], currency)} a year, "
        f"**{year['accounts']:.0f}** ({year['accounts_low']:.0f} to {year['accounts_high']:.0f}) "
        f"are expected to be customers still in {months} months. Leaving takes "
        f"**{money(lost['arr'], currency)}** of annual revenue "
        f"({money(lost['arr_high'], currency)} to {money(lost['arr_low'], currency)}). "
        f"Intervals hold {prob:.0%}."
    )
    if due.empty:
        return text + " No renewal falls due in the months listed."
    top = due.head(10)
    share = top["at_risk"].sum() / max(due["at_risk"].sum(), 1e-9)
    return text + (
        f"\n\n**{len(due)} renewals** worth {money(due['arr'].sum(), currency)} fall due; "
        f"{money(due['at_risk'].sum(), currency)} of that is expected to be lost, "
        f"{share:.0%} of it in the {len(top)} renewals with most at stake."
    )


def data_text(
    as_of: pd.Timestamp, rows: pd.DataFrame, snapshot: bool, covariates: int, lost: int
) -> str:
    """Say on what the model was fitted and what that means for its numbers.

    Parameters
    ----------
    as_of : Timestamp
    rows : DataFrame
        At-risk rows.
    snapshot : bool
        Every ending falls into one month.
    covariates : int
        Signals and attributes used.
    lost : int
        Rows of the source that were quarantined.

    Returns
    -------
    str
        Markdown.
    """
    seen = rows[rows["observed"]]
    text = (
        f"As of **{as_of.date().isoformat()}**: {seen['subscription_id'].nunique():,} "
        f"subscriptions, {len(seen):,} months at risk, {int(seen['event'].sum()):,} endings, "
        f"{covariates} signals "
        f"and attributes; {lost:,} rows of the source are in quarantine."
    )
    if snapshot:
        text += (
            "\n\n**This is a snapshot:** every ending on record falls into one month. Read as if "
            "everyone had been followed from the start, the order of risk is usable, but the "
            "*level* of survival is not real."
        )
    return text
