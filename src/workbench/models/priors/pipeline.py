"""What is believed of the sales pipeline, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core import revenue_names as names
from workbench.features.pipeline import AGE_FROM_MONTHS
from workbench.models.priors.distribution import Normal
from workbench.models.priors.prior import Counted, Prior, uncorrelated


@dataclass(frozen=True)
class PipelinePriors:
    """Priors of the pipeline.

    Parameters
    ----------
    move, move_sd : float
        Log-odds of another stage a month later: one opportunity in ten, 95 % between 0.6 and 68 %.
    close, close_sd : float
        Of being won, and of being lost, in an average stage: likewise.
    kind_sd : float
        Of the log-odds of opportunities to new customers and to customers, around their mean.
    level_sd : float
        Of the effects of stages and of age bands.
    """

    move: float = -2.2
    move_sd: float = 1.5
    close: float = -2.2
    close_sd: float = 1.5
    kind_sd: float = 1.5
    level_sd: float = 1.0


def _odds(log_odds: np.ndarray | float) -> np.ndarray:
    return 100 / (1 + np.exp(-np.asarray(log_odds, float)))


def pipeline_priors(numbers: PipelinePriors | None = None) -> tuple[Prior, ...]:
    """List the priors of the pipeline.

    Parameters
    ----------
    numbers : PipelinePriors, optional
        The default priors if left out.

    Returns
    -------
    tuple of Prior
        In the order in which a page lists them.
    """
    chosen = numbers or PipelinePriors()
    base = f"where {_odds(chosen.close):.0f} of 100 offers are won in a month: "

    def another(sd: float, levels: int) -> Counted:
        """Count under another level: effects are centred, so a level is seen against the rest."""
        rest = sd * np.sqrt(levels - 1.0) / levels

        def counted(effect: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            own = effect * (1 - 1 / levels) - rest * rng.normal(size=len(effect))
            return _odds(chosen.close + own)

        return counted

    return (
        uncorrelated(
            "an offer moves to another stage", names.PIPELINE_MOVE,
            Normal(chosen.move, chosen.move_sd),
            "of 100 offers, {low:.0f} to {high:.0f} are in a certain other stage a month later",
            lambda x, _: _odds(x), "Stages are any company's own; most offers rest most months.",
        ),
        uncorrelated(
            "an offer is won, or lost", names.PIPELINE_BASE,
            Normal(chosen.close, chosen.close_sd),
            "of 100 offers, {low:.0f} to {high:.0f} are won within a month, and as many lost",
            lambda x, _: _odds(x), "From sales of a month to sales of years.",
        ),
        uncorrelated(
            "whom an offer is made to", names.PIPELINE_EFFECTS[names.OPPORTUNITY_KIND],
            Normal(0.0, chosen.kind_sd),
            base + "{low:.0f} to {high:.0f} of offers to new customers, or to customers",
            another(chosen.kind_sd, 2),
            "Two kinds are too few to learn a spread from, and may differ by much.",
        ),
        uncorrelated(
            "its stage, and its age", names.PIPELINE_EFFECTS[names.STAGE],
            Normal(0.0, chosen.level_sd),
            base + "{low:.0f} to {high:.0f} in another stage or at another age",
            another(chosen.level_sd, len(AGE_FROM_MONTHS)),
            "A handful of stages and five bands of age: too few to learn a spread from.",
        ),
    )  # fmt: skip
