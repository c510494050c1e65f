"""The two numbers: what they agree with, and that an unhappy customer who is locked in is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from health_books import scored_book
from planbooks import make_book

from workbench.forecast.leaving.risk import account_risk, stays_after_renewal
from workbench.health.breakdown import account_parts
from workbench.health.scores import Bands, score_table
from workbench.health.strength import by_account, decisions


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
