"""Earlier forecasts beside what then happened, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.analysis.card import Shown
from workbench.core.gates import Gate, gate_table, of_models
from workbench.features.hazard_data import HazardData
from workbench.features.revenue_data import RevenueData
from workbench.forecast.backtest import judge, renewals, spread
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.inference import gates
from workbench.inference.fit import Fit
from workbench.inference.from_settings import limits_of
from workbench.report.backtest.settings import BacktestSettings


@dataclass(frozen=True)
class FittedOrigin:
    """An origin's data, and the fits that were learnt from them."""

    data: HazardData
    money: RevenueData
    leaving: Fit
    earning: Fit


@dataclass(frozen=True, repr=False)
class BacktestTables(Shown):
    """Forecasts and outcomes as tables; texts and pictures stand on `Backtest`.

    Parameters
    ----------
    judged : tuple of Judged
        One per origin, see `workbench.forecast.backtest.judge`.
    known : KnownContracts
        What happened.
    first_month : int
        Month number from which endings are on record.
    left_out : tuple of str
        Why an origin or a horizon is not there.
    fits : mapping of str to FittedOrigin
        By origin; one alone where it was used again.
    note : str
        What was left out of the data, and what contracts are made of.
    currency : str
    has_terms : bool
        Whether contracts have terms that end; made out of spend, they have none.
    settings : BacktestSettings
    """

    judged: tuple[judge.Judged, ...]
    known: KnownContracts
    first_month: int
    left_out: tuple[str, ...]
    fits: Mapping[str, FittedOrigin]
    note: str
    currency: str
    has_terms: bool
    settings: BacktestSettings

    @cached_property
    def judged_fits(self) -> tuple[Gate, ...]:
        """The gates of all fits, each named after its origin and model."""
        return of_models(_gates(self.fits, self.settings))

    @property
    def gates(self) -> pd.DataFrame:
        """Everything that was checked: gate, value, limit, passed, worst at."""
        return gate_table(self.judged_fits)

    @cached_property
    def cases(self) -> pd.DataFrame:
        """Each quantity that was forecast, and what became of it."""
        return judge.money_cases(self.judged, self.settings.interval_prob)

    @cached_property
    def money(self) -> pd.DataFrame:
        """Scores of the revenue forecasts, by quantity, horizon and forecast."""
        return judge.money_table(self.cases)

    @cached_property
    def renewals(self) -> pd.DataFrame:
        """Scores of the renewal probabilities, by horizon and forecast."""
        return renewals.renewal_table(self.judged, self.settings.interval_prob)

    @cached_property
    def calibration(self) -> pd.DataFrame:
        """Renewals in groups of rising chance: forecast, and kept."""
        return spread.renewal_calibration(self.judged, self.settings.interval_prob)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Where in its forecast each account's revenue fell: level, if the spread is right."""
        return spread.pit_table(self.judged, self.settings.interval_prob, self.settings.seed)

    @cached_property
    def leaving(self) -> pd.DataFrame:
        """Whether those left first of whom it was forecast, by horizon and forecast."""
        return renewals.leaving_table(self.judged, self.known.final_month)

    @cached_property
    def fans(self) -> pd.DataFrame:
        """The revenue forecast of each origin, month by month, with intervals."""
        return spread.fan_table(self.judged, self.settings.interval_prob)

    @property
    def sheets(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        found = {
            "cases": self.cases,
            "money": self.money,
            "pit": self.ranks,
            "leaving": self.leaving,
            "fans": self.fans,
        }
        if self.has_terms:
            found["renewals"] = self.renewals
            found["calibration"] = self.calibration
            found["forecasts"] = renewals.pooled_renewals(self.judged)
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """How the fits came about, for the manifest."""
        fits = {day: (one.leaving, one.earning) for day, one in self.fits.items()}
        keys = {day: {"hazard": a.key, "revenue": b.key} for day, (a, b) in fits.items()}
        draws = {day: {"hazard": a.draws, "revenue": b.draws} for day, (a, b) in fits.items()}
        return keys | {"draws": draws}


def _gates(
    fits: Mapping[str, FittedOrigin], asked: BacktestSettings
) -> dict[str, tuple[Gate, ...]]:
    limits = limits_of(asked)
    own: dict[str, tuple[Gate, ...]] = {}
    for day, fitted in fits.items():
        enough = gates.endings_gate(fitted.data.endings, asked.min_endings)
        own[f"{day}: leaving"] = (*fitted.leaving.gates(limits), enough)
    return own | {f"{day}: revenue": one.earning.gates(limits) for day, one in fits.items()}
