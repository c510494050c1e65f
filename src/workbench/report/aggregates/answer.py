"""The aggregates report in a sentence and its numbers, made from its table and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.report.output.answer import Answer, Headline

_LABELS = {
    "lost": "customers lost",
    "added": "customers added",
    "closing": "customers at the end",
    "revenue": "revenue",
}


def aggregates_answer(totals: pd.DataFrame, sentence: str, ahead: str, prob: float) -> Answer:
    """Answer how many customers will be lost, added and there.

    Parameters
    ----------
    totals : DataFrame
        See `workbench.forecast.aggregates_tables.totals`.
    sentence : str
        The answer in Markdown; see `workbench.report.aggregates.text.answer_text`.
    ahead : str
        The horizon, such as ``8 quarters``.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    Answer
    """
    rows = {row["quantity"]: row for row in totals.to_dict("records")}
    numbers = [
        Headline(
            f"{name}_{ahead.replace(' ', '_')}", f"{label} in {ahead}",
            row["mean"], row["low"], row["high"],
        )
        for name, label in _LABELS.items()
        if (row := rows.get(name)) is not None
    ]  # fmt: skip
    return Answer(sentence, tuple(numbers), prob)
