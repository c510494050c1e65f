"""Simulated books with many endings and many actions, and the trials laid out from them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.data.simulate import simulate
from workbench.data.simulator.true_process import ACTIONS, TrueProcess
from workbench.data.simulator.truth import Truth
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.impact.measure import EffectComparison, compare
from workbench.impact.trials import TrialRules, Trials, at_risk_months, lay_out_trials

RESTLESS = {
    "mid_1": -3.3,
    "end_12": -1.6,
    "end_24": -1.4,
    "end_36": -1.2,
    "mid_12": -5.0,
    "mid_24": -5.2,
    "mid_36": -5.5,
}
SIGNALS = (
    "consumption_3m", "mean_days_late_6m", "severe_tickets_3m", "nps_latest",
    "inbound_messages_3m", "champion_present", "bad_news_6m",
)  # fmt: skip
NO_EFFECT = dict.fromkeys(ACTIONS, 0.0)
HARM = dict.fromkeys(ACTIONS, 0.7)


@dataclass(frozen=True)
class ImpactBook:
    """A book, its truth, and its trials."""

    book: Book
    truth: Truth
    data: HazardData
    rows: pd.DataFrame
    actions: pd.DataFrame
    months: Trials
    found: EffectComparison


def impact_book(accounts: int, seed: int, months: int = 48, **process) -> ImpactBook:
    """Simulate a book by a process and compare its trials."""
    numbers = {"boundary": RESTLESS, "action_rate": 0.05} | process
    made = simulate(accounts, months, seed, texts=False, process=TrueProcess(**numbers))
    book = book_from_frames(made.tables)
    asked = DataSpecification(horizon_months=6, covariates=SIGNALS, groups=("segment",))
    data = hazard_data(book, asked)
    rows, actions = at_risk_months(book, data), book.frame("actions")
    trials, each = lay_out_trials(rows, data, actions, TrialRules())
    return ImpactBook(book, made.truth, data, rows, actions, each, compare(trials, each))
