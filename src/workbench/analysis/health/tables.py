"""How every account stands, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from workbench.analysis.card import Shown
from workbench.analysis.health.words import (
    HEARD_FROM,
    Ears,
    HeardWords,
    hear,
)
from workbench.analysis.leaving.renewals import RenewalFit
from workbench.analysis.plans.levers import flat_planner
from workbench.features.asof import cut
from workbench.health.assess import Assessment, HealthRules
from workbench.health.classes import AccountClasses
from workbench.health.opportunities import opportunity_table
from workbench.health.potential import account_facts, potential_table
from workbench.health.renewals_due import renewals_due
from workbench.health.timeline import TOLD_FROM, timeline_table
from workbench.plans.evaluate.next_action import HourRule, next_actions
from workbench.report.account_review.sections import (
    chosen_accounts,
)


@dataclass(frozen=True, repr=False)
class HealthTables(Shown):
    """Scores, signs and what follows as tables; texts and reviews stand on `AccountHealth`.

    Parameters
    ----------
    fit : RenewalFit
    rules : HealthRules
    found : Assessment
        Scores, signs and history; see there.
    ears : Ears
        How customers' texts are read.
    classes : AccountClasses
    """

    fit: RenewalFit
    rules: HealthRules
    found: Assessment
    ears: Ears
    classes: AccountClasses

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

    def due(self, months: int = 6) -> pd.DataFrame:
        """Return the renewals that are to be decided, the day that comes first at the top.

        Parameters
        ----------
        months : int
            How far ahead to look, 1 or more.
        """
        data = self.fit.data.hazard
        terms = data.subscriptions.terms
        return renewals_due(self.found.scored, self.table, terms, data.as_of, months)

    @property
    def timeline(self) -> pd.DataFrame:
        """What has happened with each customer, the newest first; see docs/health.md."""
        known = {name: self._known(name) for name in TOLD_FROM}
        there = {name: table for name, table in known.items() if table is not None}
        return timeline_table(there, self.table["account_id"], self.fit.data.hazard.as_of)

    @cached_property
    def opportunities(self) -> pd.DataFrame:
        """What may be sold to whom, and who does not use what is paid for."""
        opportunities = self._known("opportunities")
        return opportunity_table(self.table, self.found.panel, opportunities, self.rules.prob)

    @cached_property
    def potential(self) -> pd.DataFrame:
        """Growth potential of each account, its class, and where its history says otherwise."""
        data = self.fit.data.hazard
        known = {name: self._known(name) for name in ("accounts", "contracts")}
        assert known["accounts"] is not None and known["contracts"] is not None
        served = set(data.subscriptions.spans["account_id"])
        about = account_facts(known["accounts"], known["contracts"], served, data.as_of)
        found = self.found.panel, self.opportunities, about
        return potential_table(self.table, *found, self.classes)

    @cached_property
    def heard(self) -> HeardWords:
        """What customers have written of late, and where each contact stands."""
        known = {name: self._known(name) for name in HEARD_FROM}
        return hear(self.ears, known, self.table, self.fit.data.hazard.as_of)

    def actions(self, accounts: list[str], hour_cost: float = 50.0) -> pd.DataFrame:
        """Value the catalogue's actions for some accounts, the most per hour first.

        Parameters
        ----------
        accounts : list of str
            Customers on the day.
        hour_cost : float
            Money that an hour of ours must bring, in the book's currency.

        Returns
        -------
        DataFrame
            See `workbench.plans.evaluate.next_action.next_actions`; revenue stays today's while an
            account is a customer, so further sales are not valued.
        """
        data, fit = self.fit.data, self.fit
        planner = flat_planner(data, fit.draws, accounts, fit.settings.seed)
        strength = self.table.set_index("account_id")["strength"]
        rule = HourRule(hour_cost, self.rules.prob)
        parts = [next_actions(planner, key, float(strength[key]), rule) for key in accounts]
        return pd.concat(parts, ignore_index=True)

    def _known(self, table: str) -> pd.DataFrame | None:
        """Return a table as it was known on the day; None where the book has none."""
        book = self.fit.data.book
        if table not in book.tables:
            return None
        return cut({table: book.frame(table)}, self.fit.data.hazard.as_of)[table]

    @property
    def _currency(self) -> str:
        return self.fit.data.currency
