"""Time to read tone and themes of 100,000 messages, and how well tone is read.

Labelled texts are put together in pairs, each with a number, so that no two messages are equal.
Exit status 1 above two minutes of processor time or below a macro-F1 of .79.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.health.words.examples import learn, read_examples
from workbench.health.words.heard import Listening, read_tones
from workbench.health.words.tone import WordTone
from workbench.health.words.word_lists import read_word_lists

MOST_SECONDS, LEAST_F1 = 120.0, 0.79


def messages(texts: np.ndarray, count: int) -> pd.DataFrame:
    """Return so many messages of one account, none equal to another."""
    pairs = np.random.default_rng(0).integers(0, len(texts), (count, 2))
    table = pd.DataFrame({"text_id": np.arange(count), "from": "message", "account_id": "A"})
    written = [f"{texts[one]} {texts[two]} {row}" for row, (one, two) in enumerate(pairs)]
    return table.assign(contact_id=None, sent_at=pd.Timestamp("2026-01-01"), text=written)


def main() -> int:
    """Print quality and time; return 1 where either is not good enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=Path, help="table of texts and tones")
    parser.add_argument("--messages", type=int, default=100_000)
    chosen = parser.parse_args()
    lists = read_word_lists()
    examples = read_examples(chosen.examples)
    begun = time.process_time()
    tone, quality = learn(examples, chosen.examples.name, WordTone(lists.tone), 0.6, 0.9)
    print(f"learnt from {quality.examples:,} in {time.process_time() - begun:.0f} s, five folds")
    print(f"macro-F1 {quality.macro_f1:.3f}; the list of words {quality.words_f1:.3f}")
    print(f"speaks of {quality.speaks:.0%}, right in {quality.right:.1%} of those")
    print(quality.calibration.round(3).to_string(index=False))
    table = messages(examples["text"].to_numpy(), chosen.messages)
    letters = table["text"].str.len().mean()
    begun = time.process_time()
    read_tones(table, Listening(lists, tone, 0.6))
    seconds = time.process_time() - begun
    print(f"{len(table):,} messages of {letters:.0f} letters: {seconds:.0f} s of processor time")
    return int(seconds > MOST_SECONDS or quality.macro_f1 < LEAST_F1)


if __name__ == "__main__":
    sys.exit(main())
