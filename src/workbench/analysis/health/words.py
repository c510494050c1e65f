"""What the customers of a book write, and who they are: tones, themes, contacts and gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.analysis.card import Card, Prose, Shown
from workbench.health.people.stance import (
    CONTACT_COLUMNS,
    GAP_COLUMNS,
    contact_table,
    gap_table,
)
from workbench.health.words.examples import ToneQuality, learn, read_examples
from workbench.health.words.heard import (
    Listening,
    customers_texts,
    mood_table,
    read_tones,
    theme_table,
)
from workbench.health.words.tone import WordTone
from workbench.health.words.word_lists import read_word_lists
from workbench.report.account_health.settings import HealthSettings
from workbench.report.account_health.words_text import people_text, tone_text, words_text

HEARD_FROM = ("messages", "tickets", "contacts", "surveys")


@dataclass(frozen=True)
class Ears:
    """How a report listens.

    Parameters
    ----------
    listening : Listening
    quality : ToneQuality or None
        Of a tone that was learnt.
    months : int
        That are of late, and as many before them to compare with.
    keep : bool
        Whether texts stand in the table of texts.
    """

    listening: Listening
    quality: ToneQuality | None
    months: int
    keep: bool


@dataclass(frozen=True, repr=False)
class HeardWords(Shown):
    """What customers have written of late, and where each contact stands.

    Parameters
    ----------
    ears : Ears
    scored : DataFrame
        See `workbench.health.words.heard.read_tones`; all texts, also of those who left.
    moods, themes : DataFrame
        See `workbench.health.words.heard`; of customers.
    people, gaps : DataFrame
        See `workbench.health.people.stance`; of customers, empty where the book has no contacts.
    names : Series
        Of customers, by account_id.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["nps_latest"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> heard = wb.account_health(fit).heard
    >>> list(heard.moods.columns[:3])
    ['account_id', 'texts', 'positive']
    """

    ears: Ears
    scored: pd.DataFrame
    moods: pd.DataFrame
    themes: pd.DataFrame
    people: pd.DataFrame
    gaps: pd.DataFrame
    names: pd.Series

    @property
    def texts(self) -> pd.DataFrame:
        """One row per text with its scores, and with the text itself only where that was asked."""
        return self.scored if self.ears.keep else self.scored.drop(columns="text")

    @property
    def text(self) -> Prose:
        """How customers write, how well that is read, and where people are missing."""
        by = tone_text(self.ears.quality, self.ears.listening.least)
        sentences = words_text(self.moods, self.themes, self.names, self.ears.months, by)
        return Prose(f"{sentences}\n\n{people_text(self.people, self.gaps, self.names)}")

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables that a report leaves: of texts, contacts, gaps; of tone where it was learnt."""
        found = {
            "texts": self.texts, "moods": self.moods, "themes": self.themes,
            "contacts": self.people, "gaps": self.gaps,
        }  # fmt: skip
        quality = self.ears.quality
        return found | ({"tone_calibration": quality.calibration} if quality else {})

    def card(self) -> Card:
        """Return what is shown."""
        quality = self.ears.quality
        facts = {
            "texts": len(self.scored),
            "tone by": f"examples, macro-F1 {quality.macro_f1:.2f}" if quality else "a word list",
        }
        return Card("What customers write", facts, ("heard.text", "heard.moods", "heard.themes"))


def ears_of(settings: HealthSettings) -> Ears:
    """Return how a report listens; learns tone where examples are named.

    Parameters
    ----------
    settings : HealthSettings

    Raises
    ------
    DataError
        When the file of words or that of examples cannot be used.
    """
    lists = read_word_lists(settings.words or None)
    tone, quality, least = WordTone(lists.tone), None, settings.tone_confidence
    if settings.tone_examples:
        examples = read_examples(settings.tone_examples)
        name = Path(settings.tone_examples).name
        tone, quality = learn(examples, name, tone, least, settings.interval_prob)
    listening = Listening(lists, tone, least)
    return Ears(listening, quality, settings.listen_months, settings.keep_texts)


def hear(
    ears: Ears,
    known: Mapping[str, pd.DataFrame | None],
    health: pd.DataFrame,
    as_of: pd.Timestamp,
) -> HeardWords:
    """Read what customers have written.

    Parameters
    ----------
    ears : Ears
    known : mapping of str to DataFrame or None
        The canonical tables `HEARD_FROM` as known on the day.
    health : DataFrame
        From `workbench.health.overview.health_table`.
    as_of : Timestamp
        Today.

    Returns
    -------
    HeardWords
    """
    split = as_of - pd.DateOffset(months=ears.months)
    texts = customers_texts(
        known["messages"], known["tickets"], split - pd.DateOffset(months=ears.months)
    )
    scored = read_tones(texts, ears.listening)
    accounts = health["account_id"].tolist()
    moods = mood_table(scored, accounts, split)
    own = scored[scored["account_id"].isin(accounts)]
    themes = theme_table(own, ears.listening.lists, split)
    people, gaps = _people(known, scored, accounts, as_of)
    names = health.set_index("account_id")["name"]
    return HeardWords(ears, scored, moods, themes, people, gaps, names)


def _people(
    known: Mapping[str, pd.DataFrame | None],
    scored: pd.DataFrame,
    accounts: list[str],
    as_of: pd.Timestamp,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    contacts = known["contacts"]
    if contacts is None:
        return pd.DataFrame(columns=CONTACT_COLUMNS), pd.DataFrame(columns=GAP_COLUMNS)
    own = contacts[contacts["account_id"].isin(accounts)]
    people = contact_table(own, known["messages"], known["surveys"], scored, as_of)
    return people, gap_table(people, accounts)
