"""What became of the forecasts that earlier runs of a report have left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.analysis.card import Card, Prose, Shown
from workbench.analysis.prepare import PreparedData
from workbench.forecast.backtest import archive, forecast_record
from workbench.forecast.backtest.archive_file import read_archive
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.report.archive import figures
from workbench.report.archive.text import archive_text, drift_warnings
from workbench.report.style import Figure

# Of each report that forecasts: what is drawn of its earlier forecasts.
_DRAWN = {"renewals": forecast_record.KEPT, "net_growth": forecast_record.REVENUE}


@dataclass(frozen=True, repr=False)
class EarlierForecasts(Shown):
    """Forecasts that earlier runs of a report have left, beside what the contracts say by now.

    Parameters
    ----------
    scored : ScoredArchive
        See `workbench.forecast.backtest.archive`.
    report : str
    prob : float
        Probability inside every interval.

    Examples
    --------
    >>> import workbench as wb
    >>> from pathlib import Path
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> earlier = score_earlier(Path("nowhere"), "renewals", data, 0.9)
    >>> earlier.text
    'No earlier forecast of this book can be scored yet.'
    """

    scored: archive.ScoredArchive
    report: str
    prob: float

    @property
    def scores(self) -> pd.DataFrame:
        """Each quantity that was forecast, and what became of it."""
        return self.scored.scores

    @property
    def text(self) -> Prose:
        """How earlier forecasts did, whether they drift, and which are not scored."""
        return Prose(archive_text(self.scored, self.prob))

    def plot(self) -> Figure | None:
        """Draw what happened as a share of what was forecast; None where nothing can be scored.

        Returns
        -------
        Figure or None
        """
        if self.scores.empty:
            return None
        return figures.archive_figure(self.scores, _DRAWN[self.report], self.prob)

    def card(self) -> Card:
        """Return what is shown."""
        facts = {"report": self.report, "scored": self.scores["as_of"].nunique()}
        calls = ("earlier.text", "earlier.scores", "earlier.plot()")
        return Card("Earlier forecasts", facts, calls, tuple(drift_warnings(self.scored)))


def score_earlier(folder: Path, report: str, data: PreparedData, prob: float) -> EarlierForecasts:
    """Score earlier forecasts of a report by what has happened since.

    Parameters
    ----------
    folder : Path
        Of published forecasts; there may be none.
    report : str
        `renewals` or `net_growth`.
    data : PreparedData
        The book as known today.
    prob : float
        Probability inside every interval, between 0 and 1.

    Returns
    -------
    EarlierForecasts
    """
    known = KnownContracts(data.hazard.subscriptions, data.hazard.as_of)
    scored = archive.score_archive(read_archive(folder, report), known, prob)
    return EarlierForecasts(scored, report, prob)
