"""Revenue, usage and scores before and after a first action."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from workbench.analysis.card import Card, Prose, Shown
from workbench.impact.differences import OutcomeChange, change_table
from workbench.report.plan_impact.changes import changes_figure, changes_text
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class OutcomeChanges(Shown):
    """How revenue, usage and scores changed after a first action, by differences in differences.

    Parameters
    ----------
    found : tuple of OutcomeChange
    months : int
        After the action.
    prob : float
        Probability inside the intervals.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(40, months=24), covariates=["nps_latest"])
    >>> changes = wb.measure_actions(data, draws=50, smoke=True).changes
    >>> list(changes.table.columns[:4])
    ['outcome', 'accounts', 'others', 'change']
    """

    found: tuple[OutcomeChange, ...]
    months: int
    prob: float

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per outcome; docs/impact.md tells the columns."""
        return change_table(self.found)

    @property
    def text(self) -> Prose:
        """What every outcome did, and what the number may be called."""
        return Prose(changes_text(self.table, self.months, self.prob))

    def plot(self) -> Figure | None:
        """Draw every outcome by quarters since the first action.

        Returns
        -------
        Figure or None
            None where nothing could be compared.
        """
        return changes_figure(self.found, self.prob)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {one.outcome: "; ".join(one.why) or "every check passed" for one in self.found}
        return Card("Changes after a first action", facts, ("changes.table", "changes.plot()"))
