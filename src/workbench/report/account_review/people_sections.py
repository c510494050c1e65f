"""What an account's people write, as sections of its review."""

from __future__ import annotations

import pandas as pd

from workbench.report.account_health.words_text import mood
from workbench.report.account_review.sections import Section


def words_section(
    moods: pd.DataFrame, themes: pd.DataFrame, account_id: str, months: int
) -> Section:
    """Tell in which tone an account writes, about what, and what that suggests.

    Parameters
    ----------
    moods, themes : DataFrame
        From `workbench.health.words.heard`.
    account_id : str
        A customer on the day.
    months : int
        That are of late.
    """
    title = "What they write"
    row = moods[moods["account_id"] == account_id].to_dict("records")[0]
    if not row["texts"]:
        return Section(title, (f"No message or ticket of the last {months} months has a text.",))
    counts = ", ".join(f"{row[name]} {name}" for name in ("positive", "neutral", "negative"))
    text = f"{row['texts']} texts in {months} months: {counts}, {row['unsure']} of unsure tone."
    if row["mood"] == row["mood"]:
        text += f" Mood: {mood(row['mood'])}; before: {mood(row['mood_before'])}."
    own = themes[themes["account_id"] == account_id]
    rows = tuple(
        (
            one.title, f"{one.texts}, {one.negative} negative", str(one.last.date()), one.words,
            one.suggests,
        )
        for one in own.itertuples()
    )  # fmt: skip
    columns = ("Theme", "Texts", "Last", "Words that fired", "Next")
    return Section(title, (text,), columns if rows else (), rows)
