"""What customers write and who they are, in sentences made from the tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.core.plain_text import plain
from workbench.health.people.stance import AGAINST
from workbench.health.words.examples import ToneQuality

_MOST = 5


def words_text(
    moods: pd.DataFrame, themes: pd.DataFrame, names: pd.Series, months: int, by: str
) -> str:
    """Say how customers have written of late, about what, and whose mood is worst.

    Parameters
    ----------
    moods : DataFrame
        From `workbench.health.words.heard.mood_table`.
    themes : DataFrame
        From `workbench.health.words.heard.theme_table`.
    names : Series
        Of accounts, by account_id.
    months : int
        That are of late.
    by : str
        How tone is read, in Markdown; from `tone_text`.

    Returns
    -------
    str
        Markdown.
    """
    total = int(moods["texts"].sum())
    if not total:
        return f"No customer's message or ticket of the last {months} months carries a text."
    shares = {name: moods[name].sum() / total for name in ("positive", "neutral", "negative")}
    toned = ", ".join(f"{share:.0%} {name}" for name, share in shares.items() if share > 0)
    text = (
        f"Of **{total:,} texts** that customers wrote in the last {months} months, "
        f"{toned or 'none'} has a tone that could be told. {by}"
    )
    by_theme = themes.groupby("title")["texts"].agg(["sum", "size"]).sort_values("sum")
    if len(by_theme):
        most = [
            f"{plain(title)} ({row['sum']:,} of {row['size']} customers)"
            for title, row in by_theme[::-1].head(_MOST).iterrows()
        ]
        text += f" Most is about {', '.join(most)}."
    worst = moods[moods["mood"] < 0].sort_values("mood").head(_MOST)
    if len(worst):
        named = [f"{plain(names[row.account_id])} ({mood(row.mood)})" for row in worst.itertuples()]
        text += f" In the worst mood: {', '.join(named)}."
    return text


def tone_text(quality: ToneQuality | None, least: float) -> str:
    """Say how tone is read, and how well.

    Parameters
    ----------
    quality : ToneQuality, optional
        None where a list of words reads it.
    least : float
        Probability below which it is unsure, 0 to 1.

    Returns
    -------
    str
        Markdown.
    """
    if quality is None:
        return (
            "Tone is read by a list of words, **which nobody has tried on these customers**: give "
            "the run labelled texts to learn it and to know how often it is right."
        )
    text = (
        f"Tone was learnt from {quality.examples:,} labelled texts ({plain(quality.name)}); on "
        f"texts that it had not seen its macro-F1 is {quality.macro_f1:.2f}, the list of words' "
        f"{quality.words_f1:.2f}. Where it gives a tone at least {least:.0%} it speaks, of "
        f"{quality.speaks:.0%} of the texts"
    )
    if quality.speaks > 0:
        text += (
            f", and is right in {quality.right:.0%} ({100 * quality.right_low:.0f} to "
            f"{100 * quality.right_high:.0f}) of those"
        )
    if quality.macro_f1 <= quality.words_f1:
        text += "; **it is no better than the list of words**"
    return f"{text}."


def people_text(people: pd.DataFrame, gaps: pd.DataFrame, names: pd.Series) -> str:
    """Say at how many customers somebody is missing, and where who decides is against us.

    Parameters
    ----------
    people, gaps : DataFrame
        From `workbench.health.people.stance`.
    names : Series
        Of accounts, by account_id.

    Returns
    -------
    str
        Markdown.
    """
    if people.empty:
        return "The book has no contacts: who speaks for us or against us cannot be told."
    stances = people["stance"].value_counts()
    stated = ", ".join(f"{count:,} {stance}" for stance, count in stances.items())
    text = f"Of {len(people):,} contacts: {stated}."
    counts = gaps["gap"].value_counts()
    if len(counts):
        listed = ", ".join(f"{gap} ({count})" for gap, count in counts.items())
        text += f" Gaps, by customers: {listed}."
    against = gaps[gaps["gap"] == AGAINST].drop_duplicates("account_id")
    if len(against):
        some = ", ".join(plain(names[key]) for key in against["account_id"].head(_MOST))
        more = len(against) - _MOST
        text += f" Who decides is against us at {some}{f' and {more} more' if more > 0 else ''}."
    return text


def mood(value: float) -> str:
    """Return a mood as a word and a number.

    Parameters
    ----------
    value : float
        Positive less negative texts, as a share of those with a tone, -1 to 1.

    Examples
    --------
    >>> mood(-0.5), mood(0.1)
    ('bad, -50', 'even, +10')
    """
    if value != value:
        return "–"
    word = "bad" if value < -_EVEN else "good" if value > _EVEN else "even"
    return f"{word}, {100 * value:+z.0f}"


_EVEN = 0.2
