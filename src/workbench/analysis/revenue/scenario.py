"""The forecast in a world that is assumed to change, beside the forecast as it is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown
from workbench.forecast.growth import bridge
from workbench.forecast.growth.forecast import Growth
from workbench.forecast.simulation.scenario import Scenario
from workbench.report.net_growth.tables import scenario_report
from workbench.report.net_growth.text import scenario_text


@dataclass(frozen=True, repr=False)
class ScenarioComparison(Shown):
    """Chance is the same with and without, so the difference is the assumption's alone.

    Parameters
    ----------
    scenario : Scenario
        What is assumed.
    usual, other : Growth
        Without and with it.
    prob : float
        Probability inside every interval.
    currency : str

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> growth = wb.fit_revenue(data, draws=50, smoke=True).forecast(fit, months=6)
    >>> growth.scenario(new_business=0.5).scenario.text()[:38]
    'new and returning customers come at × '
    """

    scenario: Scenario
    usual: Growth
    other: Growth
    prob: float
    currency: str

    @property
    def months(self) -> int:
        """Months over which the two are compared, at most 12."""
        return min(12, len(self.usual.months))

    @property
    def bridge(self) -> pd.DataFrame:
        """Opening, movements and closing of each month as assumed, with intervals."""
        return bridge.bridge_table(self.other, self.prob)

    @property
    def sheets(self) -> dict[str, pd.DataFrame]:
        """The bridge as assumed, by the name of its table; none where nothing is assumed."""
        return {} if self.scenario.is_usual else {"bridge_in_a_scenario": self.bridge}

    def total(self, growth: Growth) -> pd.DataFrame:
        """Return the bridge over all the months of one of the two.

        Parameters
        ----------
        growth : Growth
            `usual` or `other`.
        """
        return bridge.total_bridge(growth, self.prob, self.months)

    @property
    def text(self) -> Prose:
        """What is assumed, and what it changes."""
        both = self.total(self.usual), self.total(self.other)
        return Prose(scenario_text(*both, self.scenario.text(), self.currency))

    def report(self) -> GT | None:
        """Return both bridges as a table for a page; None where nothing is assumed.

        Returns
        -------
        GT or None
        """
        if self.scenario.is_usual:
            return None
        return scenario_report(self.total(self.usual), self.total(self.other), self.months)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"assumed": self.scenario.text(), "months": self.months}
        return Card("If the world changes", facts, ("scenario.text", "scenario.bridge"))
