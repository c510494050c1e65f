"""The word lists of `words.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml


@cache
def words(subject: str) -> tuple[str, ...]:
    """Return the words of one list, in lower case.

    >>> words("champions")
    ('champion',)
    """
    lists = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return tuple(word.lower() for word in lists[subject])
