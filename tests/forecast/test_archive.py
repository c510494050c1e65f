"""The ledger: what is scored, what is not, and that drift is seen where there is one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from forecast_records import company, entries_of, forecast_of

from workbench.data.contracts.subscriptions import subscriptions
from workbench.forecast.backtest.archive import OTHER_BOOK, SAME_DAY, TOO_YOUNG, score_archive
from workbench.forecast.backtest.archive_file import read_forecast, write_forecast
from workbench.forecast.backtest.outcomes import KnownContracts
from workbench.report.archive.figures import archive_figure
from workbench.report.archive.text import archive_text, drift_warnings

DAYS = [f"{year}-{month:02d}-01" for year in (2024, 2025) for month in (3, 6, 9, 12)]
TODAY = pd.Timestamp("2026-07-01")


def known(contracts: pd.DataFrame) -> KnownContracts:
    return KnownContracts(subscriptions(contracts, TODAY), TODAY)


@pytest.mark.parametrize("seed", range(4))
def test_right_forecasts_do_not_drift(seed) -> None:
    contracts = company(seed)
    scored = score_archive(entries_of(contracts, DAYS, seed), known(contracts), 0.9)
    assert drift_warnings(scored) == []
    assert scored.scores["covered"].mean() > 0.75
    assert len(scored.tests) > 10


@pytest.mark.parametrize("seed", range(4))
def test_a_change_of_the_world_raises_a_warning(seed) -> None:
    contracts = company(seed, changed=0.65)
    scored = score_archive(entries_of(contracts, DAYS, seed), known(contracts), 0.9)
    warned = drift_warnings(scored)
    assert any("lies below the forecast" in warning for warning in warned)
    assert any("lie inside their intervals" in warning for warning in warned)
    assert "**Drift:" in archive_text(scored, 0.9)


def test_before_the_change_nothing_was_wrong() -> None:
    contracts = company(1, changed=0.65)
    then = pd.Timestamp("2024-12-31")
    scored = score_archive(
        entries_of(contracts, DAYS[:3], 1),
        KnownContracts(subscriptions(contracts, then), then),
        0.9,
    )
    assert len(scored.scores) and drift_warnings(scored) == []


def test_a_trailing_rate_that_forecasts_better_is_a_warning() -> None:
    contracts = company(2)
    entries = entries_of(contracts, DAYS[:4], 2)
    noise = np.random.default_rng(0)
    noisy = [
        replace(e, forecast=replace(e.forecast, lines=e.forecast.lines.assign(
            probability=noise.uniform(0.4, 1.0, len(e.forecast.lines)))))
        for e in entries
    ]  # fmt: skip
    warned = drift_warnings(score_archive(noisy, known(contracts), 0.9))
    assert any("the trailing rate errs less" in warning for warning in warned)


def test_another_book_the_same_day_and_the_future_are_not_scored() -> None:
    contracts, other = company(3), company(4)
    first, second = entries_of(contracts, ["2025-03-01", "2025-06-01"])
    again = replace(first, run_id="20260101T000000Z-000000")
    foreign = replace(entries_of(other, ["2025-03-01"])[0], run_id="20250102T000000Z-000000")
    young = entries_of(contracts, ["2026-06-01"])[0]
    scored = score_archive([foreign, first, second, again, young], known(contracts), 0.9)
    reasons = dict(zip(scored.left_out["run_id"], scored.left_out["reason"], strict=True))
    expected = {foreign.run_id: OTHER_BOOK, again.run_id: SAME_DAY, young.run_id: TOO_YOUNG}
    assert reasons == expected
    assert set(scored.scores["run_id"]) == {first.run_id, second.run_id}
    text = archive_text(scored, 0.9)
    assert f"1 forecast ({OTHER_BOOK})" in text and f"1 forecast ({SAME_DAY})" in text
    assert not scored.renewals.duplicated(["subscription_id", "due"]).any()


def test_a_book_that_grew_is_still_the_same_book() -> None:
    contracts = company(5)
    entry = entries_of(contracts, ["2025-03-01"])[0]
    later = contracts.assign(arr=contracts["arr"] * np.where(contracts.index % 30 == 0, 1.1, 1.0))
    assert len(score_archive([entry], known(later), 0.9).scores)


def test_a_subscription_that_became_another_one_is_found_again() -> None:
    """What stood alone when it was forecast may have moved, changed or merged since."""
    rows = [
        ("c1", "a", "basic", "2023-01-01", "2025-01-01", ""),
        ("c2", "a", "mini", "2023-01-01", "2025-01-01", ""),
        ("c3", "b", "basic", "2025-01-01", "2027-01-01", "c1"),
        ("c4", "a", "mini", "2025-01-01", "2027-01-01", "c2"),
    ]
    columns = ["contract_id", "account_id", "product", "start_on", "end_on"]
    table = pd.DataFrame(rows, columns=[*columns, "previous_contract_id"]).assign(arr=1.0)
    for name in ("start_on", "end_on"):
        table[name] = pd.to_datetime(table[name])
    today = known(table)
    assert today.today(pd.Series(["c1", "c3", "c4", "gone"])).tolist()[:3] == ["c1", "c1", "c2"]
    lines = pd.DataFrame({"subscription_id": ["c1", "gone"], "account_id": ["a", "z"]})
    assert today.accounts(lines).tolist() == ["b", "z"]
    assert today.left(lines["subscription_id"])["found"].tolist() == [True, False]


def test_an_empty_ledger_says_so() -> None:
    scored = score_archive([], known(company(6)), 0.9)
    assert "No earlier forecast" in archive_text(scored, 0.9)
    assert drift_warnings(scored) == []


def test_a_forecast_comes_back_from_its_file_as_it_was(tmp_path) -> None:
    made = forecast_of(company(7), "2025-03-01")
    made = replace(made, naive={"kept": np.arange(12.0)})
    path = tmp_path / "forecast.parquet"
    write_forecast(made, path)
    read, facts = read_forecast(path)
    assert facts == {"as_of": "2025-03-01", "months": 12}
    assert (read.as_of, read.months, set(read.book)) == (made.as_of, 12, set(made.book))
    for name, values in made.book.items():
        np.testing.assert_array_equal(read.book[name], values)
    np.testing.assert_array_equal(read.naive["kept"], np.arange(12.0))
    pd.testing.assert_frame_equal(read.lines, made.lines, check_dtype=False)
    assert path.stat().st_size < 100_000


def test_the_figure_shows_every_forecast() -> None:
    contracts = company(0)
    scored = score_archive(entries_of(contracts, DAYS), known(contracts), 0.9)
    figure = archive_figure(scored.scores, "kept", 0.9)
    assert [len(ax.collections[1].get_offsets()) for ax in figure.axes] == [8, 8, 6]
