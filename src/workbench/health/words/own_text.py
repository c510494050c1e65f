"""What a message's writer wrote: without what is quoted below or above it, and of a sane length."""

from __future__ import annotations

import re

import pandas as pd

MOST_LETTERS = 4_000  # what follows in a longer text is a log or a thread, and says little of tone
_READ = 20_000
# Where mail programs begin what was written before.
_EARLIER = re.compile(
    r"^[ \t]*(-{2,}\s*(original message|forwarded message|ursprüngliche nachricht)\b"
    r"|on .{4,120} wrote:[ \t\r]*$|am .{4,120} schrieb .{0,80}:[ \t\r]*$"
    r"|le .{4,120} a écrit ?:[ \t\r]*$"
    r"|(from|von|de): .{1,200}\n[ \t]*(sent|date|to|gesendet|datum|an|envoyé|à): )",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_SPACES = re.compile(r"\s+")


def own_text(text: str) -> str:
    r"""Return what the writer of a message wrote, in one line.

    Parameters
    ----------
    text : str
        Of a message; markup, emoji and whatever else it holds stay.

    Returns
    -------
    str
        Without lines that begin with ``>`` and without what follows the head of an earlier
        message; at most `MOST_LETTERS` letters. A text of nothing but an earlier message is kept.

    Examples
    --------
    >>> own_text("We agree.\n\nOn Mon, 2 Feb 2026 Ann wrote:\n> Do you agree?")
    'We agree.'
    """
    read = text.lstrip()[:_READ]
    begun = _EARLIER.search(read)
    own = read[: begun.start()] if begun else read
    own = _one_line(_QUOTED.sub("", own)) or _one_line(read)
    return own[:MOST_LETTERS].rstrip()


def own_texts(texts: pd.Series) -> pd.Series:
    """Return what the writers wrote; each different text is read once.

    Parameters
    ----------
    texts : Series of str
        None of them missing.
    """
    codes, distinct = pd.factorize(texts)
    read = pd.Series([own_text(str(text)) for text in distinct], dtype="object")
    return pd.Series(read.to_numpy()[codes], index=texts.index, dtype="object")


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
