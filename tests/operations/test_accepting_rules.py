"""Rules that accept by themselves: a task, the planned action and a message, once per contract."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from run_folders import write_run

from workbench.apps.accepting import accept_by_rules
from workbench.apps.alerting import look_at_alerts
from workbench.apps.telling import Messenger
from workbench.core.errors import ParameterError
from workbench.health.published import read_published
from workbench.operations.alerts.book import AlertBook
from workbench.operations.alerts.rules import read_rules
from workbench.operations.outbox import Outbox
from workbench.operations.schedule import Delivery
from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS, RECOMMENDATIONS, TASKS

NOW = datetime(2026, 1, 5, tzinfo=UTC)
RULES = """
full: {title: Used up, says: "has used {consumption:.0%}", column: consumption,
       over: {fires: 1.0, clears: 0.9}, accept: roi_analysis}
fell: {title: Fell, says: "by {strength_change_quarter:+.0%}", column: strength_change_quarter,
       under: {fires: -0.1}}
"""
DELIVERY = Delivery.model_validate({"owners": {"Ann": "env:ANN"}})


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return read_rules(path)


@pytest.fixture
def look(tmp_path, rules, monkeypatch):
    """Publish health, look at the alerts, and act on them; return what was accepted."""
    monkeypatch.delenv("WORKBENCH_STORE", raising=False)
    outputs, folder = tmp_path / "outputs", tmp_path / "operations"

    def act(made: str, used: float, ends: str = "2026-06", as_of: str = "2026-01-01"):
        run = write_run(outputs, made, as_of=as_of, data=made)
        (run / "tables").mkdir()
        row = {
            "account_id": "a", "name": "Acme <b>", "owner": "Ann", "at_risk": 5.0,
            "consumption": used, "term_ends": ends, "strength": 0.6, "strength_quarter": 0.8,
        }  # fmt: skip
        pd.DataFrame([row]).to_parquet(run / "tables" / "health.parquet")
        latest = outputs / "account_health" / "latest"
        latest.parent.mkdir(exist_ok=True)
        latest.unlink(missing_ok=True)
        latest.symlink_to(run)
        found = look_at_alerts(outputs, folder, rules, DELIVERY, NOW)
        return accept_by_rules(found, rules, outputs, Messenger(folder, DELIVERY))

    return act


def test_a_rule_accepts_once_per_contract(look, tmp_path) -> None:
    assert look("20260102", 0.5) == []
    [accepted] = look("20260103", 1.1)
    assert look("20260104", 1.2) == []  # the same contract
    assert look("20260105", 0.5) == [] and look("20260106", 1.2) == []  # also after it was over
    [again] = look("20260107", 1.2, ends="2027-06")  # the next contract
    store = open_store(str(tmp_path / "outputs" / "plans" / "plans.db"))
    tasks, plans = store.current(TASKS), store.current(PLANS)
    assert set(tasks) == set(store.current(RECOMMENDATIONS)) == {accepted.key, again.key}
    task = tasks[accepted.key]
    assert (task.author, task.value.owner, task.value.due_on, task.value.note) == (
        "rule full", "Ann", date(2026, 1, 15), "has used 110%",
    )  # fmt: skip
    assert [one.kind for one in plans["plan-for-acme-b"].value.actions] == ["roi_analysis"]
    record = store.load(RECOMMENDATIONS, accepted.key).value
    assert (record.rule, record.contract) == ("full", "2026-06")
    store.close()
    told = [one for one in Outbox(tmp_path / "operations").waiting() if "ROI" in one.subject]
    assert [one.address for one in told] == ["env:ANN", "env:ANN"]


def test_what_somebody_has_taken_up_is_theirs(look, tmp_path) -> None:
    look("20260102", 1.1)
    AlertBook(tmp_path / "operations").change("full", "a", acknowledged_by="Eve")
    assert look("20260103", 1.1, ends="2027-06") == []


def test_a_fall_in_a_quarter_fires(look, tmp_path) -> None:
    look("20260102", 0.5)
    alert = AlertBook(tmp_path / "operations").read()["fell", "a"]
    assert (alert.state, alert.says) == ("firing", "by -20%")
    shipped = read_rules()["falling_strength"]
    assert shipped.column == "strength_change_quarter"
    published = read_published(tmp_path / "outputs")
    assert published is not None and published.as_of == "2026-01-01"


def test_a_rule_names_an_action_that_there_is(tmp_path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES.replace("roi_analysis", "roi_analyses"), encoding="utf-8")
    with pytest.raises(ParameterError) as refused:
        read_rules(path)
    assert "no action roi_analyses" in str(refused.value.problems[0])
    assert "roi_analysis" in str(refused.value.problems[0])
