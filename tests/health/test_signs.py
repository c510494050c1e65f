"""Signs: rules as they are written, dates, sentences, and files that do not fit."""

from __future__ import annotations

import numpy as np
import pytest
from health_books import panel_of_signals

from workbench.core.errors import DataError
from workbench.health.signs.shown import ShownSign, shown_signs, sign_table
from workbench.health.signs.sign import Sign, SignRule, Signs, read_signs

NAN = np.nan


def one(rule: dict[str, object]) -> Signs:
    return Signs({"it": Sign(title="It", ask="What?", rules=(SignRule.model_validate(rule),))})


def shown(signals: dict[str, list[list[float]]], rule: dict[str, object]) -> ShownSign:
    [found] = shown_signs(panel_of_signals(signals), one(rule))
    return found


def test_above_and_below_are_strict_and_missing_is_neither() -> None:
    values = {"nps_latest": [[5.0, 6.0, 7.0, NAN]]}
    below = shown(values, {"signal": "nps_latest", "below": 6, "says": "x"})
    above = shown(values, {"signal": "nps_latest", "above": 6, "says": "x"})
    assert below.shown.tolist() == [[True, False, False, False]]
    assert above.shown.tolist() == [[False, False, True, False]]
    assert below.known.tolist() == [[True, True, True, False]]


def test_usual_is_the_accounts_own_past_without_the_last_quarter() -> None:
    months = [6.0] * 9 + [0.0, 0.0, 0.0, 3.0]
    rule = {"signal": "inbound_messages_3m", "under_usual": 0.5, "says": "{value} of {usual}"}
    panel = panel_of_signals({"inbound_messages_3m": [months]})
    # In the last month the months 3 to 12 before are nine of 6 and one of 0.
    assert panel.usual("inbound_messages_3m")[0, -1] == pytest.approx(5.4)
    found = shown_signs(panel, one(rule))
    assert found[0].shown[0].tolist() == [False] * 9 + [True] * 3 + [False]
    enough = one(rule | {"usual_at_least": 7})
    assert not shown_signs(panel, enough)[0].shown.any()


def test_gone_needs_a_past() -> None:
    rule = {"signal": "champion_present", "gone_within": 2, "says": "the champion has left"}
    found = shown({"champion_present": [[1, 0, 0, 0], [0, 0, 0, 0]]}, rule)
    assert found.shown.tolist() == [[False, True, True, False], [False] * 4]


def test_a_sign_is_dated_by_the_run_that_lasts_and_said_with_its_numbers() -> None:
    signals = {"severe_tickets_3m": [[3, 0, 2, 4], [0, 0, 0, 0]]}
    rule = {"signal": "severe_tickets_3m", "above": 1, "says": "{value} severe tickets"}
    panel = panel_of_signals(signals)
    [row] = sign_table(panel, shown_signs(panel, one(rule))).to_dict("records")
    assert (row["account_id"], row["since"], row["says"]) == (
        "A000",
        "2025-03",
        "4 severe tickets",
    )


def test_what_holds_beside_a_rule_must_hold() -> None:
    rule = {
        "signal": "days_to_term_end",
        "below": 90,
        "also": ({"signal": "inbound_messages_3m", "below": 1},),
        "says": "{value} days",
    }
    signals = {"days_to_term_end": [[60], [60]], "inbound_messages_3m": [[0], [4]]}
    assert shown(signals, rule).shown.tolist() == [[True], [False]]


def test_a_sign_without_its_data_is_off_and_says_why() -> None:
    rule = {"signal": "nps_latest", "below": 6, "says": "x"}
    found = shown({"open_tickets": [[1.0]]}, rule)
    assert found.off == "Off: the book lacks the data it reads (surveys)."
    assert not found.shown.any()
    silent = shown({"nps_latest": [[NAN]]}, rule)
    assert silent.off == "Off: nothing it reads has a value for any customer yet."


def test_whoever_has_left_shows_nothing() -> None:
    panel = panel_of_signals({"nps_latest": [[3.0, 3.0, 3.0]]}, left=[1])
    [found] = shown_signs(panel, one({"signal": "nps_latest", "below": 6, "says": "x"}))
    assert found.shown.tolist() == [[True, True, False]]


def test_eight_signs_are_shipped_and_read_signals_that_exist() -> None:
    from workbench.features.signals.catalogue import SIGNALS

    signs = read_signs()
    assert list(signs.entries) == [
        "engagement", "feedback", "growth", "organisation", "finance", "adoption", "resistance",
        "referrals",
    ]  # fmt: skip
    assert set(signs.signals) <= {signal.name for signal in SIGNALS}


def test_all_faults_of_a_file_are_told_with_their_lines(tmp_path) -> None:
    path = tmp_path / "signs.yaml"
    path.write_text(
        "version: 1\nsigns:\n  quiet:\n    title: Quiet\n    ask: Why?\n    rules:\n"
        "      - {signal: nps_latest, below: 6, above: 3, says: x}\n"
        "      - {signal: nps_latest, belw: 6, says: x}\n"
    )
    with pytest.raises(DataError) as caught:
        read_signs(path)
    told = str(caught.value)
    assert "give one of above, below, under_usual and gone_within" in told
    assert "line 8" in told
    assert "belw" in told
    assert "Did you mean below?" in told
