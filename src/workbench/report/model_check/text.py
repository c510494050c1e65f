"""The answers of the model check as sentences, made from the tables and nothing else."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.core.plain_text import plain


def gates_text(gates: pd.DataFrame) -> str:
    """Say whether the model may be believed as far as the gates can tell.

    Parameters
    ----------
    gates : DataFrame
        From `workbench.core.gates.gate_table`.

    Returns
    -------
    str
        Markdown.
    """
    failed = gates[~gates["passed"].astype(bool)]
    if failed.empty:
        return (
            f"**As far as {len(gates)} gates can tell, yes.** The sampler has converged, endings "
            "come where they are expected, survival is as replicated, and no single subscription "
            "rules the answer."
        )
    listed = "; ".join(
        f"{gate} is {value:.3g} where {limit:.3g} is allowed ({plain(where)})"
        for gate, value, limit, where in zip(
            failed["gate"], failed["value"], failed["limit"], failed["worst at"], strict=True
        )
    )
    return f"**No: {len(failed)} of {len(gates)} gates failed.** {listed}."


def sensitivity_text(sensitivity: pd.DataFrame) -> str:
    """Say which answers and parameters lean on a prior.

    Parameters
    ----------
    sensitivity : DataFrame
        From `workbench.inference.sensitivity.prior_sensitivity`.

    Returns
    -------
    str
        Markdown.
    """
    leaning = sensitivity[sensitivity["verdict"] != "the data decide"]
    answers = leaning[leaning["kind"] == "answer"]
    others = leaning[leaning["kind"] == "parameter"]
    if answers.empty:
        text = "None of the answers leans on a prior: what the reports say comes from the data."
    else:
        text = "**Leaning on the priors:** " + "; ".join(map(_moved, answers.itertuples())) + "."
    if len(others):
        text += (
            f" Of the parameters, {len(others)} lean on their priors, as the spreads of few levels "
            "and the rates of rare exits must."
        )
    alone = list(others.loc[others["verdict"] == "mostly the prior", "quantity"])
    if alone:
        named = ", ".join(map(plain, alone[:5])) + (", ..." if len(alone) > 5 else "")
        text += f" The data hardly speak of: {named}."
    return text


def _moved(answer: Any) -> str:
    """Say of a share how far it moves with the priors."""
    whom = plain(answer.leans_on or "all priors together")
    return (
        f"{plain(answer.quantity)}, {answer.mean:.1%} ({answer.mean_weaker:.1%} under priors a "
        f"fifth weaker, {answer.mean_stronger:.1%} a quarter stronger; it leans on: {whom})"
    )
