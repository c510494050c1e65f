"""Everything that the health of a book takes, from data and stored draws, in one call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.data.book import Book
from workbench.features.hazard_data import HazardData
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.forecast.posterior.survival import Draws
from workbench.health.kept import read_scores
from workbench.health.overview import READ, health_table
from workbench.health.potential import SIGNALS
from workbench.health.scores import Bands, Scored, score_table
from workbench.health.setup import scored_of
from workbench.health.signs.panel import Panel, panel_of
from workbench.health.signs.record import record_table
from workbench.health.signs.shown import ShownSign, shown_signs, sign_table
from workbench.health.signs.sign import Signs
from workbench.health.track.alerts import WEIGHTS


@dataclass(frozen=True)
class HealthRules:
    """By what rules health is told.

    Parameters
    ----------
    signs : Signs
    bands : Bands
    prob : float
        Probability inside the intervals, 0 to 1.
    seed : int
        Of the shocks to come.
    """

    signs: Signs
    bands: Bands
    prob: float
    seed: int


@dataclass(frozen=True)
class Assessment:
    """The health of a book as of its day.

    Parameters
    ----------
    scored : Scored
        Draws of both numbers.
    panel : Panel
        Signals month by month.
    shown : tuple of ShownSign
    signs : DataFrame
        See `workbench.health.signs.shown.sign_table`.
    record : DataFrame
        See `workbench.health.signs.record.record_table`.
    past : DataFrame
        Scores of earlier days, see `workbench.health.kept.read_scores`.
    health : DataFrame
        See `workbench.health.overview.health_table`.
    """

    scored: Scored
    panel: Panel
    shown: tuple[ShownSign, ...]
    signs: pd.DataFrame
    record: pd.DataFrame
    past: pd.DataFrame
    health: pd.DataFrame


def assess(
    book: Book, data: HazardData, draws: Draws, rules: HealthRules, ledger: Path | None = None
) -> Assessment:
    """Tell the health of a book.

    Parameters
    ----------
    book : Book
    data : HazardData
        Of the book; at least a year to come.
    draws : Draws
        Of the model that was fitted to these data.
    rules : HealthRules
    ledger : Path, optional
        Folder of the scores that earlier runs left.

    Returns
    -------
    Assessment
    """
    scored = scored_of(draws, data, rules.seed)
    panel = panel_of(book, data, (*rules.signs.signals, *READ.values(), *WEIGHTS, *SIGNALS))
    shown = shown_signs(panel, rules.signs)
    signs = sign_table(panel, shown)
    past = read_scores(ledger, KnownContracts(data.subscriptions, data.as_of))
    scores = score_table(scored, data.accounts, rules.bands, rules.prob)
    return Assessment(
        scored=scored,
        panel=panel,
        shown=shown,
        signs=signs,
        record=record_table(panel, shown, data, rules.prob),
        past=past,
        health=health_table(scores, signs, panel, past, data.as_of),
    )
