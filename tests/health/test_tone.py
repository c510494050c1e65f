"""Tone: as good as published features, probabilities that hold, silence where it is unsure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import DataError
from workbench.health.words.examples import ToneQuality, learn, read_examples
from workbench.health.words.tone import LearntTone, WordTone, clear_tones
from workbench.health.words.word_lists import read_word_lists

WORDS = WordTone(read_word_lists().tone)
SHORT = {
    "positive": ["great work", "many thanks, great", "great help"],
    "negative": ["bad again", "this is bad", "so bad, sorry"],
    "neutral": ["see you on Monday", "the file is here", "a call on Monday"],
}


@pytest.fixture(scope="module")
def posts(public_data) -> pd.DataFrame:
    return read_examples(public_data("tone_train.csv"))


@pytest.fixture(scope="module")
def learnt(posts) -> tuple[LearntTone, ToneQuality]:
    return learn(posts, "tone_train.csv", WORDS, 0.6, 0.9)


def test_developers_posts_are_read_as_well_as_asked(learnt) -> None:
    quality = learnt[1]
    assert quality.examples == 3_097
    assert quality.macro_f1 >= 0.79
    assert quality.macro_f1 > quality.words_f1 + 0.1


def test_probabilities_hold_on_posts_that_were_not_seen(learnt) -> None:
    bins = learnt[1].calibration
    gap = (bins["forecast"] - bins["happened"]).abs()
    assert float((gap * bins["texts"]).sum() / bins["texts"].sum()) < 0.02
    within = bins["happened"].between(bins["forecast"] - 0.06, bins["forecast"] + 0.06)
    assert within.all()


def test_it_is_right_more_often_where_it_is_sure(learnt, posts) -> None:
    quality = learnt[1]
    bins = quality.calibration
    always = float((bins["happened"] * bins["texts"]).sum() / bins["texts"].sum())
    assert 0.6 < quality.speaks < 0.95
    assert quality.right_low > always + 0.02
    tone, probability = learnt[0].read(posts["text"].head(50).tolist(), 0.9)
    assert ((tone == "unsure") == (probability < 0.9)).all()


def test_labels_without_meaning_teach_nothing(posts) -> None:
    some = posts.iloc[::5].copy()
    some["tone"] = np.random.default_rng(0).permutation(some["tone"].to_numpy())
    quality = learn(some, "shuffled", WORDS, 0.6, 0.9)[1]
    assert quality.macro_f1 < 0.42
    assert quality.speaks < 0.2


def written(folder: Path, column: str = "tone", times: int = 10, **more: list[str]) -> Path:
    rows = [(text, tone) for tone, texts in (SHORT | more).items() for text in texts * times]
    file = folder / "labels.csv"
    pd.DataFrame(rows, columns=["Text", column]).to_csv(file, index=False)
    return file


def test_a_teams_file_is_learnt_from(tmp_path: Path) -> None:
    examples = read_examples(written(tmp_path, "Sentiment"))
    tone, _ = learn(examples, "labels.csv", WORDS, 0.5, 0.9)[0].read(["great, thanks", "bad"], 0.5)
    assert tone.tolist() == ["positive", "negative"]
    two = examples[examples["tone"] != "neutral"]
    model, quality = learn(two, "two", WORDS, 0.5, 0.9)
    assert model.tones == ("negative", "positive")
    assert quality.macro_f1 > 0.9
    assert model.read([], 0.5)[0].tolist() == []


def test_what_is_wrong_with_a_file_is_said_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_examples(tmp_path / "none.csv")
    with pytest.raises(DataError, match="tone or polarity or sentiment or label; found Text, mark"):
        read_examples(written(tmp_path, "mark"))
    with pytest.raises(DataError) as error:
        read_examples(written(tmp_path, times=6, angry=["grr"]))
    assert "unknown tone; expected positive, neutral, negative; found 'angry', 6 times" in str(
        error.value
    )
    assert "too few examples; expected at least 20; found 18" in str(error.value)


def test_it_is_silent_below_the_stated_probability() -> None:
    tone, likeliest = clear_tones(
        np.array([[0.6, 0.4], [0.59, 0.41]]), ("negative", "positive"), 0.6
    )
    assert tone.tolist() == ["negative", "unsure"]
    assert likeliest.tolist() == [0.6, 0.59]
