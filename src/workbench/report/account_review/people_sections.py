"""What an account's people write, and where each of them stands, as sections of its review."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.health.people.stance import SILENT
from workbench.report.account_health.words_text import mood
from workbench.report.account_review.sections import Section

_MOST_HEARD, _MOST_SILENT = 8, 5  # contacts shown
_COLUMNS = (
    "Contact", "Stands", "Because", "Wrote / we", "They answer", "We answer", "Meetings",
    "Last seen",
)  # fmt: skip


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


def people_section(people: pd.DataFrame, gaps: pd.DataFrame, account_id: str) -> Section:
    """Tell who an account's people are, where they stand, and who is missing.

    Parameters
    ----------
    people, gaps : DataFrame
        From `workbench.health.people.stance`.
    account_id : str
        A customer on the day.
    """
    missing = tuple(gaps.loc[gaps["account_id"] == account_id, "says"])
    own = people[people["account_id"] == account_id]
    if own.empty:
        return Section("People", missing or ("The book has no contacts.",))
    heard = own[own["stance"] != SILENT]
    silent = own[own["stance"] == SILENT]
    if len(silent):
        names = ", ".join(_name(one) for one in silent.head(_MOST_SILENT).itertuples())
        more = len(silent) - _MOST_SILENT
        missing += (f"Silent: {names}{f' and {more} more' if more > 0 else ''}.",)
    rows = tuple(
        (
            _name(one), one.stance, one.because, f"{one.wrote} / {one.sent}",
            _answers(one.they_answer, one.they_take_hours),
            _answers(one.we_answer, one.we_take_hours), str(one.meetings),
            str(one.last_seen.date()),
        )
        for one in heard.head(_MOST_HEARD).itertuples()
    )  # fmt: skip
    return Section("People", missing, _COLUMNS if rows else (), rows)


def _name(one: Any) -> str:
    role = f", {one.role.replace('_', ' ')}" if one.role else ""
    return f"{one.name or one.contact_id}{role}"


def _answers(share: float, hours: float) -> str:
    if pd.isna(share):
        return "–"
    took = "" if pd.isna(hours) else f", {hours:.0f} h"
    return f"{share:.0%}{took}"
