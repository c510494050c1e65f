"""Is the health score any good? A fit of an earlier day, held against the months after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from great_tables import GT

from workbench.analysis.card import Card, Prose, Shown, gate_warnings, gates_text
from workbench.analysis.leaving.renewals import RenewalFit, fit_renewals
from workbench.analysis.prepare import PreparedData
from workbench.analysis.run import ReportRun
from workbench.core.calendar import month_label, month_number, month_start
from workbench.core.gates import gate_table
from workbench.features.hazard_data import book_leaks, hazard_data
from workbench.features.signals.table import known_signals, signal_table
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.forecast.backtest.rolling import LEAST_MONTHS
from workbench.health.assess import Assessment, HealthRules
from workbench.health.track.alerts import alert_table, health_lists, scored_part
from workbench.health.track.calibration import calibration_table
from workbench.health.track.origins import Learnt, Origins, score_origins
from workbench.report.account_health.track_text import alerts_text, calibration_text
from workbench.report.output.tables import report_table

FEWEST_MONTHS = 6


@dataclass(frozen=True, repr=False)
class HealthTrack(Shown):
    """What the scores of past months were worth.

    Parameters
    ----------
    since : str
        The first month scored; empty where the history is too short.
    calibration, alerts, gates : DataFrame
        See `workbench.health.track`; empty where the history is too short. Gates are those of the
        fit of the first day.

    Examples
    --------
    ``wb.account_health(fit).track()`` fits once more, as of an earlier day. Of a history that is
    too short for it, it says so:

    >>> nothing = pd.DataFrame()
    >>> HealthTrack("", nothing, nothing, nothing).card().facts
    {'since': 'history too short'}
    """

    since: str
    calibration: pd.DataFrame
    alerts: pd.DataFrame
    gates: pd.DataFrame

    @property
    def text(self) -> Prose:
        """Whether the score is any good, said plainly."""
        if not self.since:
            return Prose(
                "**Not known yet:** endings are on record for too few months to fit the model on "
                f"{LEAST_MONTHS} of them and to hold it against {FEWEST_MONTHS} more."
            )
        sentences = [f"Months from {self.since} on, scored by a fit that had not seen them."]
        failed = int((~self.gates["passed"].astype(bool)).sum())
        if failed:
            sentences.append(f"**That fit failed {failed} of its checks**: read with care.")
        return Prose(
            " ".join([*sentences, alerts_text(self.alerts), calibration_text(self.calibration)])
        )

    @property
    def alert_report(self) -> GT | Prose:
        """The score and its rivals as a table for the page."""
        if not self.since:
            return Prose("")
        per_month = self.alerts["alerts"].iloc[0]
        shown = self.alerts.drop(columns="alerts")
        table = report_table(shown, "Would it have warned?", f"at {per_month} alerts a month")
        shares = ["recall", "false_alarms", "ahead", "ahead_low", "ahead_high"]
        table = table.fmt_percent(shares, decimals=0)
        return table.fmt_number(["lead_median", "lead_low", "lead_high"], decimals=0)

    @property
    def calibration_report(self) -> GT | Prose:
        """Forecast and outcome by band as a table for the page."""
        if not self.since:
            return Prose("")
        table = report_table(self.calibration, "Did it happen as often as it said?")
        return table.fmt_percent(["forecast", "happened", "low", "high"], decimals=0)

    def card(self) -> Card:
        """Return what is shown."""
        facts: dict[str, Any] = {"since": self.since or "history too short"}
        if self.since:
            facts["gates"] = gates_text(self.gates)
        return Card("Track of the health score", facts, ("track.alerts", "track.calibration"),
                    gate_warnings(self.gates, mock=False) if self.since else ())  # fmt: skip


def health_track(
    fit: RenewalFit,
    found: Assessment,
    rules: HealthRules,
    months: int,
    per_month: int,
    run: ReportRun | None = None,
) -> HealthTrack:
    """Fit the model on an earlier day and hold its scores against the months after.

    Parameters
    ----------
    fit : RenewalFit
        Of today.
    found : Assessment
        Of today.
    rules : HealthRules
    months : int
        How many past months to score; fewer where endings are on record for less than a year
        before.
    per_month : int
        Alerts a month, for the score and its rivals alike.
    run : ReportRun, optional
        Whose folder keeps the fit.

    Returns
    -------
    HealthTrack
    """
    data, book = fit.data.hazard, fit.data.book
    today = month_number(data.as_of)
    first = max(today - months, data.window.first_month + LEAST_MONTHS)
    if today - first < FEWEST_MONTHS:
        empty = pd.DataFrame()
        return HealthTrack("", empty, empty, empty)
    learnt, origins = _scored(fit, first, today, run)
    part = scored_part(found.panel, origins.months)
    lists = health_lists(origins, part, book)
    return HealthTrack(
        since=month_label(first),
        calibration=calibration_table(origins, found.panel, rules.bands, rules.prob),
        alerts=alert_table(lists, part, per_month, origins.final_month, rules.prob),
        gates=gate_table(learnt.sampled),
    )


def _scored(
    fit: RenewalFit, first: int, today: int, run: ReportRun | None
) -> tuple[RenewalFit, Origins]:
    book, asked = fit.data.book, fit.data.asked
    day = month_start(first).date().isoformat()
    question = replace(asked, as_of=day)
    then = hazard_data(book, question, book_leaks(book))
    learnt = fit_renewals(PreparedData(book, question, then), run=run, **_sampling(fit, run))
    known = KnownContracts(fit.data.hazard.subscriptions, fit.data.hazard.as_of)
    span = range(then.window.first_month, today)
    wanted = [s for s in known_signals(book, today) if s.name in set(then.signals)]
    read = signal_table(book, list(span), wanted)
    days = Learnt(then, learnt.draws, question)
    return learnt, score_origins(book, days, range(first, today), read, known)


def _sampling(fit: RenewalFit, run: ReportRun | None) -> dict[str, Any]:
    """Return how today's model was sampled, where no run's parameters say so."""
    if run is not None:
        return {}
    return {"draws": fit.settings.draws, "smoke": fit.settings.smoke, "seed": fit.settings.seed}
