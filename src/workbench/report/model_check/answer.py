"""The model check in a sentence and its numbers, made from its tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.report.output.answer import Answer, Headline


def check_answer(gates: pd.DataFrame, calibration: pd.DataFrame, leaning: pd.DataFrame) -> Answer:
    """Answer whether the model of leaving may be believed, as far as checks can tell.

    Parameters
    ----------
    gates : DataFrame
        From `workbench.core.gates.gate_table`.
    calibration : DataFrame
        From `workbench.forecast.leaving.check.endings_check`.
    leaning : DataFrame
        From `workbench.inference.sensitivity.prior_sensitivity`.

    Returns
    -------
    Answer
    """
    passed = int(gates["passed"].astype(bool).sum())
    answers = leaning[leaning["kind"] == "answer"]
    prior = int((answers["verdict"] != "the data decide").sum())
    inside = int(calibration["inside"].sum())
    if passed == len(gates):
        verdict = f"**Yes, as far as {len(gates)} checks can tell.** "
    else:
        verdict = f"**No: {len(gates) - passed} of {len(gates)} checks failed.** "
    sentence = verdict + (
        f"Customers left as often as forecast in {inside} of {len(calibration)} groups of rising "
        f"risk, and {prior or 'none'} of {len(answers)} answers "
        f"{'leans' if prior < 2 else 'lean'} on what was believed before."
    )
    numbers = (
        Headline("checks_passed", f"of {len(gates)} checks passed", passed),
        Headline("groups_inside", f"of {len(calibration)} groups as forecast", inside),
        Headline("endings", "endings on record", float(calibration["observed"].sum())),
        Headline("answers_on_prior", f"of {len(answers)} answers lean on a prior", prior),
    )
    return Answer(sentence, numbers)
