"""Whether the severities of tickets are words that the signal of severe tickets understands."""

from __future__ import annotations

from workbench.data.book import Book
from workbench.data.words import words

_NAMED = 5
_LOST_SHARE = 0.05  # of the tickets that state one


def severity_finding(book: Book) -> list[str]:
    """Name the severities that are no known words, and say how numbers are read.

    Parameters
    ----------
    book : Book

    Returns
    -------
    list of str
        Sentences; none where all but a few tickets state what is understood, or nothing at all.
    """
    if "tickets" not in book.tables or "severity" not in book.tables["tickets"].columns:
        return []
    tickets = book.tables["tickets"].filter(lambda t: t.severity.notnull())
    counted = tickets.group_by(word=tickets.severity.strip().lower()).agg(rows=lambda t: t.count())
    count = counted.to_pandas().set_index("word")["rows"].sort_index()
    count = count.sort_values(ascending=False, kind="stable")
    known = set(words("severe")) | set(words("not_severe"))
    strange = count[~count.index.isin(known)]
    found = []
    if strange.sum() > _LOST_SHARE * count.sum():
        named = ", ".join(repr(word) for word in strange.index[:_NAMED])
        more = f" and {len(strange) - _NAMED} more" if len(strange) > _NAMED else ""
        found.append(
            f"tickets.severity: {strange.sum():,} of {count.sum():,} state what is not understood "
            f"({named}{more}) and count as not severe. Write critical, high, medium or low, or add "
            "the words to src/workbench/data/words.yaml."
        )
    numbers = [word for word in count.index if word.replace(".", "").isdigit()]
    if set(numbers) & known:
        found.append(
            "tickets.severity is in numbers: 1 is read as the gravest, 1 and 2 count as severe. If "
            "the largest is the gravest, write the severities as words."
        )
    return found
