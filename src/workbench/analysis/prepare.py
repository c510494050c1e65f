"""From a book to what models learn from, as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from workbench.analysis.card import Card, Prose, Shown
from workbench.analysis.settings import settings_from
from workbench.core.settings import ForecastSettings
from workbench.data.book import Book
from workbench.data.reach import unheard_finding
from workbench.features.hazard_data import (
    DataSpecification,
    HazardData,
    hazard_data,
    specification_of,
)
from workbench.forecast.growth.committed import committed_table
from workbench.report.net_growth.committed_text import committed_text
from workbench.report.renewals.text import currency_of, data_text, left_out_text, spend_text


@dataclass(frozen=True, repr=False)
class PreparedData(Shown):
    """A book as of a day, ready for the models.

    Parameters
    ----------
    book : Book
    asked : DataSpecification
    hazard : HazardData
        Tables and arrays; see there.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), as_of="2026-01-01", covariates=["nps_latest"])
    >>> data.as_of, data.hazard.signals
    ('2026-01-01', ('nps_latest',))
    """

    book: Book
    asked: DataSpecification
    hazard: HazardData

    @property
    def as_of(self) -> str:
        """ISO date: nothing known on or after it is used."""
        return self.hazard.as_of.date().isoformat()

    @property
    def rows(self) -> pd.DataFrame:
        """At-risk rows: one per subscription and month in which it could have been left."""
        return self.hazard.rows

    @cached_property
    def currency(self) -> str:
        """Currency of the contracts; empty where they name none or several."""
        return currency_of(self.book.frame("contracts"))

    @property
    def has_terms(self) -> bool:
        """Whether contracts have terms that end; made out of spend, they have none."""
        return self.book.spend is None

    @property
    def text(self) -> Prose:
        """On what models are fitted, and what that means for their numbers."""
        lost = int(self.book.rows["rows_lost"].sum())
        summary = data_text(self.hazard, lost, self.book.grave_losses)
        return Prose(summary + spend_text(self.book.spend) + self._unheard)

    @property
    def warnings(self) -> Prose:
        """What was left out, and what contracts are made of; may be empty."""
        return Prose(spend_text(self.book.spend) + left_out_text(self.hazard) + self._unheard)

    @property
    def _unheard(self) -> str:
        spans, as_of = self.hazard.subscriptions.spans, pd.Timestamp(self.hazard.as_of)
        found = unheard_finding(self.book.reach, spans, as_of)
        return f"\n\n**Beyond the data:** {found}" if found else ""

    @cached_property
    def committed(self) -> pd.DataFrame:
        """What is signed and has not begun: certain in every forecast."""
        return committed_table(self.hazard)

    @property
    def committed_text(self) -> Prose:
        """The same in a sentence; empty where nothing is signed."""
        return Prose(committed_text(self.committed, self.currency))

    def card(self) -> Card:
        """Return what is shown."""
        data = self.hazard
        leaks = [f"left out, because it tells who left: {leak.name}" for leak in data.leaks]
        crowd = [f"left out, because they are too many: {len(data.crowded):,} attributes"]
        snapshot = ["a snapshot: the level of survival is not real"] * data.is_snapshot
        return Card(
            "Data of the renewal and revenue models",
            {
                "as of": self.as_of,
                "months at risk": f"{int(data.rows['observed'].sum()):,}",
                "endings": f"{data.endings:,}",
                "covariates": ", ".join((*data.signals, *data.attributes)) or "none",
                "groups": ", ".join(data.groups) or "none",
                "months to forecast": self.asked.horizon_months,
            },
            ("wb.fit_renewals(data)", "wb.fit_revenue(data)", "wb.hazard_graph(data)", "data.rows"),
            (*leaks, *crowd[: len(data.crowded)], *snapshot),
        )


def prepare(  # noqa: PLR0913 -- what is asked of a book, setting by setting
    book: Book,
    as_of: str | date = "",
    covariates: Sequence[str] = (),
    groups: Sequence[str] | None = None,
    *,
    horizon_months: int = 24,
    observed_from: str | date = "",
    curves: bool = False,
) -> PreparedData:
    """Prepare a book for the models; nothing known on or after the as-of date is used.

    Parameters
    ----------
    book : Book
    as_of : str or date
        ISO date; empty: the day after the last complete month in the data.
    covariates : sequence of str
        Signals and attributes; empty takes the usual ones, ``["all"]`` everything.
    groups : sequence of str, optional
        Account columns whose levels are pooled; left out: industry, segment, region, owner and
        parent, as far as the book has them.
    horizon_months : int
        How far a forecast can reach, 1 to 36.
    observed_from : str or date
        ISO date from which endings are on record; empty: the month in which the first account left.
    curves : bool
        Whether what a number does to leaving may bend.

    Returns
    -------
    PreparedData

    Raises
    ------
    DataError
        When nobody is at risk, or nobody is a customer at the as-of date.
    ParameterError
        Naming every parameter that is mistyped, out of range or not in the book.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), groups=["segment"], covariates=["nps_latest"])
    >>> list(data.rows.columns[:3])
    ['subscription_id', 'account_id', 'product']
    """
    stated = {
        "as_of": _day(as_of),
        "covariates": _texts(covariates),
        "groups": None if groups is None else _texts(groups),
        "horizon_months": horizon_months,
        "observed_from": _day(observed_from),
        "curves": curves,
    }
    asked = specification_of(settings_from(ForecastSettings, stated))
    return PreparedData(book, asked, hazard_data(book, asked))


def _day(day: str | date) -> str:
    return f"{day:%Y-%m-%d}" if isinstance(day, date) else day


def _texts(names: Sequence[str]) -> Sequence[str]:
    # A text alone stays one, and is refused: taken apart it would be its letters.
    return names if isinstance(names, str) else list(names)
