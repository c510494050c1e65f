"""The report on what actions do, in a sentence and a few numbers."""

from __future__ import annotations

import pandas as pd

from workbench.core.errors import Problem
from workbench.impact.checks import TOO_FEW
from workbench.report.labels import spoken
from workbench.report.output.answer import Answer, Headline, with_ends
from workbench.report.plan_impact.text import ALL_KINDS, MEASURED, effect_words

_MOST = 3  # kinds that have a headline


def impact_answer(effects: pd.DataFrame, months: int, prob: float, currency: str) -> Answer:
    """Answer whether actions change who leaves.

    Parameters
    ----------
    effects : DataFrame
        From `workbench.impact.measure.effect_table`, with word and why.
    months : int
        Of follow-up.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Answer
    """
    whole = effects.set_index("action").loc[ALL_KINDS]
    kinds = effects[effects["action"] != ALL_KINDS]
    measured = kinds[kinds["word"] == MEASURED]
    sentence = (
        f"**An account manager's action {effect_words(whole)}**: of 100 contracts acted upon, "
        f"{_left_less(whole)} within {months} months; leaving is "
        f"{whole['ratio']:.2f} times as frequent as without one ({whole['ratio_low']:.2f} to "
        f"{whole['ratio_high']:.2f}). "
    )
    too_few = bool(kinds["why"].str.contains(TOO_FEW, regex=False).all())
    if too_few:
        sentence = (
            f"**Nothing can be told yet of what actions do**: {whole['trials']:.0f} actions could "
            f"be followed, after which {whole['endings']:.0f} contracts ended within {months} "
            f"months where {whole['expected']:.0f} were to be expected without, too few for any "
            "kind of action. More history tells, and sooner a recorded coin."
        )
    elif measured.empty:
        sentence += "No kind of action passed every check: all effects stay associations."
    else:
        sentence += f"{len(measured)} of {len(kinds)} kinds of action passed every check: "
        said = measured.apply(effect_words, axis=1)
        sentence += "; ".join(
            f"{', '.join(map(spoken, own))} {words}"
            for words, own in measured["action"].groupby(said, sort=False)
        )
        sentence += "."
    most = kinds.sort_values("probability_helps", ascending=False).head(_MOST)
    numbers = [
        Headline("left_less", f"fewer left in {months} months, of those acted upon",
                 *with_ends(whole, "points"), "share"),
        Headline("kept_per_hour", "revenue kept a year for an hour of work",
                 *with_ends(whole, "revenue_per_hour"), "money", currency),
        *[
            Headline(f"left_less_{row['action']}", f"after {spoken(row['action'])} ({row['word']})",
                     *with_ends(row, "points"), "share")
            for _, row in most.iterrows()
        ],
    ]  # fmt: skip
    # Where nothing can be told, one number shows how wide that is; the table has the rest.
    return Answer(sentence, tuple(numbers[:1] if too_few else numbers), prob)


def _left_less(row: pd.Series) -> str:
    """Say how many of a hundred left less, or more: what means the same for all and for each."""
    points, low, high = (100 * row[name] for name in ("points", "points_low", "points_high"))
    if points < 0:
        points, low, high = -points, -high, -low
    word = "fewer" if row["points"] >= 0 else "more"
    return f"{points:.1f} {word} left ({low:.1f} to {high:.1f})"


def nothing_answer(problem: Problem) -> Answer:
    """Answer where nothing could be compared: what is missing, and what to record.

    Parameters
    ----------
    problem : Problem
        From `workbench.impact.trials.lay_out_trials`.

    Returns
    -------
    Answer
        Without numbers.

    Examples
    --------
    >>> nothing_answer(Problem("no action on record", "actions", hint="Record them.")).sentence
    '**What actions do cannot be told: no action on record.** Record them.'
    """
    return Answer(f"**What actions do cannot be told: {problem.what}.** {problem.hint}")
