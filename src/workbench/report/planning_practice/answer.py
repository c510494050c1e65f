"""The report on how accounts are planned, in a sentence and a few numbers."""

from __future__ import annotations

import pandas as pd

from workbench.impact.alike import LEAST
from workbench.report.output.answer import Answer, Headline
from workbench.report.planning_practice.text import shares_sentence

_HEADLINES = {
    "living": ("has a living plan", "accounts with a living plan"),
    "touched_30": ("plan touched within 30 days", "accounts whose plan was touched in 30 days"),
    "goals": ("plan names goals of the customer", "accounts whose plan names goals"),
    "on_time": (
        "all that was due done on time",
        "accounts that had all that was due in time",
    ),
}


def practice_answer(practice: pd.DataFrame) -> Answer:
    """Answer how well accounts are planned, and what of it goes with staying.

    Parameters
    ----------
    practice : DataFrame
        From `workbench.impact.practice.practice_table`.

    Returns
    -------
    Answer
    """
    sentence = shares_sentence(practice)
    # Clearest, not largest, and of enough: a gap between a dozen accounts may be any.
    clearest = practice[["gap_low", "gap_high"]].abs().min(axis=1)
    enough = practice[["asked_with", "asked_without"]].min(axis=1) >= LEAST
    for which, word in ((practice["gap_low"] > 0, "more"), (practice["gap_high"] < 0, "fewer")):
        which = which & enough
        if which.any():
            best = practice.loc[clearest[which].idxmax()]
            sentence += (
                f" What goes most clearly with {word} accounts staying here: {best['question']} "
                f"({best['stayed_with']:.0%} of {best['asked_with']} against "
                f"{best['stayed_without']:.0%} of {best['asked_without']} stayed)."
            )
    stated = practice.set_index("question")
    numbers = [
        Headline(name, label, float(stated.loc[question, "accounts"]), kind="share")
        for name, (question, label) in _HEADLINES.items()
        if pd.notna(stated.loc[question, "accounts"])
    ]
    return Answer(sentence, tuple(numbers))
