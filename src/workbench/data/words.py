"""The word lists of `words.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workbench.core.marked_file import read_marked


@cache
def words(subject: str) -> tuple[str, ...]:
    """Return the words of one list, in lower case.

    Parameters
    ----------
    subject : str
        Key of ``words.yaml``.

    Examples
    --------
    >>> words("champions")
    ('champion',)
    """
    lists = read_marked(Path(__file__).with_name("words.yaml"), "The word lists.").content
    return tuple(word.lower() for word in lists[subject])
