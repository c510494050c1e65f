"""The renewals report in a sentence and five numbers, made from its tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.report.amounts import money
from workbench.report.output.answer import Answer, Headline, with_ends


def renewals_answer(
    book: pd.DataFrame,
    start: dict[str, float],
    due: pd.DataFrame,
    lost: tuple[float, float, float],
    prob: float,
    currency: str,
) -> Answer:
    """Answer who stays, what falls due and what is at risk.

    Parameters
    ----------
    book : DataFrame
        From `workbench.forecast.leaving.renewals.book_table`.
    start : dict
        `accounts` and `arr` at the as-of date.
    due : DataFrame
        From `workbench.forecast.leaving.due.renewals_due`; empty where nothing has a term.
    lost : tuple of float
        Revenue expected to be lost by these, low, high.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Answer
    """
    year = book[book["horizon_months"] <= 12].iloc[-1]
    months = int(year["horizon_months"])
    stay, low, high = (count / start["accounts"] for count in with_ends(year, "accounts"))
    kept, least, most = with_ends(year, "arr")
    leaving = (start["arr"] - kept, start["arr"] - most, start["arr"] - least)
    sentence = (
        f"**{stay:.0%} of {start['accounts']:,.0f} customers are expected to stay for the next "
        f"{months} months**; those who leave take {money(leaving[0], currency)} of "
        f"{money(start['arr'], currency)} a year with them."
    )
    numbers = [
        Headline(
            f"stay_{months}m", f"customers still there in {months} months", stay, low, high, "share"
        ),
        Headline(
            f"leaving_{months}m",
            f"of today's revenue leaves within {months} months",
            *leaving,
            "money",
            currency,
        ),
    ]
    if len(due):
        sentence += (
            f" {len(due):,} renewals worth {money(due['arr'].sum(), currency)} fall due soon; "
            f"{money(lost[0], currency)} of that is expected to be lost."
        )
        numbers += [
            Headline("due", "renewals due", len(due)),
            Headline("due_arr", "worth a year", due["arr"].sum(), kind="money", unit=currency),
            Headline("due_at_risk", "expected to be lost of these", *lost, "money", currency),
        ]
    return Answer(sentence, tuple(numbers), prob)
