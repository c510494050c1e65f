"""The health of accounts: two numbers, why, signs, whom to call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown
from workbench.analysis.health_track import HealthTrack, health_track
from workbench.analysis.renewals import RenewalFit
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import settings_from
from workbench.core.calendar import month_number
from workbench.health.assess import Assessment, HealthRules, assess
from workbench.health.scores import Bands
from workbench.health.signs.sign import read_signs
from workbench.report.account_health import browse, figures, text
from workbench.report.account_health.settings import AccountHealthSettings, HealthSettings
from workbench.report.account_review.sections import Review, chosen_accounts, review_of
from workbench.report.output.browse import BrowseTable
from workbench.report.output.publish import publish_scores
from workbench.report.output.tables import report_table
from workbench.report.style import Figure

LEDGER = "account_health"  # whose scores are kept


@dataclass(frozen=True, repr=False)
class AccountHealth(Shown):
    """The health of a book as of its day.

    Parameters
    ----------
    fit : RenewalFit
    rules : HealthRules
    found : Assessment
        Scores, signs and history; see there.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["nps_latest"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> health = wb.account_health(fit)
    >>> list(health.table.columns[:3])
    ['account_id', 'name', 'parent']
    """

    fit: RenewalFit
    rules: HealthRules
    found: Assessment

    @property
    def table(self) -> pd.DataFrame:
        """One row per customer, most money at stake first; docs/health.md tells the columns."""
        return self.found.health

    @property
    def signs(self) -> pd.DataFrame:
        """One row per sign that shows: since when, and what it saw."""
        return self.found.signs

    @property
    def record(self) -> pd.DataFrame:
        """How each sign did in this book."""
        return self.found.record

    @property
    def text(self) -> Prose:
        """How many customers there are, what is at stake, how many are weak."""
        return Prose(text.answer_text(self.table, self.rules.prob, self._currency))

    def calls_text(self, count: int = 5) -> Prose:
        """Return the accounts to call: what is at stake, why, and what to say.

        Parameters
        ----------
        count : int
            How many, 1 or more.
        """
        return Prose(text.calls_text(self.table, self.signs, count, self._currency))

    def plot(self) -> Figure:
        """Draw both numbers of every customer.

        Returns
        -------
        Figure
            Renewal strength across, staying for a year up, areas by yearly revenue.
        """
        return figures.strength_figure(self.table, self.rules.bands.low, self._currency)

    @cached_property
    def browse(self) -> BrowseTable:
        """Every customer, to filter and sort."""
        titles = {name: sign.title for name, sign in self.rules.signs.entries.items()}
        first_month = month_number(self.fit.data.hazard.as_of)
        return browse.browse_table(self.table, titles, first_month, self._currency)

    @property
    def record_text(self) -> Prose:
        """Which signs tell something in this book."""
        return Prose(text.record_text(self.record))

    @property
    def record_report(self) -> GT:
        """The record of each sign as a table for the page."""
        shown = self.record.drop(columns=["sign", "known", "warned"])
        held = f"intervals of the ratio hold {self.rules.prob:.0%}"
        table = report_table(shown, "How the signs did", held)
        table = table.fmt_percent(["recall", "false_alarms"], decimals=0)
        table = table.fmt_number(["lead_median", "lead_low", "lead_high"], decimals=0)
        return table.fmt_number(["hazard_ratio", "ratio_low", "ratio_high"], n_sigfig=2)

    def chosen(self, account_id: str = "", owner: str = "") -> list[str]:
        """Return one account, all of an owner's, or the one with most money at stake.

        Parameters
        ----------
        account_id, owner : str
            At most one of them.

        Raises
        ------
        ParameterError
            When both are given, or nobody of that key or owner is a customer on the day.
        """
        return chosen_accounts(self.table, account_id, owner)

    def review(self, account_id: str) -> Review:
        """Return the review of an account.

        Parameters
        ----------
        account_id : str
            A customer on the day.
        """
        return review_of(self.found, self.fit.data.hazard, account_id, self._currency)

    def reviews(self, accounts: list[str]) -> Iterator[Review]:
        """Yield the reviews of some accounts, in their order.

        Parameters
        ----------
        accounts : list of str
            Customers on the day.
        """
        return (self.review(account) for account in accounts)

    def track(self, run: ReportRun | None = None) -> HealthTrack:
        """Hold the scores of past months against what happened: a second fit, of an earlier day.

        Parameters
        ----------
        run : ReportRun, optional
            Whose parameters say how many months and alerts, and whose folder keeps the fit.

        Returns
        -------
        HealthTrack
        """
        settings = run.settings if run else settings_from(AccountHealthSettings, {})
        assert isinstance(settings, AccountHealthSettings)
        months, alerts = settings.track_months, settings.alerts_per_month
        return health_track(self.fit, self.found, self.rules, months, alerts, run)

    def keep(self, run: ReportRun) -> None:
        """Leave the scores for the ledger: a later run will find them as they were made.

        Parameters
        ----------
        run : ReportRun
        """
        publish_scores(run.settings, self.table, self.fit.data.hazard.as_of)

    def card(self) -> Card:
        """Return what is shown."""
        weak = int((self.table["band"] == "weak").sum())
        facts = {
            "as of": self.fit.data.as_of,
            "customers": len(self.table),
            "weak": weak,
            "signs that show": len(self.signs),
        }
        calls = ("health.calls_text()", "health.table", "health.browse", "health.record")
        return Card("Health of accounts", facts, calls, self.fit.card().warnings)

    @property
    def _currency(self) -> str:
        return self.fit.data.currency


def account_health(fit: RenewalFit, run: ReportRun | None = None) -> AccountHealth:
    """Tell the health of every account from a fitted renewal model.

    Parameters
    ----------
    fit : RenewalFit
        Of data with at least a year to come.
    run : ReportRun, optional
        Of a report on health, whose parameters hold and whose earlier scores are read; left out,
        the usual bands and signs.

    Returns
    -------
    AccountHealth

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["nps_latest"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> len(wb.account_health(fit).record)
    8
    """
    settings = run.settings if run else settings_from(AccountHealthSettings, {})
    assert isinstance(settings, HealthSettings)
    rules = HealthRules(
        signs=read_signs(settings.signs or None),
        bands=Bands(settings.band_low, settings.band_high),
        prob=fit.settings.interval_prob,
        seed=fit.settings.seed,
    )
    ledger = run.archive / LEDGER if run else None
    found = assess(fit.data.book, fit.data.hazard, fit.draws, rules, ledger)
    return AccountHealth(fit, rules, found)
