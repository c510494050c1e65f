"""Is the score any good? Counts by hand, a perfect list and a blind one, and no look ahead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from health_books import panel_of_signals

import workbench as wb
from workbench.core.calendar import month_number, month_start
from workbench.features.asof import book_as_known
from workbench.features.hazard_data import book_leaks, hazard_data
from workbench.features.signals.table import known_signals, signal_table
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.health.scores import Bands
from workbench.health.track.alerts import MODEL, USAGE, alert_table
from workbench.health.track.calibration import RENEWS, STAYS, calibration_table
from workbench.health.track.origins import Learnt, Origins, score_origins
from workbench.report.account_health.track_text import alerts_text, calibration_text


def simulated_lists(rng: np.random.Generator, accounts: int = 120, months: int = 18):
    """Return a panel, health that falls before leaving, and health that says nothing."""
    left = np.where(rng.random(accounts) < 0.3, rng.integers(8, months, accounts), -1)
    panel = panel_of_signals({"x": np.zeros((accounts, months)).tolist()}, left=left.tolist())
    month = np.arange(months)
    soon = (left[:, None] > month) & (left[:, None] <= month + 4)
    return panel, 1.0 - soon, rng.random((accounts, months))


def test_a_list_that_knows_beats_one_that_guesses_and_is_said_to() -> None:
    panel, knows, guesses = simulated_lists(np.random.default_rng(2))
    final_month = int(panel.months[-1])
    found = alert_table({MODEL: knows, USAGE: guesses}, panel, 12, final_month, 0.9)
    model, rival = found.to_dict("records")
    assert model["recall"] > 0.9
    assert model["lead_median"] == pytest.approx(4, abs=1)
    assert rival["recall"] < 0.7
    assert rival["ahead_low"] > 0
    assert "beats it" in alerts_text(found)


def test_a_score_that_guesses_is_said_not_to_beat_its_rival() -> None:
    panel, knows, guesses = simulated_lists(np.random.default_rng(2))
    final_month = int(panel.months[-1])
    blind = alert_table({MODEL: guesses, USAGE: knows}, panel, 12, final_month, 0.9)
    assert "**is beaten by it**" in alerts_text(blind)
    same = alert_table({MODEL: guesses, USAGE: guesses}, panel, 12, final_month, 0.9)
    assert "**does not beat it for certain**" in alerts_text(same)


def test_every_list_warns_of_so_many_a_month() -> None:
    panel, knows, _ = simulated_lists(np.random.default_rng(4))
    few = alert_table({MODEL: knows}, panel, 3, int(panel.months[-1]), 0.9)
    many = alert_table({MODEL: knows}, panel, 30, int(panel.months[-1]), 0.9)
    assert few["recall"].iloc[0] < many["recall"].iloc[0]


def origins_with(chance: np.ndarray, renewed: np.ndarray, final_month: int) -> Origins:
    n = len(chance)
    renewals = pd.DataFrame({"month": 24_300, "strength": chance, "renewed": renewed})
    renewals["renewed"] = renewals["renewed"].astype("boolean")
    accounts = pd.DataFrame({"month": 24_300, "account_id": [f"A{i:03d}" for i in range(n)]})
    return Origins(accounts.assign(strength=chance, stays=chance), renewals, final_month)


@pytest.mark.parametrize(("shift", "fits"), [(0.0, True), (0.15, False)])
def test_bands_are_held_against_what_happened(shift: float, fits: bool) -> None:
    rng = np.random.default_rng(1)
    chance = rng.uniform(0.4, 0.84, 600)
    renewed = rng.random(600) < chance + shift
    left = np.where(rng.random(600) < chance + shift, -1, 5)
    panel = panel_of_signals({"x": np.zeros((600, 20)).tolist()}, left=left.tolist())
    origins = origins_with(chance, renewed, int(panel.months[-1]))
    found = calibration_table(origins, panel, Bands(), 0.95)
    assert found[found["number"] == RENEWS]["cases"].sum() == 600
    assert found[found["number"] == STAYS]["cases"].sum() == 600
    assert found.dropna(subset=["forecast"])["within"].astype(bool).all() == fits
    assert ("does not fit" in calibration_text(found)) == (not fits)


def test_what_became_known_later_changes_no_score() -> None:
    book = wb.simulate(60, months=30, seed=3)
    covariates = ["nps_latest", "consumption_3m"]
    data = wb.prepare(book, covariates=covariates)
    today = month_number(data.hazard.as_of)
    then = wb.prepare(book, month_start(today - 8).date(), covariates=covariates)
    fit = wb.fit_renewals(then, draws=50, smoke=True)
    asked = replace(then.asked, groups=then.hazard.groups)

    def scores(source, months: range) -> Origins:
        leaks = book_leaks(book)
        learnt = hazard_data(source, asked, leaks)
        wanted = [s for s in known_signals(source, today) if s.name in learnt.signals]
        span = range(learnt.window.first_month, months[-1] + 1)
        read = signal_table(source, list(span), wanted)
        known = KnownContracts(data.hazard.subscriptions, data.hazard.as_of)
        return score_origins(source, Learnt(learnt, fit.draws, asked), months, read, known)

    months = range(today - 8, today - 5)
    cut = book_as_known(book, month_start(months[-1]))
    pd.testing.assert_frame_equal(scores(book, months).accounts, scores(cut, months).accounts)
