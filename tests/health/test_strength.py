"""The two numbers: what they agree with, and that an unhappy customer who is locked in is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from health_books import panel_of_signals, scored_book
from planbooks import make_book, with_notice

from workbench.core.calendar import month_label
from workbench.forecast.leaving.risk import account_risk, stays_after_renewal
from workbench.health.breakdown import account_parts
from workbench.health.overview import health_table
from workbench.health.scores import Bands, score_table
from workbench.health.strength import by_account, decisions
from workbench.report.account_health.text import calls_text

NO_SIGNS = pd.DataFrame(columns=["account_id", "sign", "title", "since", "says", "ask"])
NOBODY = pd.DataFrame(columns=["account_id", "month", "stays", "strength", "by"])


def test_a_term_that_ends_now_renews_as_the_forecast_says() -> None:
    book = make_book()
    fixed = np.flatnonzero(book.lines.term_group > 0)
    lines = book.lines.take(fixed)
    now = replace(lines, months_to_end=np.zeros_like(lines.months_to_end))
    survived = book.survived[:, fixed]
    renews = decisions(book.inputs, now, survived).renews()
    np.testing.assert_allclose(renews, stays_after_renewal(book.inputs, now, survived), rtol=1e-5)
    # The same rule as revenue at risk: lines of an account weigh by their revenue.
    risk = account_risk(now, renews.mean(axis=0)).set_index("account_id")
    own = by_account(now, renews.mean(axis=0))
    np.testing.assert_allclose(own, risk.loc[now.accounts, "renews"])


def test_month_to_month_is_asked_for_a_year_of_decisions() -> None:
    book = make_book(frailty=0.0)
    monthly = np.flatnonzero(book.lines.term_group == 0)
    lines, survived = book.lines.take(monthly), book.survived[:, monthly]
    inputs = replace(
        book.inputs, hazard=replace(book.inputs.hazard, frailty=np.zeros(len(book.inputs)))
    )
    month = stays_after_renewal(inputs, lines, survived)
    np.testing.assert_allclose(decisions(inputs, lines, survived).renews(), month**12, rtol=1e-5)


def test_who_is_unhappy_and_locked_in_is_weak_and_stays() -> None:
    book = make_book()
    lines = book.lines
    # The first account: no champion, little use, and twenty months to go.
    to_end = np.where(lines.account_id == lines.accounts[0], 20, lines.months_to_end)
    signal = lines.signal_value.copy()
    signal[0] = [-4.0, -2.0, 0.0]
    locked = replace(book, lines=replace(lines, months_to_end=to_end, signal_value=signal))
    _, scored = scored_book(locked)
    row = score_table(scored, locked.accounts, Bands(0.7, 0.85), 0.9).iloc[0]
    assert row["stays"] > 0.95
    assert row["band"] == "weak"
    assert row["below"] > 0.9
    assert row["at_risk"] < 0.05 * row["arr"]


def test_scores_are_of_accounts_in_order_with_intervals_around_means() -> None:
    book, scored = scored_book()
    table = score_table(scored, book.accounts, Bands(), 0.9)
    assert table["account_id"].tolist() == book.lines.accounts.tolist()
    for name in ("stays", "strength"):
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()
        assert table[name].between(0, 1).all()
    assert table["arr"].sum() == pytest.approx(book.lines.cents.sum() / 100)
    whole = table[[name for name in table if name.startswith("part_") and name.count("_") == 1]]
    np.testing.assert_allclose(whole.sum(axis=1), table["strength"] - table["reference"])


def test_the_reference_is_the_average_customer_in_the_same_place() -> None:
    book = make_book()
    average = replace(book.lines, signal_value=np.zeros_like(book.lines.signal_value))
    decided = decisions(book.inputs, average, book.survived)
    np.testing.assert_allclose(decided.renews(), decided.reference())
    np.testing.assert_allclose(account_parts(decided, average), 0.0, atol=1e-12)


def test_who_has_given_notice_does_not_renew_and_is_not_to_be_called() -> None:
    book = with_notice(make_book(), "A001", "A002")
    _, scored = scored_book(book)
    lines, left = scored.lines, np.isin(scored.lines.account_id, ["A001", "A002"])
    assert (scored.decided.renews()[:, left] == 0).all()
    assert (scored.decided.renews()[:, ~left] > 0).all()
    table = score_table(scored, book.accounts, Bands(0.7, 0.85), 0.9).set_index("account_id")
    own = table.loc["A001"]
    assert own["strength_high"] == own["reference"] == own["part_people"] == 0
    assert own["band"] == "weak" and own["below"] == 1
    month = month_label(book.inputs.first_month + 3)
    products = sorted(lines.product[lines.account_id == "A001"])
    assert own["notice"] == ", ".join(f"{product} from {month}" for product in products)
    assert (table["notice"] != "").sum() == 2
    whole = health_table(table.reset_index(), NO_SIGNS, panel_of_signals({"x": [[0.0]] * 12}),
                         NOBODY, pd.Timestamp("2026-01-01"))  # fmt: skip
    said = calls_text(whole, NO_SIGNS, 12, "EUR")
    calls, decided = said.rsplit("\n\n", 1)
    assert "**2 customers have given notice**" in decided
    assert "(A001)" not in calls and "(A002)" not in calls and "10. **" in calls
