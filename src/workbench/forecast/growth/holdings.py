"""What the company holds on the as-of date, and what its lines have survived."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.features.design import Design, take_subscriptions
from workbench.forecast.growth.levels import Levels
from workbench.forecast.pipeline.new_logos import NewLogos
from workbench.forecast.posterior.past import past_hazard
from workbench.forecast.simulation.coming import is_coming, is_returning
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.intervention import Intervention
from workbench.forecast.simulation.lines import Lines


@dataclass(frozen=True)
class Past:
    """What the lines have survived: their at-risk rows so far."""

    design: Design

    def of(self, inputs: ForecastInputs, lines: Lines) -> np.ndarray:
        """Return the cumulative hazard so far, shape (draw, line); 0 for a line without rows.

        Parameters
        ----------
        inputs : ForecastInputs
            Its hazard draws are used.
        lines : Lines
        """
        at = pd.Index(self.design.subscription_id).get_indexer(lines.subscription_id)
        known = np.flatnonzero(at >= 0)
        out = np.zeros((len(inputs), len(lines)), dtype="float32")
        if len(known):
            out[:, known] = past_hazard(inputs.hazard, take_subscriptions(self.design, at[known]))
        return out

    def part(self, lines: Lines) -> Past:
        """Return what some lines need.

        Parameters
        ----------
        lines : Lines
            Those without rows so far need nothing.
        """
        at = pd.Index(self.design.subscription_id).get_indexer(lines.subscription_id)
        return Past(take_subscriptions(self.design, at[at >= 0]))


@dataclass(frozen=True)
class Holdings:
    """What the company holds on the as-of date: its lines, their past, and where they count.

    Offers to new customers that are open may stand beside them: they are then followed one by one,
    and the count of new customers is left with those whose opportunity is opened later. Lines of
    customers who have signed and are none yet are among the lines; `signed_arrivals`, by source and
    month, tells how many they are, see `workbench.forecast.simulation.coming.signed_arrivals`.
    """

    lines: Lines
    past: Past
    levels: Levels
    new_logos: NewLogos | None = None
    signed_arrivals: np.ndarray | None = None


def held_and_coming(
    holdings: Holdings, change: Intervention
) -> tuple[Holdings, Intervention, list[tuple[Holdings, Intervention]]]:
    """Set those who have signed and are no customers yet apart: who returns, and who is new.

    Parameters
    ----------
    holdings : Holdings
    change : Intervention
        By the lines of `holdings`.

    Returns
    -------
    held : Holdings
        Without those who are to come; `holdings` itself where nobody is.
    own : Intervention
        What changes for the lines of `held`.
    coming : list of tuple of Holdings and Intervention
        First who returns, then who is new, of whom either may have no lines; empty where nobody is
        to come.
    """
    lines = holdings.lines
    coming = is_coming(lines)
    if not coming.any():
        return holdings, change, []
    back = coming.copy()
    back[coming] = is_returning(lines.take(coming))
    held, *parts = (
        (_part_of(holdings, which), change.of_lines(which))
        for which in map(np.flatnonzero, (~coming, back, coming & ~back))
    )
    return *held, parts


def _part_of(holdings: Holdings, which: np.ndarray) -> Holdings:
    levels = replace(holdings.levels, line=holdings.levels.line[which])
    return replace(holdings, lines=holdings.lines.take(which), levels=levels)
