"""The tone of a text: positive, neutral, negative, or too unsure to say.

Learnt from labelled examples: TF-IDF of words and of characters with logistic regression, its
probabilities tempered so that they hold on texts it has not seen (one temperature, after Guo et al.
2017, ICML, section 4.2). Where no examples are at hand, a list of words says what it can; it knows
no probability, and is silent where no word of it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from workbench.health.words.word_lists import Phrase, ToneWords, phrases

POSITIVE, NEUTRAL, NEGATIVE, UNSURE = "positive", "neutral", "negative", "unsure"
TONES = (NEGATIVE, NEUTRAL, POSITIVE)
FOLDS = 5
_TOKEN = r"(?u)\b\w+\b|[^\w\s]+"  # marks and emoticons are words of their own
_DENIED_WITHIN = 3  # words before a positive one
_NEAR = 60  # letters that hold them
_BATCH = 20_000  # texts at once: their characters' table lies in memory


@dataclass(frozen=True)
class LearntTone:
    """What was learnt from labelled examples.

    Parameters
    ----------
    classifier : Pipeline
        From texts to log-odds.
    tones : tuple of str
        That it tells apart, in the order of its columns.
    temperature : float
        By which log-odds are divided; above 1 it had been too sure.
    """

    classifier: Pipeline
    tones: tuple[str, ...]
    temperature: float

    def read(self, texts: Sequence[str], least: float) -> tuple[np.ndarray, np.ndarray]:
        """Tell the tone of each text.

        Parameters
        ----------
        texts : sequence of str
            What writers wrote themselves, see `workbench.health.words.own_text`.
        least : float
            Probability below which it is unsure, 0 to 1.

        Returns
        -------
        tone : ndarray of str, shape (text,)
            One of `TONES`, or unsure.
        probability : ndarray, shape (text,)
            Of the likeliest tone.
        """
        parts = [
            log_odds(self.classifier, texts[at : at + _BATCH])
            for at in range(0, len(texts), _BATCH)
        ]
        odds = np.concatenate(parts) if parts else np.zeros((0, len(self.tones)))
        return clear_tones(softmax(odds / self.temperature, axis=1), self.tones, least)


@dataclass(frozen=True)
class WordTone:
    """What a list of words says.

    Parameters
    ----------
    words : ToneWords
    """

    words: ToneWords

    def read(self, texts: Sequence[str], least: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Tell the tone of each text in which words of one side prevail.

        Parameters
        ----------
        texts : sequence of str
            What writers wrote themselves, see `workbench.health.words.own_text`.
        least : float
            Not used: a list knows no probability.

        Returns
        -------
        tone : ndarray of str, shape (text,)
            Positive, negative, or unsure.
        probability : ndarray, shape (text,)
            Missing throughout.
        """
        good, bad = phrases(self.words.positive), phrases(self.words.negative)
        denials = phrases(self.words.denied_by)
        tones = [_by_words(text.casefold(), good, bad, denials) for text in texts]
        return np.array(tones, dtype=object), np.full(len(tones), np.nan)


def learn_tone(texts: Sequence[str], tones: np.ndarray) -> tuple[LearntTone, np.ndarray]:
    """Learn tone from labelled examples.

    Parameters
    ----------
    texts : sequence of str
        At least `FOLDS` of each tone.
    tones : ndarray of str, shape (text,)
        One of `TONES` each.

    Returns
    -------
    learnt : LearntTone
    unseen : ndarray, shape (text, tone)
        Probabilities of each example by a model, and a temperature, that had not seen it.
    """
    known = tuple(tone for tone in TONES if (tones == tone).any())
    truth = np.array([known.index(tone) for tone in tones])
    every = np.array(texts, dtype=object)
    odds, fold = np.zeros((len(truth), len(known))), np.zeros(len(truth), dtype=int)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for number, (seen, kept) in enumerate(folds.split(every, truth)):
        fitted = _classifier().fit(every[seen], truth[seen])
        odds[kept] = log_odds(fitted, every[kept].tolist())
        fold[kept] = number
    unseen = np.zeros_like(odds)
    for number in range(FOLDS):
        own = fold == number
        unseen[own] = softmax(odds[own] / _temperature(odds[~own], truth[~own]), axis=1)
    classifier = _classifier().fit(every, truth)
    return LearntTone(classifier, known, _temperature(odds, truth)), unseen


def clear_tones(
    probability: np.ndarray, tones: tuple[str, ...], least: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the likeliest tone of each text, or unsure where its probability is too small.

    Parameters
    ----------
    probability : ndarray, shape (text, tone)
    tones : tuple of str
        In the order of the columns.
    least : float
        Probability below which it is unsure, 0 to 1.

    Returns
    -------
    tone : ndarray of str, shape (text,)
    likeliest : ndarray, shape (text,)
        Its probability.

    Examples
    --------
    >>> clear_tones(np.array([[0.7, 0.3], [0.5, 0.5]]), ("negative", "positive"), 0.6)[0].tolist()
    ['negative', 'unsure']
    """
    best, likeliest = probability.argmax(axis=1), probability.max(axis=1, initial=0.0)
    names = np.array(tones, dtype=object)[best]
    return np.where(likeliest >= least, names, UNSURE), likeliest


def log_odds(classifier: Pipeline, texts: Sequence[str]) -> np.ndarray:
    """Return log-odds of each tone, up to a constant, also where there are two tones.

    Parameters
    ----------
    classifier : Pipeline
        Fitted.
    texts : sequence of str
        What writers wrote themselves, see `workbench.health.words.own_text`.

    Returns
    -------
    ndarray, shape (text, tone)
    """
    odds = classifier.decision_function(texts)
    return odds if odds.ndim == 2 else np.column_stack([-odds / 2, odds / 2])


def _classifier() -> Pipeline:
    """Return an untrained classifier; its settings were chosen on labelled developers' posts."""
    words = TfidfVectorizer(token_pattern=_TOKEN, ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True
    )
    regression = LogisticRegression(C=2.0, class_weight="balanced", max_iter=1000)
    return make_pipeline(make_union(words, characters), regression)


def _temperature(odds: np.ndarray, truth: np.ndarray) -> float:
    """Return the temperature under which the true tones are likeliest."""
    rows = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        return -log_softmax(odds / np.exp(log_temperature), axis=1)[rows, truth].mean()

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def _by_words(
    text: str, good: Sequence[Phrase], bad: Sequence[Phrase], denials: Sequence[Phrase]
) -> str:
    balance = -sum(len(one.places(text)) for one in bad)
    for one in good:
        for place in one.places(text):
            before = " ".join(text[max(0, place - _NEAR) : place].split()[-_DENIED_WITHIN:])
            balance += -1 if any(denial.places(before) for denial in denials) else 1
    return POSITIVE if balance > 0 else NEGATIVE if balance < 0 else UNSURE
