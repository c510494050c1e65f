"""Account classes by criteria, growth potential, and where history disagrees, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from health_books import panel_of_signals

from workbench.core.errors import DataError
from workbench.health.classes import read_classes
from workbench.health.potential import UNTAPPED, USED_UP, account_facts, potential_table

TODAY = pd.Timestamp("2026-01-01")


def told() -> pd.DataFrame:
    keys = ["A000", "A001", "A002", "A003"]
    health = pd.DataFrame({"account_id": keys, "name": keys, "arr": [1e6, 10.0, 10.0, 10.0]})
    panel = panel_of_signals({"arr_change_12m": [[0.0], [-0.1], [0.2], [np.nan]]})
    offers = pd.DataFrame(
        {"account_id": ["A001", "A001", "A003", "A000"], "at_stake": [50.0, 30.0, 9.0, 999.0],
         "kind": ["amendment", "cross_sell", "cross_sell", "at risk"]}
    )  # fmt: skip
    about = pd.DataFrame(
        {"employees": np.nan, "tenure_years": [5.0, 5.0, 5.0, 0.5], "branches": 0.0}, index=keys
    )
    classes = read_classes()
    return potential_table(health, panel, offers, about, classes).set_index("account_id")


def test_potential_is_what_offers_may_bring_and_money_at_risk_is_none() -> None:
    assert told()["potential"].to_dict() == {"A001": 80.0, "A003": 9.0, "A000": 0.0, "A002": 0.0}
    assert told()["white_space"].isna().all()


def test_potential_and_history_disagree_both_ways() -> None:
    found = told()["disagree"].to_dict()
    assert found == {"A000": "", "A001": UNTAPPED, "A002": USED_UP, "A003": ""}


def test_the_first_class_whose_criteria_all_hold_is_given(tmp_path: Path) -> None:
    # A tenth of four accounts is none: no class of the largest can be filled yet.
    assert told()["class"].to_dict() == {
        "A000": "To keep", "A001": "To develop", "A002": "To keep", "A003": "To serve",
    }  # fmt: skip
    own = {"version": 1, "classes": {"big": {"title": "Big", "criteria": [
        {"fact": "employees", "at_least": 500}, {"fact": "arr", "below": 5}]}}}  # fmt: skip
    file = tmp_path / "classes.yaml"
    file.write_text(yaml.safe_dump(own), encoding="utf-8")
    facts = pd.DataFrame({"employees": [900, 900, np.nan], "arr": [1.0, 9.0, 1.0]})
    assert read_classes(file).of(facts).tolist() == ["Big", "", ""]


def test_faults_of_a_file_are_told_together(tmp_path: Path) -> None:
    own = {"version": 1, "classes": {"x": {"title": "X", "criteria": [
        {"fact": "size", "top": 0.1}, {"fact": "arr", "top": 0.1, "below": 3}]}}}  # fmt: skip
    file = tmp_path / "classes.yaml"
    file.write_text(yaml.safe_dump(own), encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_classes(file)
    assert "give one of at_least, below and top" in str(error.value)
    assert "size" in str(error.value)


def test_facts_count_branches_that_are_no_customers_and_years_since_the_first_contract() -> None:
    accounts = pd.DataFrame(
        {"account_id": ["A", "B", "C", "D"], "parent_id": ["P", "P", "P", None],
         "employees": [5.0, np.nan, 1.0, 1.0]}
    )  # fmt: skip
    contracts = pd.DataFrame(
        {"account_id": ["A", "A", "D"], "start_on": pd.to_datetime(["2024-01-01", "2020-01-01",
                                                                    "2025-01-01"])}
    )  # fmt: skip
    facts = account_facts(accounts, contracts, {"A", "D"}, TODAY)
    assert facts["branches"].to_dict() == {"A": 2, "B": 1, "C": 1, "D": 0}
    assert facts.loc["A", "tenure_years"] == pytest.approx(6.0, abs=0.01)
    bare = account_facts(accounts[["account_id"]], contracts, set(), TODAY)
    assert bare["branches"].tolist() == [0] * 4
    assert bare["employees"].isna().all()
