"""The reports' own book: signals that tell, accounts with a story, and its truth beside it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import ParameterError
from workbench.core.settings import SourceSettings
from workbench.data.open_book import open_book
from workbench.data.simulate import Simulation, simulate, write_truth
from workbench.data.simulator.stories import STORIES

DEFAULT = SourceSettings()


def made(process: str) -> Simulation:
    sizes = DEFAULT.simulated_accounts, DEFAULT.simulated_months, DEFAULT.data_seed
    return simulate(*sizes, process=process, texts=False)


@pytest.fixture(scope="module")
def showcase() -> Simulation:
    return made("showcase")


def leavers_rank(book: Simulation) -> tuple[float, float]:
    """Return the true hazard's AUC where a term may end, and the share that leaves a year."""
    truth = book.truth
    shown = truth.end - truth.observed_from
    hazard = truth.hazard[:shown]
    left = np.zeros(hazard.shape, dtype=bool)
    month = (truth.subscriptions["leave_month"].fillna(0) - truth.observed_from).to_numpy("int64")
    known = (month >= 0) & (month < shown)
    left[month[known], np.flatnonzero(known)] = True
    at_risk = ~np.isnan(hazard)
    open_to_leave = at_risk & (hazard > 0.01)
    rank = pd.Series(hazard[open_to_leave]).rank().to_numpy()
    event = left[open_to_leave]
    below = rank[event].sum() - event.sum() * (event.sum() + 1) / 2
    return below / (event.sum() * (~event).sum()), 12 * left.sum() / at_risk.sum()


def test_signals_of_the_own_book_rank_leavers_as_on_public_data(showcase):
    auc, leaving = leavers_rank(showcase)
    assert auc == pytest.approx(0.83, abs=0.02)
    assert leaving == pytest.approx(0.18, abs=0.03)
    assert leavers_rank(made("hazard"))[0] < 0.8  # the book that told next to nothing


def test_reports_open_the_showcase():
    sizes = {"simulated_accounts": 30, "simulated_months": 18, "data_seed": 3}
    opened = open_book(SourceSettings(**sizes)).frame("contracts")
    assert (
        opened["arr"].tolist()
        == simulate(30, 18, 3, process="showcase").tables["contracts"]["arr"].tolist()
    )
    assert opened["arr"].tolist() != simulate(30, 18, 3).tables["contracts"]["arr"].tolist()


def test_each_story_is_told_by_a_customer_whose_records_bear_it(showcase):
    stories = showcase.truth.stories.set_index("story")["account_id"]
    assert list(stories.index) == list(STORIES)
    tables, end = showcase.tables, pd.Timestamp("2026-01-01")
    contacts = tables["contacts"].query("role == 'champion'")
    champions = contacts[contacts["account_id"] == stories["the champion left"]]
    assert champions["left_on"].max() >= end - pd.DateOffset(months=6)
    assert champions["left_on"].notna().all()
    events = tables["account_events"].query("kind == 'merger'").set_index("account_id")["on"]
    assert events[[stories["a merger"]]].max() >= end - pd.DateOffset(months=6)
    clinic = stories["a clinic that uses more than it bought"]
    accounts = tables["accounts"].set_index("account_id")
    assert accounts.at[clinic, "industry"] == "Health care"


def test_what_comes_is_what_the_truth_says(showcase):
    truth = showcase.truth
    accounts = truth.accounts.set_index("account_id")
    for account, story, comes in truth.stories[["account_id", "story", "what_comes"]].to_numpy():
        assert accounts.at[account, "running"]
        month = accounts.at[account, "leave_month"]
        leaves = pd.notna(month) and month < truth.end + 12
        assert leaves == comes.startswith("It leaves in "), story


def test_a_book_too_small_for_stories_has_none():
    assert simulate(10, 12, 3, texts=False).truth.stories.empty


def test_the_truth_goes_into_a_folder_of_its_own(tmp_path, showcase):
    folder = write_truth(showcase.truth, tmp_path / "truth")
    process = json.loads((folder / "process.json").read_text(encoding="utf-8"))
    assert process["coefficients"] == showcase.truth.process.coefficients
    assert len(pd.read_csv(folder / "accounts.csv")) == DEFAULT.simulated_accounts
    assert set(pd.read_csv(folder / "group_effects.csv")["grouping"]) == set(
        showcase.truth.group_effects
    )
    with pytest.raises(ParameterError, match="not an empty folder"):
        write_truth(showcase.truth, folder)
