"""Labelled examples that a team names, and how well tone is read of texts like them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from workbench.core.errors import DataError, Problem
from workbench.core.intervals import share_interval
from workbench.data.single_table import read_single_table
from workbench.health.words.own_text import own_texts
from workbench.health.words.tone import TONES, LearntTone, WordTone, clear_tones, learn_tone

TEXT_COLUMNS = ("text", "message", "body")
TONE_COLUMNS = ("tone", "polarity", "sentiment", "label")
FEWEST = 20  # examples of a tone: five folds leave four of them in each
_HEADLINE = "The labelled examples cannot be used."
_EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0 + 1e-9)
CALIBRATION_COLUMNS = ["from", "to", "texts", "forecast", "happened", "low", "high"]


@dataclass(frozen=True)
class ToneQuality:
    """How well tone is read of examples that were not seen.

    Parameters
    ----------
    name : str
        Of the file.
    examples : int
    macro_f1 : float
        Mean over tones of the harmonic mean of precision and recall, 0 to 1, when it always speaks.
    words_f1 : float
        That of the list of words, over the tones it knows.
    speaks : float
        Share of the texts of which it is sure enough.
    right, right_low, right_high : float
        Share of those of which it is right; interval after Jeffreys.
    calibration : DataFrame
        By probability of the likeliest tone: from, to, texts, forecast (mean), happened (share
        right), low and high (of that share, after Jeffreys).
    """

    name: str
    examples: int
    macro_f1: float
    words_f1: float
    speaks: float
    right: float
    right_low: float
    right_high: float
    calibration: pd.DataFrame


def read_examples(path: str | Path) -> pd.DataFrame:
    """Read texts that people have labelled.

    Parameters
    ----------
    path : str or Path
        A table of one row per text: a column `text`, `message` or `body`, and a column `tone`,
        `polarity`, `sentiment` or `label` with positive, neutral and negative.

    Returns
    -------
    DataFrame
        text (as its writer wrote it, see `own_text`) and tone; without rows that lack either.

    Raises
    ------
    DataError
        When there is no such file, a column is missing, a label is unknown, or a tone has fewer
        than `FEWEST` texts.
    """
    if not Path(path).is_file():
        hint = "Give the path of a CSV or Parquet file."
        raise DataError(_HEADLINE, [Problem("no such file", str(path), hint=hint)])
    frame, _, name = read_single_table(path, _HEADLINE, "table of texts and their tones")
    known = {str(column).strip().casefold(): column for column in frame.columns}
    chosen, problems = [], []
    for names in (TEXT_COLUMNS, TONE_COLUMNS):
        found = [known[one] for one in names if one in known]
        chosen += found[:1]
        if not found:
            there = ", ".join(map(str, frame.columns))
            problems.append(Problem("a column is missing", name, " or ".join(names), there))
    if problems:
        raise DataError(_HEADLINE, problems)
    rows = frame[chosen].set_axis(["text", "tone"], axis=1).dropna()
    rows["tone"] = rows["tone"].astype(str).str.strip().str.casefold()
    rows = rows[(rows["text"].astype(str).str.strip() != "") & (rows["tone"] != "")]
    _check_tones(rows["tone"], f"{name}, column {chosen[1]}")
    texts = own_texts(rows["text"].astype(str)).to_numpy()
    return pd.DataFrame({"text": texts, "tone": rows["tone"].to_numpy(object)})


def learn(
    examples: pd.DataFrame, name: str, words: WordTone, least: float, prob: float
) -> tuple[LearntTone, ToneQuality]:
    """Learn tone from examples, and tell how well it is read.

    Parameters
    ----------
    examples : DataFrame
        From `read_examples`.
    name : str
        Of the file.
    words : WordTone
        Told beside it.
    least : float
        Probability below which it is unsure, 0 to 1.
    prob : float
        Probability inside the intervals, 0 to 1.

    Returns
    -------
    learnt : LearntTone
    quality : ToneQuality
    """
    truth = examples["tone"].to_numpy(object)
    learnt, unseen = learn_tone(examples["text"].tolist(), truth)
    always, likeliest = clear_tones(unseen, learnt.tones, 0.0)
    hits, sure = always == truth, likeliest >= least
    low, high = share_interval(int(hits[sure].sum()), int(sure.sum()), prob)
    listed, _ = words.read(examples["text"].tolist())
    quality = ToneQuality(
        name=name,
        examples=len(truth),
        macro_f1=float(f1_score(truth, always, average="macro", labels=list(learnt.tones))),
        words_f1=float(f1_score(truth, _spoken(listed), average="macro", labels=list(learnt.tones),
                                zero_division=0.0)),
        speaks=float(sure.mean()),
        right=float(hits[sure].mean()) if sure.any() else np.nan,
        right_low=low,
        right_high=high,
        calibration=_calibration(likeliest, hits, prob),
    )  # fmt: skip
    return learnt, quality


def _spoken(tones: np.ndarray) -> np.ndarray:
    """Return the tones of a list of words, taking silence for neutral."""
    return np.where(tones == "unsure", "neutral", tones).astype(str)


def _check_tones(tones: pd.Series, where: str) -> None:
    counts = tones.value_counts()
    expected = ", ".join(reversed(TONES))
    unknown = [str(tone) for tone in counts.index if tone not in TONES]
    problems = [
        Problem("unknown tone", where, expected, f"{tone!r}, {counts[tone]} times")
        for tone in unknown[:5]
    ]
    few = {tone: int(counts.get(tone, 0)) for tone in TONES if 0 < counts.get(tone, 0) < FEWEST}
    problems += [
        Problem("too few examples", f"{where}, {tone}", f"at least {FEWEST}", str(count))
        for tone, count in few.items()
    ]
    if not unknown and len(counts) < 2:
        problems.append(Problem("nothing to tell apart", where, "two or three tones",
                                ", ".join(counts.index) or "none"))  # fmt: skip
    if problems:
        raise DataError(_HEADLINE, problems)


def _calibration(likeliest: np.ndarray, hits: np.ndarray, prob: float) -> pd.DataFrame:
    rows = []
    for begin, end in pairwise(_EDGES):
        own = (likeliest >= begin) & (likeliest < end)
        count, right = int(own.sum()), int(hits[own].sum())
        if count:
            ends = share_interval(right, count, prob)
            rows.append((begin, min(end, 1.0), count, likeliest[own].mean(), right / count, *ends))
    return pd.DataFrame(rows, columns=CALIBRATION_COLUMNS)
