"""What customers have written of late: each text's tone and themes, and each account's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.health.words.own_text import own_texts
from workbench.health.words.themes import themes_of
from workbench.health.words.tone import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    UNSURE,
    LearntTone,
    WordTone,
)
from workbench.health.words.word_lists import WordLists

TEXT_COLUMNS = [
    "text_id", "from", "account_id", "contact_id", "sent_at", "tone", "probability", "themes",
    "words", "text",
]  # fmt: skip
FEWEST_TONED = 3  # texts with a tone below which an account's mood is not told


@dataclass(frozen=True)
class Listening:
    """How texts are read.

    Parameters
    ----------
    lists : WordLists
    tone : LearntTone or WordTone
    least : float
        Probability below which a tone is unsure, 0 to 1.
    """

    lists: WordLists
    tone: LearntTone | WordTone
    least: float


def customers_texts(
    messages: pd.DataFrame | None, tickets: pd.DataFrame | None, since: pd.Timestamp
) -> pd.DataFrame:
    """Return what customers wrote: inbound messages and tickets that carry a text.

    Parameters
    ----------
    messages, tickets : DataFrame, optional
        Canonical tables as known on the day; None where the book has none.
    since : Timestamp
        Earlier texts are left out.

    Returns
    -------
    DataFrame
        text_id, from (message or ticket), account_id, contact_id, sent_at and text, as its writer
        wrote it; oldest first.
    """
    parts = []
    if messages is not None and {"text", "direction"} <= set(messages):
        inbound = messages[messages["direction"] == "inbound"]
        parts.append(_part(inbound, "message", "message_id", "sent_at"))
    if tickets is not None and "text" in tickets:
        parts.append(_part(tickets, "ticket", "ticket_id", "opened_at"))
    names = ["text_id", "from", "account_id", "contact_id", "sent_at", "text"]
    both = pd.concat(parts) if parts else pd.DataFrame(columns=names)
    both = both[both["sent_at"] >= since]
    written = both["text"].notna() & (both["text"].astype(str).str.strip() != "")
    both = both[written].sort_values(["sent_at", "text_id"], ignore_index=True)
    return both.assign(text=own_texts(both["text"].astype(str)))


def read_tones(texts: pd.DataFrame, listening: Listening) -> pd.DataFrame:
    """Tell tone and themes of each text; equal texts are read once.

    Parameters
    ----------
    texts : DataFrame
        From `customers_texts`.
    listening : Listening

    Returns
    -------
    DataFrame
        The same rows with tone, probability (of the likeliest tone; missing by a list of words),
        themes and words (phrases of the lists that fired), comma between.
    """
    codes, distinct = pd.factorize(texts["text"])
    plain = [str(text) for text in distinct]
    tone, probability = listening.tone.read(plain, listening.least)
    fired = themes_of(plain, listening.lists.themes)
    themes = np.array([", ".join(one) for one in fired], dtype=object)
    words = np.array([", ".join(_once(one)) for one in fired], dtype=object)
    out = texts.assign(
        tone=tone[codes], probability=probability[codes], themes=themes[codes], words=words[codes]
    )
    return out[TEXT_COLUMNS]


def mood_table(scored: pd.DataFrame, accounts: list[str], split: pd.Timestamp) -> pd.DataFrame:
    """Return the mood of each account, and that of the time before.

    Parameters
    ----------
    scored : DataFrame
        From `read_tones`.
    accounts : list of str
        To be told of, in this order.
    split : Timestamp
        Texts from here on are of late; those before it are what they are held against.

    Returns
    -------
    DataFrame
        account_id, texts (of late), positive, neutral, negative, unsure (counts), mood (positive
        less negative, as a share of those with a tone, -1 to 1; missing below `FEWEST_TONED`),
        mood_before, last_text.
    """
    late = scored[scored["sent_at"] >= split]
    counts = _counts(late, accounts)
    before = _counts(scored[scored["sent_at"] < split], accounts)
    out = counts.assign(mood=_mood(counts), mood_before=_mood(before))
    out.insert(0, "texts", counts.sum(axis=1))
    out["last_text"] = scored.groupby("account_id")["sent_at"].max().reindex(accounts)
    return out.rename_axis("account_id").reset_index()


def theme_table(scored: pd.DataFrame, lists: WordLists, split: pd.Timestamp) -> pd.DataFrame:
    """Return which themes each account has raised of late.

    Parameters
    ----------
    scored : DataFrame
        From `read_tones`.
    lists : WordLists
    split : Timestamp
        Earlier texts are left out.

    Returns
    -------
    DataFrame
        account_id, theme, title, texts (count), negative (those of that tone), last (time), words
        (phrases that fired) and suggests; most texts first within an account.
    """
    late = scored[(scored["sent_at"] >= split) & (scored["themes"] != "")]
    each = late.assign(theme=late["themes"].str.split(", ")).explode("theme")
    rows = []
    for (account, theme), own in each.groupby(["account_id", "theme"], sort=True):
        entry = lists.themes[str(theme)]
        heard = [word for text in own["words"] for word in text.split(", ")]
        words = [word for word in dict.fromkeys(heard) if word in entry.words]
        negative = int((own["tone"] == NEGATIVE).sum())
        rows.append((account, theme, entry.title, len(own), negative, own["sent_at"].max(),
                     ", ".join(words), entry.suggests))  # fmt: skip
    names = ["account_id", "theme", "title", "texts", "negative", "last", "words", "suggests"]
    table = pd.DataFrame(rows, columns=names)
    order = ["account_id", "texts", "last"]
    return table.sort_values(order, ascending=[True, False, False], ignore_index=True)


def _part(table: pd.DataFrame, what: str, key: str, when: str) -> pd.DataFrame:
    contact = table["contact_id"] if "contact_id" in table else pd.Series(pd.NA, table.index)
    return pd.DataFrame(
        {
            "text_id": table[key],
            "from": what,
            "account_id": table["account_id"],
            "contact_id": contact.astype("object"),
            "sent_at": table[when],
            "text": table["text"],
        }
    )


def _once(fired: Mapping[str, tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(word for words in fired.values() for word in words))


def _counts(scored: pd.DataFrame, accounts: list[str]) -> pd.DataFrame:
    found = scored.groupby(["account_id", "tone"]).size().unstack(fill_value=0)
    names = [POSITIVE, NEUTRAL, NEGATIVE, UNSURE]
    return found.reindex(index=accounts, columns=names, fill_value=0).fillna(0).astype("int64")


def _mood(counts: pd.DataFrame) -> pd.Series:
    toned = counts[[POSITIVE, NEUTRAL, NEGATIVE]].sum(axis=1)
    net = (counts[POSITIVE] - counts[NEGATIVE]) / toned.where(toned >= FEWEST_TONED)
    return net.astype("float64")
