"""Forecasts as they would have been made on days of the past, beside what then happened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from great_tables import GT

from workbench.analysis.backtest.tables import BacktestTables, FittedOrigin
from workbench.analysis.card import Card, Prose, gate_warnings, gates_text
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import SAMPLING, run_settings
from workbench.core.calendar import month_number, parse_date
from workbench.data.book import Book
from workbench.data.contracts.subscriptions import subscriptions
from workbench.features.asof import book_as_known
from workbench.features.at_risk import observation_window
from workbench.features.hazard_data import (
    HazardData,
    book_leaks,
    default_as_of,
    hazard_data,
    specification_of,
)
from workbench.features.human_forecast import human_forecast
from workbench.features.pipeline import pipeline_data
from workbench.features.revenue_data import RevenueData, revenue_data
from workbench.features.revenue_shocks import with_shocks
from workbench.forecast.backtest import judge, rolling
from workbench.forecast.backtest.forecast_record import RENEWED
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.forecast.growth import movements
from workbench.forecast.growth.setup import open_opportunities
from workbench.forecast.posterior.revenue import read_revenue_draws
from workbench.forecast.posterior.survival import expected_shocks, read_draws
from workbench.inference.fit import fit_hazard
from workbench.inference.fit_revenue import fit_revenue
from workbench.inference.from_settings import sampling_of
from workbench.report.backtest import figures, tables, text
from workbench.report.backtest.answer import backtest_answer
from workbench.report.backtest.settings import BacktestSettings
from workbench.report.output.answer import Answer
from workbench.report.renewals.text import currency_of, left_out_text, spend_text
from workbench.report.style import Figure

KNOBS = (
    *SAMPLING, "as_of", "horizon_months", "covariates", "groups", "observed_from", "curves",
    "method", "min_endings", "origins", "step_months", "horizons", "refit",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Backtest(BacktestTables):
    """Forecasts of past days beside what then happened.

    Its tables and parameters are those of `workbench.analysis.backtest.tables.BacktestTables`.

    Examples
    --------
    >>> import workbench as wb
    >>> full = wb.simulate(40, months=48)
    >>> book = wb.book_from_frames({name: full.frame(name) for name in ("accounts", "contracts")})
    >>> tested = wb.backtest(book, 1, horizons=[3], draws=50, smoke=True)  # mock draws, for speed
    >>> sorted(set(tested.renewals["forecast"]))
    ['70 % default', 'model', 'trailing rate']
    """

    @property
    def text(self) -> Prose:
        """Answer in a paragraph: did it come true, and did something simpler do as well."""
        arguments = self.renewals, self.money, self.calibration, self.settings.interval_prob
        return Prose(text.backtest_text(*arguments))

    def answer(self) -> Answer:
        """Answer in a sentence and headline numbers.

        Returns
        -------
        Answer
        """
        arguments = self.renewals, self.money, self.calibration, self.settings.interval_prob
        return backtest_answer(*arguments)

    @property
    def origins_text(self) -> Prose:
        """From which days it was forecast, and what was left out."""
        days = tuple(one.origin.day for one in self.judged)
        summary = text.origins_text(days, self.left_out, self.settings.refit)
        return Prose(f"{summary}{self.note}")

    @property
    def gates_text(self) -> Prose:
        """How many checks of how many fits passed."""
        return Prose(text.gates_text(self.gates, len(self.fits)))

    def report(self, subject: str) -> GT | Prose:
        """Return scores as a table for a page.

        Parameters
        ----------
        subject : str
            ``renewals``, ``money`` or ``leaving``.

        Returns
        -------
        GT or Prose
            A sentence where no term fell due.
        """
        due = not self.renewals.empty
        if subject == "renewals" and not due:
            return Prose(f"{text.NONE_DUE}.")
        scores = self.sheets[subject]
        told = scores if due or "quantity" not in scores else scores[scores["quantity"] != RENEWED]
        return tables.scores_report(subject, told)

    def plot_brier(self) -> Figure | None:
        """Draw the Brier score of the renewal probabilities, ours and the rivals'.

        Returns
        -------
        Figure or None
            None where no term fell due.
        """
        if self.renewals.empty:
            return None
        return figures.brier_figure(self.renewals, self.settings.horizons)

    def plot_places(self) -> Figure:
        """Draw where in its forecast each account's revenue fell.

        Returns
        -------
        Figure
        """
        return figures.pit_figure(self.ranks, self.settings.interval_prob)

    def plot(self) -> Figure:
        """Draw the revenue forecast of each origin over what happened.

        Returns
        -------
        Figure
            Annual recurring revenue by month, in the book's currency: each origin's expectation and
            interval, its trailing rate carried on, and what the contracts then told.
        """
        prob = self.settings.interval_prob
        moved = movements.movements(self.known.line_table)
        past = movements.bridge(moved, self.first_month, self.known.final_month)
        own = self.cases["quantity"].eq("revenue") & self.cases["forecast"].eq(judge.MODEL)
        return figures.fan_figure(self.fans, past, self.cases[own], prob, self.currency)

    def plot_calibration(self) -> Figure | None:
        """Draw renewals in groups of rising chance: as many should be kept as were forecast.

        Returns
        -------
        Figure or None
            Share that renewed against forecast probability, both 0 to 1, a point per group; None
            where no term fell due.
        """
        if self.renewals.empty:
            return None
        return figures.calibration_figure(self.calibration, self.settings.interval_prob)

    def card(self) -> Card:
        """Return what is shown."""
        days = [one.origin.day for one in self.judged]
        return Card(
            "Backtest",
            {
                "as of": f"{self.known.as_of:%Y-%m-%d}",
                "origins": ", ".join(days),
                "months ahead": ", ".join(map(str, self.settings.horizons)),
                "gates of the fits": gates_text(self.gates),
            },
            ("tested.plot()", "tested.renewals", "tested.money", "tested.calibration"),
            (*self.left_out, *gate_warnings(self.gates, mock=self.settings.smoke)),
        )


def backtest(
    book: Book,
    origins: int | None = None,
    *,
    run: ReportRun | None = None,
    store: Path | None = None,
    **settings: Any,
) -> Backtest:
    """Forecast from past days with what was known then, and score it by what happened.

    Parameters
    ----------
    book : Book
    origins : int, optional
        Past days, 1 to 60, of which each takes two fits; 4 if left out.
    run : ReportRun, optional
        Of the report `backtest`: its parameters hold where none is named here.
    store : Path, optional
        Folder in which fits are kept, and found again while nothing has changed.
    **settings
        Parameters of the report `backtest` by their names: ``step_months``, ``horizons``,
        ``refit``, ``as_of``, ``horizon_months``, ``covariates``, ``groups``, ``observed_from``,
        ``method``, ``draws``, ``tune``, ``chains``, ``seed``, ``target_accept``, ``smoke``, the
        gates' limits, and ``interval_prob``.

    Returns
    -------
    Backtest

    Raises
    ------
    DataError
        When the history is too short for any origin.
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.

    Examples
    --------
    >>> import workbench as wb
    >>> wb.backtest(wb.simulate(20, months=24), origins=0)
    Traceback (most recent call last):
    ...
    workbench.core.errors.ParameterError: ...
      - origins: out of range; expected a whole number from 1 to 60; found 0 (int).
    """
    given, own = {"origins": origins, **settings}, run.settings if run else None
    asked = run_settings(BacktestSettings, BacktestSettings, own, given, KNOBS)
    store = store or (run.fits if run else None)
    as_of = parse_date(asked.as_of) if asked.as_of else default_as_of(book)
    today = subscriptions(book.frame("contracts"), as_of)
    known = KnownContracts(today, as_of)
    recorded = asked.observed_from and month_number(parse_date(asked.observed_from))
    first = recorded or observation_window(today.spans, as_of).first_month
    plan = rolling.plan_origins(as_of, first, asked.origins, asked.step_months, asked.horizons)
    fits: dict[str, FittedOrigin] = {}
    judged, leaks, note = [], book_leaks(book), ""
    for day in plan.days:
        past = book_as_known(book, day)
        data = hazard_data(past, specification_of(asked, day), leaks)
        money = _revenue_data(past, data)
        if asked.refit or not fits:
            fits[day] = _fitted(data, money, asked, store)
        made = _forecast(data, money, fits.get(day, next(iter(fits.values()))), asked)
        judged.append(judge.judge(made, known, human_forecast(past, data.as_of)))
        note = left_out_text(data) + spend_text(book.spend)
    currency = currency_of(book.frame("contracts"))
    how = note, currency, book.spend is None, asked
    return Backtest(tuple(judged), known, first, plan.left_out, fits, *how)


def _revenue_data(book: Book, data: HazardData) -> RevenueData:
    last = movements.last_known_month(data.as_of)
    moved = movements.movements(movements.lines(data.subscriptions, last))
    pipeline = pipeline_data(book, data.as_of, data.window.first_month)
    return revenue_data(data, moved, pipeline=pipeline)


def _fitted(
    data: HazardData, money: RevenueData, asked: BacktestSettings, store: Path | None
) -> FittedOrigin:
    how = sampling_of(asked)
    leaving = fit_hazard(data.design, how, store, method=asked.method)
    shocks = expected_shocks(read_draws(leaving.posterior))
    money = with_shocks(money, data.design, shocks)
    return FittedOrigin(data, money, leaving, fit_revenue(money, how, store))


def _forecast(
    data: HazardData, money: RevenueData, fitted: FittedOrigin, asked: BacktestSettings
) -> rolling.Origin:
    """Forecast from an origin by its own fit, or by that of an earlier one."""
    gap = month_number(data.as_of) - month_number(fitted.data.as_of)
    earning, reach = fitted.earning.posterior, asked.horizon_months + gap
    revenue = rolling.later(read_revenue_draws(earning, fitted.money, months=reach), gap)
    coded = rolling.coded_as(data, fitted.data)
    opportunities = open_opportunities(money, fitted.money, earning)
    leaving = read_draws(fitted.leaving.posterior)
    return rolling.forecast_origin(
        coded, leaving, revenue, asked.horizons, asked.seed, opportunities
    )
