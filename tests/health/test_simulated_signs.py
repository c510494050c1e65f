"""Signs on simulated books: planted ones are found, and where nothing acts nothing is claimed."""

from __future__ import annotations

import pandas as pd
from impact_books import NO_EFFECT, RESTLESS

from workbench.data.load import book_from_frames
from workbench.data.simulate import simulate
from workbench.data.simulator.true_process import TrueProcess
from workbench.features.hazard_data import DataSpecification, hazard_data
from workbench.health.signs.panel import panel_of
from workbench.health.signs.record import record_table
from workbench.health.signs.shown import shown_signs
from workbench.health.signs.sign import read_signs

USUAL = TrueProcess()
SILENT = {
    "coefficients": dict.fromkeys(USUAL.coefficients, 0.0),
    "group_sd": dict.fromkeys(USUAL.group_sd, 0.0),
    "theta": 0.0,
}
LOUD = {"coefficients": {name: 3 * effect for name, effect in USUAL.coefficients.items()}}


def record(seed: int, accounts: int = 200, **numbers: object) -> pd.DataFrame:
    """Return the record of each sign in a book in which many leave and no action acts."""
    given = {"boundary": RESTLESS, "action_effects": NO_EFFECT, "targeting": 0.0} | numbers
    made = simulate(accounts, 36, seed, texts=False, process=TrueProcess(**given))
    book, signs = book_from_frames(made.tables), read_signs()
    asked = DataSpecification(horizon_months=6, covariates=("nps_latest",), groups=())
    data = hazard_data(book, asked)
    panel = panel_of(book, data, signs.signals)
    return record_table(panel, shown_signs(panel, signs), data, 0.9).set_index("sign")


def test_planted_signs_are_found_and_say_how_often_contracts_end() -> None:
    found = record(7, 300, **LOUD)
    planted = ["feedback", "organisation", "finance", "adoption"]
    assert (found.loc[planted, "ratio_low"] > 1).all(), found["verdict"].tolist()
    assert found.loc[planted, "verdict"].str.startswith("Tells here").all()


def test_a_book_without_signal_claims_no_more_than_chance() -> None:
    found = pd.concat([record(seed, **SILENT) for seed in range(2)])
    told = found.dropna(subset=["hazard_ratio"])
    assert len(told) >= 14
    away = (told["ratio_low"] > 1) | (told["ratio_high"] < 1)
    # Of 16 intervals of 90 % one or two lie beside 1; more than five in one of 300 such tests.
    assert away.sum() <= 5, told[away].to_string()
    assert (told["ratio_low"] > 1).sum() <= 3
