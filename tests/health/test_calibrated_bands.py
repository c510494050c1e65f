"""Bands of the score on a simulated book, by rolling origins: what was said is what happened."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from impact_books import RESTLESS

import workbench as wb
from workbench.core.calendar import month_number, month_start
from workbench.data.simulate import simulate
from workbench.data.simulator.true_process import TrueProcess
from workbench.features.hazard_data import book_leaks, hazard_data
from workbench.features.signals.table import known_signals, signal_table
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.health.scores import Bands
from workbench.health.signs.panel import panel_of
from workbench.health.track.calibration import RENEWS, STAYS, calibration_table
from workbench.health.track.origins import Learnt, score_origins

ORIGINS = 14


@pytest.mark.slow
def test_bands_hold_on_a_simulated_book_and_a_score_that_is_too_sure_does_not() -> None:
    process = TrueProcess(boundary=RESTLESS, shock_sd=0.0)
    book = wb.book_from_frames(simulate(500, 42, 5, texts=False, process=process).tables)
    covariates = ["consumption_3m", "mean_days_late_6m", "severe_tickets_3m", "champion_present"]
    data = wb.prepare(book, covariates=covariates, groups=["segment"])
    today = month_number(data.hazard.as_of)
    first = today - ORIGINS
    then = wb.prepare(book, month_start(first).date(), covariates=covariates, groups=["segment"])
    fit = wb.fit_renewals(then, draws=300, tune=300)
    asked, leaks = replace(then.asked, groups=then.hazard.groups), book_leaks(book)
    learnt = hazard_data(book, asked, leaks)
    wanted = [one for one in known_signals(book, today) if one.name in learnt.signals]
    read = signal_table(book, list(range(learnt.window.first_month, today)), wanted)
    known = KnownContracts(data.hazard.subscriptions, data.hazard.as_of)
    learnt = Learnt(learnt, fit.draws, asked)
    origins = score_origins(book, learnt, range(first, today), read, known)
    panel = panel_of(book, data.hazard, ["consumption_3m"])
    found = calibration_table(origins, panel, Bands(), 0.99)
    counts = found.groupby("number")["cases"].sum()
    assert counts[RENEWS] > 100
    assert counts[STAYS] > 150
    told = found[found["cases"] >= 20]
    assert len(told) >= 3
    assert told["within"].astype(bool).all(), found.to_string()
    sure = replace(origins, accounts=_surer(origins.accounts), renewals=_surer(origins.renewals))
    wrong = calibration_table(sure, panel, Bands(), 0.99)
    assert not wrong[wrong["cases"] >= 20]["within"].astype(bool).all()


def _surer(scores: pd.DataFrame) -> pd.DataFrame:
    """Return scores that promise half of what may go wrong."""
    names = [name for name in ("strength", "stays") if name in scores]
    return scores.assign(**{name: 1 - (1 - scores[name]) / 2 for name in names})
