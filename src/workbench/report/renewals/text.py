"""The answers of the renewals report as sentences, made from the tables and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.core.names import FEW_ENDINGS
from workbench.core.plain_text import plain
from workbench.data.leaks import Leak
from workbench.data.source.shape.spend import SpendRecord
from workbench.features.covariates import MOST_UNASKED
from workbench.features.hazard_data import HazardData
from workbench.report.amounts import money

_SNAPSHOT = (
    "**This is a snapshot:** every ending on record falls into one month. Read as if everyone had "
    "been followed from the start, the order of risk is usable, but the *level* of survival is not "
    "real."
)


def currency_of(contracts: pd.DataFrame) -> str:
    """Return the book's currency, or nothing where contracts name none or several.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts, with their currency.
    """
    named = [code for code in contracts["currency"].dropna().unique() if code]
    return plain(named[0]) if len(named) == 1 else ""


def renewal_text(
    book: pd.DataFrame,
    start: dict[str, float],
    due: pd.DataFrame,
    prob: float,
    currency: str,
    *,
    terms: bool = True,
) -> str:
    """Answer in a paragraph: who stays, what falls due, what is at risk.

    Parameters
    ----------
    book : DataFrame
        From `workbench.forecast.leaving.renewals.book_table`.
    start : dict
        `accounts` and `arr` at the as-of date.
    due : DataFrame
        From `workbench.forecast.leaving.due.renewals_due`.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.
    terms : bool
        Whether contracts have terms; of spend there is no renewal to speak of.

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
    if not terms:
        return text
    if due.empty:
        return text + " No renewal falls due in the months listed."
    top = due.head(10)
    share = top["at_risk"].sum() / max(due["at_risk"].sum(), 1e-9)
    return text + (
        f"\n\n**{len(due)} renewals** worth {money(due['arr'].sum(), currency)} fall due; "
        f"{money(due['at_risk'].sum(), currency)} of that is expected to be lost, "
        f"{share:.0%} of it in the {len(top)} renewals with most at stake."
    )


def data_text(data: HazardData, lost: int, grave_losses: Sequence[str] = ()) -> str:
    """Say on what the model was fitted and what that means for its numbers.

    Parameters
    ----------
    data : HazardData
    lost : int
        Rows of the source that were quarantined.
    grave_losses : sequence of str
        Sentences on cells that were lost and without which a row means something else.

    Returns
    -------
    str
        Markdown.
    """
    seen = data.rows[data.rows["observed"]]
    text = (
        f"As of **{data.as_of.date().isoformat()}**: {seen['subscription_id'].nunique():,} "
        f"subscriptions, {len(seen):,} months at risk, {data.endings:,} endings, "
        f"{len(data.signals) + len(data.attributes)} signals "
        f"and attributes; {lost:,} rows of the source are in quarantine."
    )
    if grave_losses:
        text += f"\n\n**Beware:** {' '.join(grave_losses)}"
    if data.is_snapshot:
        text += f"\n\n{_SNAPSHOT}"
    return text + left_out_text(data)


def caution_text(data: HazardData) -> str:
    """Say before an answer why it is not this book's, or not its level; empty where it is.

    Parameters
    ----------
    data : HazardData

    Returns
    -------
    str
        Markdown.
    """
    return (prior_text(data.endings) or (_SNAPSHOT if data.is_snapshot else "")).strip()


def spend_text(spend: SpendRecord | None) -> str:
    """Say what it means that contracts were made out of spend; empty where they were not.

    Parameters
    ----------
    spend : SpendRecord or None
        How contracts were made; None where they were not made out of spend.

    Returns
    -------
    str
        Markdown, to follow a paragraph.
    """
    return f"\n\n**Spend, not contracts:** {spend.text}" if spend else ""


def due_text(*, terms: bool) -> str:
    """Head the part on renewals due, or say that there is none to come.

    Parameters
    ----------
    terms : bool
        Whether contracts have terms; made out of spend, they have none.

    Returns
    -------
    str
        Markdown: a heading of the second level and a paragraph.
    """
    if not terms:
        return (
            "## No dates to watch\n\nNobody signed a term, so any month may be a customer's last. "
            "The table `accounts` has each one's chance, month by month."
        )
    return (
        "## Renewals due\n\nThe chance that the subscription still runs after the month in which "
        "its term ends, and the revenue that is expected to be lost: revenue times the chance of "
        "leaving. A renewal that is signed is not at risk and not listed; it stands in the table "
        "`committed`."
    )


def left_out_text(data: HazardData) -> str:
    """Say which columns were left out of the models and why; empty without any.

    Parameters
    ----------
    data : HazardData
        What the models are fitted to.

    Returns
    -------
    str
        Markdown, to follow a paragraph.
    """
    return leak_text(data.leaks) + crowd_text(data.crowded)


def crowd_text(crowded: tuple[str, ...]) -> str:
    """Say that attributes were left out because they are too many; empty without any.

    Parameters
    ----------
    crowded : tuple of str
        Their names.
    """
    if not crowded:
        return ""
    return (
        f"\n\n**Left out, because they are too many: {len(crowded):,} attributes of `accounts`,** "
        f"from {plain(crowded[0])} to {plain(crowded[-1])}. They would fill more than "
        f"{MOST_UNASKED} columns of the model; among so many some go with leaving by chance, and "
        "would look like reasons. Name those that you have a reason to believe in in `covariates`."
    )


def leak_text(leaks: tuple[Leak, ...]) -> str:
    """Name the columns that were left out because they tell the outcome; empty without any.

    Parameters
    ----------
    leaks : tuple of Leak
        Columns, each with what gave it away.

    Returns
    -------
    str
        Markdown, to follow a paragraph.
    """
    if not leaks:
        return ""
    listed = "".join(f"\n- {plain(f'{leak.name}: {leak.evidence}')}" for leak in leaks)
    return (
        f"\n\n**Left out, because it tells who left:**\n{listed}\n\n`accounts` has today's values "
        "only; these look set at the ending, or made from it. Whoever knows better names them in "
        "`covariates` or `groups`."
    )


def prior_text(endings: int) -> str:
    """Say before an answer how far it is the prior's, where few endings were seen or none.

    Parameters
    ----------
    endings : int, 0 or more
        How many are on record.
    """
    if endings >= FEW_ENDINGS:
        return ""
    if endings:
        return (
            f"**Only {endings:,} ending{'s' * (endings > 1)} on record:** how many leave is known "
            "within the interval; who leaves is mostly what was believed before. "
        )
    return (
        "**No ending is on record, so what follows of leaving is not this book's answer:** it is "
        "what was believed before any data, of no customer in particular. "
    )
