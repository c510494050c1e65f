"""Plans as files: nothing is lost, and every fault names its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.core.errors import DataError, ParameterError
from workbench.core.processes import PROCESSES
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.product import ProductLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.seats import SeatsLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.levers.source import Association, Assumed, Measured
from workbench.plans.levers.term import TermLever
from workbench.plans.plan import document as plan
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.plan.file import read_plan, write_plan
from workbench.plans.plan.omissions import omissions

CATALOGUE = read_catalogue()
GOOD = """\
version: 1
name: Keep Acme
accounts: [A1]
goals:
  - {name: faster onboarding, words: "New people take months."}
actions:
  - kind: roi_analysis
    month: 2026-03
    owner: Ada
    serves: [faster onboarding]
"""

texts = st.text(max_size=8)
named = st.text(min_size=1, max_size=8)
months = st.builds("{:04d}-{:02d}".format, st.integers(1990, 2090), st.integers(1, 12))
amounts = st.floats(0, 1e5)
percents = st.floats(-99, 900)
days = st.none() | st.dates()


@st.composite
def ranges(draw):
    low, high = sorted(draw(st.tuples(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))))
    return Assumed(low=low, high=high, probability=draw(st.floats(0.01, 0.99)))


stated = ranges() | st.builds(Measured, file=named, effect=named)
lasts = st.sampled_from(["once", "sustained"]) | st.integers(1, 99)
signal = {"signal": named, "month": months, "lasts": lasts}
source = st.just(Association()) | stated
any_lever = st.one_of(
    st.builds(SignalLever, set=st.floats(-1e6, 1e6), source=source, **signal),
    st.builds(SignalLever, shift=st.floats(-1e6, 1e6), source=source, **signal),
    st.builds(RateLever, process=st.sampled_from(PROCESSES), month=months, source=stated),
    st.builds(PriceLever, change_percent=percents, month=months, source=st.none() | stated),
    st.builds(TermLever, term_months=st.integers(1, 120), month=months),
    st.builds(
        ProductLever,
        product=named,
        arr=st.floats(1e-3, 1e9),
        win_probability=st.floats(0, 1),
        month=months,
    ),
    st.builds(SeatsLever, change_percent=percents, month=months),
)
many = st.lists(any_lever, max_size=3).map(tuple)
steps = st.lists(st.builds(plan.Step, what=named, owner=texts, by=days), max_size=2).map(tuple)
actions = st.builds(
    plan.Action,
    kind=st.sampled_from(sorted(CATALOGUE.entries)),
    month=months,
    owner=texts,
    hours=st.none() | amounts,
    cost=st.none() | amounts,
    steps=st.none() | steps,
    levers=st.none() | many,
    note=texts,
)
plans = st.builds(
    plan.Plan,
    version=st.just(1),
    name=named,
    accounts=st.lists(named, min_size=1, max_size=3).map(tuple),
    goals=st.lists(
        st.builds(
            plan.CustomerGoal, name=named, kind=st.sampled_from(["goal", "challenge"]), words=texts
        ),
        max_size=3,
        unique_by=lambda goal: goal.name,
    ).map(tuple),
    actions=st.lists(actions, max_size=3).map(tuple),
    levers=many,
    demand=st.lists(st.builds(plan.Demand, what=named, owner=named, on=st.dates()), max_size=2).map(
        tuple
    ),
    win_plans=st.lists(
        st.builds(
            plan.WinPlan, opportunity_id=named, owner=named, on=st.dates(), steps=steps, levers=many
        ),
        max_size=2,
    ).map(tuple),
    assumptions=st.lists(texts, max_size=2).map(tuple),
    note=texts,
)


@given(whole=plans)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_round_trip_loses_nothing(whole: plan.Plan, tmp_path_factory) -> None:
    for ending in ("yaml", "json"):
        path = tmp_path_factory.getbasetemp() / f"round-trip.{ending}"
        write_plan(whole, path)
        assert read_plan(path, CATALOGUE) == whole


def written(tmp_path: Path, text: str, name: str = "plan.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_plan_is_read(tmp_path: Path) -> None:
    found = read_plan(written(tmp_path, GOOD), CATALOGUE)
    assert found.actions[0].owner == "Ada"
    assert omissions(found, {}) == ()


def faults(tmp_path: Path, text: str, name: str = "plan.yaml") -> list[str]:
    with pytest.raises(DataError) as caught:
        read_plan(written(tmp_path, text, name), CATALOGUE)
    return [str(problem) for problem in caught.value.problems]


def test_all_faults_of_form_come_at_once_with_their_lines(tmp_path: Path) -> None:
    text = (
        GOOD.replace("month: 2026-03", "mnth: 2026-03").replace("version: 1", "version: 2")
        + """\
    hours: twelve
    levers:
      - lever: signal
        signal: nps_latest
        shift: 1
        set: 2
      - lever: signl
      - lever: rate
        process: leave
        source: {kind: assumed, low: 2, high: 1}
      - lever: price
        change_percent: 5
        month: 2026-3
      - {lever: signal, signal: x, shift: 1, lasts: forever, source: guess}
"""
    )
    assert faults(tmp_path, text) == [
        "plan.yaml line 1, version: not accepted; expected 1, the schema that this workbench "
        "reads; found 2 (int).",
        "plan.yaml line 7, actions.0.month: missing; expected a month such as 2026-03.",
        "plan.yaml line 11, actions.0.hours: not accepted; expected hours, 0 to 100,000; "
        "found "
        "'twelve' (str).",
        "plan.yaml line 13, actions.0.levers.0: give either set or shift.",
        "plan.yaml line 17, actions.0.levers.1: unknown lever; expected signal, rate, price, "
        "term, product, seats; found 'signl'. Did you mean signal?",
        "plan.yaml line 20, actions.0.levers.2.source: low lies above high.",
        "plan.yaml line 23, actions.0.levers.3.month: not accepted; expected a month such as "
        "2026-03; found '2026-3' (str).",
        "plan.yaml line 24, actions.0.levers.4.lasts: not accepted; expected once, sustained, or "
        "a number of months from 1; found 'forever' (str).",
        "plan.yaml line 24, actions.0.levers.4.source: not accepted; expected association, or "
        "kind: assumed or measured with its own keys; found 'guess' (str).",
        "plan.yaml line 8, actions.0.mnth: unknown key. Did you mean month?",
    ]


def test_names_that_nothing_bears_are_faults(tmp_path: Path) -> None:
    text = GOOD.replace("roi_analysis", "roi_analyses").replace(
        "serves: [faster onboarding]", "serves: [faster onbording]\n    accounts: [A2]"
    )
    assert faults(tmp_path, text) == [
        "plan.yaml line 7, actions.0.kind: no action roi_analyses in the catalogue. "
        "Did you mean roi_analysis?",
        "plan.yaml line 10, actions.0.serves.0: no goal faster onbording. "
        "Did you mean faster onboarding?",
        "plan.yaml line 11, actions.0.accounts.0: A2 is not in the plan. Valid names: A1.",
    ]


def test_a_lever_of_its_own_needs_a_month(tmp_path: Path) -> None:
    text = GOOD + "levers:\n  - {lever: seats, change_percent: 5}\n"
    assert faults(tmp_path, text) == [
        "plan.yaml line 12, levers.0: no month. A lever outside of an action names its month."
    ]


def test_a_number_for_a_key_is_told_to_be_quoted(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD.replace("[A1]", "[123]")) == [
        "plan.yaml line 3, accounts.0: not accepted; expected a list of account keys, or [all]; "
        "found 123 (int). Write it in quotes."
    ]


def test_a_key_given_twice_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD + "name: Other\n") == [
        "plan.yaml line 11: name is given twice; expected each key once."
    ]


def test_faults_of_json_name_their_line(tmp_path: Path) -> None:
    text = '{"version": 1,\n "name": "x",\n "accounts": ["A1"],\n "gols": []}'
    assert faults(tmp_path, text, "plan.json") == [
        "plan.json line 4, gols: unknown key. Did you mean goals?"
    ]
    assert faults(tmp_path, text[:-1], "plan.json") == [
        "plan.json line 4: not JSON; found Expecting ',' delimiter."
    ]


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no such file; expected a plan in YAML or JSON"):
        read_plan(tmp_path / "none.yaml", CATALOGUE)


def test_a_failed_write_leaves_the_old_plan(tmp_path: Path, monkeypatch) -> None:
    path = written(tmp_path, GOOD)

    def full(*_) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="disk full"):
        write_plan(plan.Plan(version=1, name="other", accounts=("A1",)), path)
    assert [file.name for file in tmp_path.iterdir()] == ["plan.yaml"]
    assert path.read_text() == GOOD


def test_a_plan_without_goals_says_so() -> None:
    bare = plan.Plan(version=1, name="x", accounts=("A1",))
    assert omissions(bare, {}) == (
        "The plan names none of the customer's own goals or challenges.",
    )
    goals = (plan.CustomerGoal(name="g"), plan.CustomerGoal(name="h"))
    idle = plan.Action(kind="roi_analysis", month="2026-01", serves=("h",))
    titles = {"roi_analysis": "ROI analysis"}
    assert omissions(bare.model_copy(update={"goals": goals, "actions": (idle,)}), titles) == (
        "No action serves: g.",
        "Nobody is named for: ROI analysis.",
    )


def test_the_catalogue_fills_what_an_action_leaves_open() -> None:
    bare = plan.Action(kind="adoption_workshop", month="2026-01", hours=3)
    filled = CATALOGUE.filled(bare)
    entry = CATALOGUE.entries["adoption_workshop"]
    assert (filled.hours, filled.cost, filled.levers) == (3, entry.cost, entry.levers)
    own = plan.Action(kind="adoption_workshop", month="2026-01", levers=())
    assert CATALOGUE.filled(own).levers == ()


def test_the_catalogue_suggests_by_facts() -> None:
    facts = {"consumption_3m": 0.4, "champion_present": 1.0, "months_to_renewal": 11.0}
    found = CATALOGUE.suggested(facts)
    assert found["adoption_workshop"] == ("consumption_3m below 0.7",)
    assert not {"win_a_champion", "early_renewal", "payment_plan"} & set(found)
