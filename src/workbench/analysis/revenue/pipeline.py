"""What becomes of open opportunities in a forecast, and who comes beside them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.analysis.card import Card, Prose, Shown
from workbench.report.net_growth.pipeline_figures import pipeline_figure
from workbench.report.net_growth.pipeline_text import pipeline_text
from workbench.report.style import Figure


@dataclass(frozen=True, repr=False)
class PipelineOutlook(Shown):
    """Open opportunities by stage, and new customers by month.

    Parameters
    ----------
    stages : DataFrame
        See `workbench.forecast.pipeline.tables.stage_outlook`.
    coming : DataFrame
        See `workbench.forecast.pipeline.tables.new_customer_table`.
    currency : str

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> growth = wb.fit_revenue(data, draws=50, smoke=True).forecast(fit, months=6)
    >>> len(growth.pipeline.coming)
    6
    """

    stages: pd.DataFrame
    coming: pd.DataFrame
    currency: str

    @property
    def text(self) -> Prose:
        """What the open opportunities are expected to bring."""
        return Prose(pipeline_text(self.stages, self.coming, self.currency))

    def plot(self) -> Figure | None:
        """Draw the open opportunities by stage, and new customers by month.

        Returns
        -------
        Figure or None
            None where there are no opportunities, and nobody is expected to come.
        """
        if not len(self.stages) and not self.coming["counted"].any():
            return None
        return pipeline_figure(self.stages, self.coming, self.currency)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"stages": len(self.stages), "months": len(self.coming)}
        return Card("Open pipeline", facts, ("pipeline.text", "pipeline.plot()", "pipeline.stages"))
