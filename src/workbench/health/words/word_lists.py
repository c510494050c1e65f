"""The words of ``words.yaml``: by which themes and tones are known, and what a theme suggests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from workbench.core.validation import read_file

_SHIPPED = Path(__file__).with_name("words.yaml")

_HEADLINE = "The words are not valid."
_NAME = re.compile(r"[a-z][a-z0-9_]*")
Text = Annotated[str, Field(min_length=1, description="a text")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _letters(phrases: tuple[str, ...]) -> tuple[str, ...]:
    for phrase in phrases:
        if not phrase.replace("*", "").strip():
            raise ValueError("a phrase needs letters beside *")
    return phrases


class Theme(_Part):
    """What a message may be about.

    Parameters
    ----------
    title : str
    suggests : str
        What to do next about it.
    words : tuple of str
        Phrases by which it is known; any of them will do.
    """

    title: Text
    suggests: Text
    words: Annotated[tuple[Text, ...], Field(min_length=1)]

    _checked = field_validator("words")(_letters)


class ToneWords(_Part):
    """Words of a tone, for books of which no labelled examples are at hand.

    Parameters
    ----------
    positive, negative : tuple of str
        Phrases.
    denied_by : tuple of str
        Words that turn a positive phrase into a negative one when they stand up to three words
        before it.
    """

    positive: Annotated[tuple[Text, ...], Field(min_length=1)]
    negative: Annotated[tuple[Text, ...], Field(min_length=1)]
    denied_by: tuple[Text, ...] = ()

    _checked = field_validator("positive", "negative", "denied_by")(_letters)


class WordLists(_Part):
    """Every list of a file of words.

    Parameters
    ----------
    version : int
        1.
    themes : dict of str to Theme
        By a name in small letters, digits and underscores.
    tone : ToneWords
    """

    version: Annotated[int, Field(ge=1, le=1, description="1")]
    themes: dict[Text, Theme]
    tone: ToneWords

    @field_validator("themes")
    @classmethod
    def _named(cls, themes: Mapping[str, Theme]) -> Mapping[str, Theme]:
        wrong = [name for name in themes if not _NAME.fullmatch(name)]
        if wrong:
            raise ValueError(f"a theme's name has small letters, digits and _: {wrong[0]!r}")
        return themes


def read_word_lists(path: str | Path | None = None) -> WordLists:
    """Read the words; the shipped ones if no path is given.

    Parameters
    ----------
    path : str or Path, optional
        A YAML file of the same form.

    Returns
    -------
    WordLists

    Raises
    ------
    DataError
        When it is not valid; all faults together, each with its line.

    Examples
    --------
    >>> list(read_word_lists().themes)[:2]
    ['pricing', 'discovery']
    """
    return read_file(WordLists, path or _SHIPPED, _HEADLINE)


@dataclass(frozen=True)
class Phrase:
    """A phrase as it is looked for in texts in small letters.

    Parameters
    ----------
    written : str
        As the list has it; ``*`` stands for any ending of a word.
    stem : str
        Letters that every place of it has: to look for them is many times faster than its pattern.
    pattern : Pattern
    """

    written: str
    stem: str
    pattern: re.Pattern[str]

    def places(self, text: str) -> list[int]:
        """Return where the phrase begins in a text.

        Parameters
        ----------
        text : str
            In small letters, one space between words.

        Examples
        --------
        >>> phrases(["not renew*"])[0].places("we are not renewing, not now")
        [7]
        """
        if self.stem not in text:
            return []
        return [found.start() for found in self.pattern.finditer(text)]


def phrases(written: Iterable[str]) -> tuple[Phrase, ...]:
    """Return phrases ready to be looked for.

    Parameters
    ----------
    written : iterable of str
        As a list has them.
    """
    return tuple(_phrase(one) for one in written)


def _phrase(written: str) -> Phrase:
    text = " ".join(written.casefold().split())
    body = re.escape(text).replace(r"\*", r"\w*")
    begin = r"(?<!\w)" if re.match(r"[\w*]", text) else ""
    end = r"(?!\w)" if re.search(r"[\w*]$", text) else ""
    return Phrase(written, max(text.split("*"), key=len), re.compile(f"{begin}{body}{end}"))
