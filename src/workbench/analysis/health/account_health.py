"""The health of accounts: two numbers, why, signs, whom to call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from workbench.analysis.card import Card, Prose
from workbench.analysis.health.tables import HealthTables
from workbench.analysis.health.track import HealthTrack, health_track
from workbench.analysis.health.words import (
    ears_of,
)
from workbench.analysis.leaving.renewals import RenewalFit
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import settings_from
from workbench.core.calendar import month_number
from workbench.core.plain_text import plain
from workbench.health.assess import HealthRules, assess
from workbench.health.branches import branch_table, parent_effect
from workbench.health.classes import read_classes
from workbench.health.scores import Bands
from workbench.health.signs.sign import read_signs
from workbench.health.standing import standing_table
from workbench.report.account_health import browse, figures, term_text, text
from workbench.report.account_health.answer import health_answer
from workbench.report.account_health.settings import AccountHealthSettings, HealthSettings
from workbench.report.account_health.tables import due_report, record_report
from workbench.report.account_review import next_sections
from workbench.report.account_review.answer import review_answer
from workbench.report.account_review.next_sections import action_text
from workbench.report.account_review.people_sections import people_section, words_section
from workbench.report.account_review.sections import (
    AccountReview,
    Section,
    review_of,
)
from workbench.report.output.answer import Answer
from workbench.report.output.browse import BrowseTable
from workbench.report.output.publish import publish_scores
from workbench.report.output.row_table import RowTable
from workbench.report.style import Figure

LEDGER = "account_health"  # whose scores are kept


@dataclass(frozen=True, repr=False)
class AccountHealth(HealthTables):
    """The health of a book as of its day.

    Its tables and parameters are those of `workbench.analysis.health.tables.HealthTables`.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["nps_latest"])
    >>> fit = wb.fit_renewals(data, draws=50, smoke=True)  # mock draws, for speed
    >>> health = wb.account_health(fit)
    >>> list(health.table.columns[:3])
    ['account_id', 'name', 'parent']
    """

    @property
    def text(self) -> Prose:
        """How many customers there are, what is at stake, how many are weak."""
        return Prose(text.answer_text(self.table, self._currency))

    def answer(self) -> Answer:
        """Return what the page says first."""
        gone = self.found.scored.gone(self.rules.prob)
        return health_answer(self.table, gone, self.rules.prob, self._currency)

    def review_answer(self, account_id: str, hour_cost: float = 50.0) -> Answer:
        """Return what the page of one account's review says first.

        Parameters
        ----------
        account_id : str
            A customer on the day.
        hour_cost : float
            Money that an hour of ours must bring, in the book's currency.
        """
        row = self.table[self.table["account_id"] == account_id].to_dict("records")[0]
        signs = self.signs[self.signs["account_id"] == account_id]
        actions = self.actions([account_id], hour_cost)
        return review_answer(row, signs, actions, self.rules.prob, self._currency)

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
    def browse_text(self) -> Prose:
        """What the columns of that table mean."""
        return Prose(term_text.browse_text(terms=term_text.has_terms(self.table)))

    @property
    def record_text(self) -> Prose:
        """Which signs tell something in this book."""
        return Prose(text.record_text(self.record))

    @property
    def record_report(self) -> RowTable:
        """The record of each sign as a table for the page."""
        return record_report(self.record, self.rules.prob)

    def due_report(self, due: pd.DataFrame) -> RowTable | Prose:
        """Return renewals to decide as a table for the page, or why there is none to come.

        Parameters
        ----------
        due : DataFrame
            From `due`.
        """
        if not term_text.has_terms(self.table):
            return Prose(
                "Nobody has a term, so any month may be a customer's last: no day to watch."
            )
        return due_report(due, self._currency)

    @property
    def potential_text(self) -> Prose:
        """How many accounts each class has, and where potential and history disagree."""
        return Prose(text.potential_text(self.potential, self._currency))

    def actions_text(self, actions: pd.DataFrame) -> Prose:
        """Say the next best action of each account of a table of actions.

        Parameters
        ----------
        actions : DataFrame
            From `actions`.
        """
        names = self.table.set_index("account_id")["name"]
        lines = [
            f"- **{plain(names[key])}**: {plain(action_text(own, self._currency))}"
            for key, own in actions.groupby("account_id", sort=False)
        ]
        return Prose("\n".join(lines))

    def further(self, account_id: str, actions: pd.DataFrame, due: pd.DataFrame) -> list[Section]:
        """Return what comes next for an account, as sections of its review.

        Parameters
        ----------
        account_id : str
            A customer on the day.
        actions, due : DataFrame
            From `actions` and `due`, this account's among them.
        """
        data, money_in = self.fit.data.hazard, self._currency
        row = self.table[self.table["account_id"] == account_id].to_dict("records")[0]
        own = [table[table["account_id"] == account_id] for table in (actions, due)]
        opportunities = self.opportunities[self.opportunities["account_id"] == account_id]
        row |= self.potential.set_index("account_id").loc[account_id].to_dict()
        standing = standing_table(row, opportunities, self._known("invoices"), data.as_of)
        found = [
            next_sections.action_section(own[0], money_in),
            next_sections.opportunity_section(opportunities, money_in),
            *[next_sections.due_section(own[1], money_in)] * term_text.has_terms(self.table),
            next_sections.standing_section(standing),
            words_section(self.heard.moods, self.heard.themes, account_id, self.ears.months),
            people_section(self.heard.people, self.heard.gaps, account_id),
        ]
        if row["parent"]:
            served = set(data.subscriptions.spans["account_id"])
            branches = branch_table(data.accounts, self.table, served, row["parent"])
            effect = parent_effect(self.fit.draws, data.coding, row["parent"])
            found.append(next_sections.branch_section(branches, effect, money_in))
        return found

    def review(self, account_id: str, further: tuple[Section, ...] = ()) -> AccountReview:
        """Return the review of an account.

        Parameters
        ----------
        account_id : str
            A customer on the day.
        further : tuple of Section
            Shown behind the signs.
        """
        data = self.fit.data.hazard
        return review_of(self.found, data, account_id, self._currency, further)

    def reviews(self, accounts: list[str], hour_cost: float = 50.0) -> Iterator[AccountReview]:
        """Yield the reviews of some accounts, in their order, with all that comes next.

        Parameters
        ----------
        accounts : list of str
            Customers on the day.
        hour_cost : float
            Money that an hour of ours must bring, in the book's currency.
        """
        actions, due = self.actions(accounts, hour_cost), self.due()
        for account in accounts:
            yield self.review(account, tuple(self.further(account, actions, due)))

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
    ears, classes = ears_of(settings), read_classes(settings.classes or None)
    ledger = run.archive / LEDGER if run else None
    found = assess(fit.data.book, fit.data.hazard, fit.draws, rules, ledger)
    return AccountHealth(fit, rules, found, ears, classes)
