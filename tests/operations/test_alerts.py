"""Alerts: they fire once, do not flap, end once, and reach their owners."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from run_folders import write_run

from workbench.apps.alerting import look_at_alerts
from workbench.core.errors import ParameterError
from workbench.operations.alerts.book import AlertBook
from workbench.operations.alerts.digest import digests
from workbench.operations.alerts.rules import read_rules
from workbench.operations.alerts.state import advance, due_notices, mark_notified
from workbench.operations.outbox import Outbox
from workbench.operations.schedule import Delivery

DAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 5, tzinfo=UTC)
RULES = """
weak: {title: Weak, says: "at {below:.0%}", column: below, over: {fires: 0.9, clears: 0.7}}
gone: {title: Lost, says: lost, column: lost, over: {fires: 0.5}}
moot: {title: Moot, says: moot, column: below, over: {fires: 0.9}, silenced_by: [gone]}
twice: {title: Twice, says: twice, column: below, over: {fires: 0.9}, runs: 2}
"""


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return read_rules(path)


def health(below, lost=0.0, account="a"):
    row = {"account_id": account, "name": "Acme\nAs of never", "owner": "Ann", "at_risk": 5.0}
    return pd.DataFrame([row | {"below": below, "lost": lost}])


def states(alerts):
    return {rule: alert.state for (rule, _), alert in alerts.items()}


def test_a_rule_fires_and_clears_at_levels_apart(rules):
    alerts = {}
    seen = []
    for below in (0.85, 0.92, 0.88, 0.91, 0.72, 0.69, 0.85):
        alerts = advance(rules, health(below), alerts, DAY)
        seen.append(states(alerts).get("weak", "-"))
    assert seen == ["-", "firing", "firing", "firing", "firing", "resolved", "resolved"]


def test_a_rule_may_ask_for_more_than_one_run(rules):
    first = advance(rules, health(0.95), {}, DAY)
    assert states(first)["twice"] == "pending"
    assert states(advance(rules, health(0.95), first, DAY))["twice"] == "firing"
    over = advance(rules, health(0.1), first, DAY)
    assert states(over)["twice"] == "resolved"
    assert "twice" not in {alert.rule for alert in due_notices(rules, over, DAY)[1]}


def test_what_is_not_known_changes_nothing_and_who_left_has_no_alert(rules):
    alerts = advance(rules, health(0.95), {}, DAY)
    assert states(advance(rules, health(None), alerts, DAY))["weak"] == "firing"
    assert states(advance(rules, health(0.1, account="b"), alerts, DAY))["weak"] == "resolved"
    assert (
        states(advance(rules, health(0.1).drop(columns="below"), alerts, DAY))["weak"] == "firing"
    )


def test_told_once_again_after_a_while_and_once_when_over(rules):
    alerts = advance(rules, health(0.95), {}, DAY)
    firing, over = due_notices(rules, alerts, DAY)
    assert {alert.rule for alert in firing} == {"weak", "moot"}
    assert over == []
    alerts = mark_notified(alerts, firing, over, DAY)
    assert due_notices(rules, alerts, DAY + timedelta(days=29)) == ([], [])
    assert len(due_notices(rules, alerts, DAY + timedelta(days=30))[0]) == 2
    alerts = advance(rules, health(0.1), alerts, DAY)
    firing, over = due_notices(rules, alerts, DAY)
    assert firing == []
    assert {alert.rule for alert in over} == {"weak", "moot"}
    assert due_notices(rules, mark_notified(alerts, firing, over, DAY), DAY) == ([], [])


def test_one_alert_makes_another_moot(rules):
    alerts = advance(rules, health(0.95, lost=1.0), {}, DAY)
    assert {alert.rule for alert in due_notices(rules, alerts, DAY)[0]} == {"weak", "gone"}


def test_taken_up_or_silenced_is_not_told(rules, tmp_path):
    book = AlertBook(tmp_path)
    book.write(advance(rules, health(0.95), {}, DAY), ("d", DAY))
    book.change("weak", "a", acknowledged_by="Ann")
    book.change("moot", "a", silenced_until=DAY + timedelta(days=9))
    assert due_notices(rules, book.read(), DAY)[0] == []
    later = due_notices(rules, book.read(), DAY + timedelta(days=9))[0]
    assert {alert.rule for alert in later} == {"moot"}
    over = advance(rules, health(0.1), book.read(), DAY)
    again = advance(rules, health(0.95), over, DAY)
    assert again["weak", "a"].acknowledged_by == ""
    with pytest.raises(ParameterError, match="Did you mean weak a"):
        book.change("weak", "b")


def publish(outputs, below, made, as_of="2026-01-01", data="d1"):
    folder = write_run(outputs, made, as_of=as_of, data=data)
    (folder / "tables").mkdir()
    health(below).to_parquet(folder / "tables" / "health.parquet")
    base = outputs / "account_health"
    base.mkdir(exist_ok=True)
    (base / "latest").unlink(missing_ok=True)
    (base / "latest").symlink_to(folder)


def test_the_same_data_with_another_seed_change_nothing(rules, tmp_path):
    outputs, folder = tmp_path / "outputs", tmp_path / "ops"
    deliver = Delivery.model_validate({"alerts": "env:ALL", "owners": {"Ann": "env:ANN"}})

    def look():
        return look_at_alerts(outputs, folder, rules, deliver, NOW)

    publish(outputs, 0.91, "20260102")
    first = look()
    assert first.queued == 1
    assert states(first.alerts)["weak"] == "firing"
    for made, below in (("20260103", 0.1), ("20260104", 0.95)):
        publish(outputs, below, made)
        again = look()
        assert again.queued == 0
        assert again.alerts == first.alerts
    publish(outputs, 0.1, "20260105", data="d2")
    over = look()
    assert states(over.alerts)["weak"] == "resolved"
    assert [message.address for message in Outbox(folder).waiting()] == ["env:ANN"] * 2


def test_who_has_no_address_is_told_once_there_is_one(rules, tmp_path):
    outputs, folder = tmp_path / "outputs", tmp_path / "ops"
    publish(outputs, 0.95, "20260102")
    table = outputs / "account_health" / "latest" / "tables" / "health.parquet"
    bobs = health(0.95, account="b").assign(owner="Bob")
    pd.concat([pd.read_parquet(table), bobs]).to_parquet(table)

    def look(owners):
        deliver = Delivery.model_validate({"owners": owners})
        return look_at_alerts(outputs, folder, rules, deliver, NOW).queued

    assert look({"Ann": "env:ANN"}) == 1
    assert look({"Ann": "env:ANN"}) == 0
    assert look({"Ann": "env:ANN", "Bob": "env:BOB"}) == 1
    assert [message.address for message in Outbox(folder).waiting()] == ["env:ANN", "env:BOB"]


def test_a_digest_puts_a_customers_name_in_one_line(rules):
    alerts = advance(rules, health(0.95), {}, DAY)
    (digest,) = digests(rules, health(0.95), *due_notices(rules, alerts, DAY), DAY)
    assert digest.owner == "Ann"
    assert digest.subject == "1 account to look at"
    assert "Acme As of never (a)" in digest.body
    assert "Weak: at 95%" in digest.body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {title: A, says: a, column: below}", "either over or under"),
        ("a: {title: A, says: a, column: 'sign:x', over: {fires: 1}}", "neither"),
        ("a: {title: A, says: a, column: b, over: {fires: 1, clears: 2}}", "clears"),
        ("a: {title: A, says: '{b.__class__}', column: b, over: {fires: 1}}", "no column"),
        ("a: {title: A, says: a, column: b, over: {fires: 1}, silenced_by: [c]}", "unknown rule"),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(tmp_path, text, expected):
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=expected):
        read_rules(path)


def test_the_shipped_rules_read_and_are_plain_json():
    rules = read_rules()
    assert "weak_renewal" in rules
    assert json.dumps({name: rule.model_dump() for name, rule in rules.items()})
