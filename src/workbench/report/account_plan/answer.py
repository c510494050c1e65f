"""An account plan in a sentence and four numbers, made from its comparison and nothing else."""

from __future__ import annotations

from workbench.core.plain_text import plain
from workbench.plans.evaluate.compare import Comparison
from workbench.report.amounts import money
from workbench.report.output.answer import Answer, Headline, with_ends


def plan_answer(name: str, compared: Comparison, end: str, prob: float, currency: str) -> Answer:
    """Answer what the plan is expected to change.

    Parameters
    ----------
    name : str
        Of the plan.
    compared : Comparison
        The baseline and the plan.
    end : str
        Last month of the forecast.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Answer
    """
    before, after = compared.summary.iloc[0], compared.summary.iloc[-1]
    gain = after["gain"]
    sentence = (
        f"**{plain(name)}: revenue in {end} is expected to be {money(abs(gain), currency)} "
        f"{'higher' if gain >= 0 else 'lower'} than as things stand**, better in "
        f"{after['better']:.0%} of cases; {before['stays']:.0%} are still customers then as "
        f"things stand, {after['stays']:.0%} with the plan."
    )
    numbers = (
        Headline("stays", f"still a customer in {end}", *with_ends(after, "stays"), "share"),
        Headline(
            "arr", f"revenue in {end}, with the plan", *with_ends(after, "arr"), "money", currency
        ),
        Headline("gain", "more than as things stand", *with_ends(after, "gain"), "money", currency),
        Headline("hours", "hours that it takes", float(after["hours"])),
    )
    return Answer(sentence, numbers, prob)
