"""Past NRR, GRR and logo retention by segment and cohort, with returning customers and without."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.data.contracts.subscriptions import Subscriptions, subscriptions
from workbench.forecast.growth.definitions import Pack, positions, reconciliation, retention
from workbench.forecast.growth.movements import lines
from workbench.forecast.growth.past_retention import cohort_retention, segment_retention

# Yearly spend: of who bought the year before, and of who had been away.
SPEND = {
    # account: 2016, 2017, 2018, 2019
    "away_first": (0, 204_000, 0, 0),
    "stays": (1_000_000, 593_000, 541_960, 530_221),
    "away_second": (0, 0, 204_829, 0),
    "away_third": (0, 0, 0, 179_976),
}
FIRST, LAST = 2016 * 12, 2019 * 12 + 11


def read(rows: list[tuple[str, int, float]]) -> tuple[pd.DataFrame, Subscriptions]:
    """Chain one contract per account and year."""
    frame = pd.DataFrame(rows, columns=["account_id", "year", "arr"])
    frame["contract_id"] = frame["account_id"] + frame["year"].astype(str)
    frame["product"] = "spend"
    frame["start_on"] = pd.to_datetime(frame["year"].astype(str) + "-01-01")
    frame["end_on"] = frame["start_on"] + pd.DateOffset(years=1)
    book = subscriptions(frame, pd.Timestamp("2020-01-01"))
    return lines(book, LAST), book


@pytest.fixture(scope="module")
def cohort() -> tuple[pd.DataFrame, Subscriptions]:
    """All of them were customers in 2015, and some are away in one year or another."""
    rows = [(account, 2015, 100_000.0) for account in SPEND]
    for account, by_year in SPEND.items():
        rows += [(account, 2016 + at, float(v)) for at, v in enumerate(by_year) if v]
    return read(rows)


@pytest.mark.parametrize(
    ("year", "without", "counted"),
    [(2017, 0.593, 0.797), (2018, 0.680, 0.937), (2019, 0.710, 0.951)],
)
def test_net_retention_with_returning_customers_and_without(cohort, year, without, counted) -> None:
    table = positions(*cohort, year * 12 - 1, year * 12 + 11)
    found = {pack: retention(table, pack) for pack in Pack}
    assert found[Pack.WITH_RETURNING]["nrr"] == pytest.approx(counted, abs=5e-4)
    assert found[Pack.ACCOUNT_LEVEL]["nrr"] == pytest.approx(without, abs=5e-4)
    assert found[Pack.LINE_LEVEL]["nrr"] == pytest.approx(without, abs=5e-4)
    # Whoever was away was not kept.
    for name in ("opening", "gross", "grr", "counted", "kept", "logo_retention"):
        assert found[Pack.WITH_RETURNING][name] == found[Pack.ACCOUNT_LEVEL][name]


def test_a_new_customer_is_nobody_who_returns() -> None:
    table = positions(
        *read([("a", 2016, 100.0), ("a", 2017, 90.0), ("b", 2017, 50.0)]), FIRST + 11, FIRST + 23
    )
    for pack in (Pack.WITH_RETURNING, Pack.ACCOUNT_LEVEL):
        assert retention(table, pack)["nrr"] == 0.9


def test_reconciliation_begins_with_those_who_return(cohort) -> None:
    table = positions(*cohort, 2017 * 12 - 1, 2017 * 12 + 11)
    steps = reconciliation(table).set_index("rule")
    assert steps.loc["with-returning"].tolist() == [100_000_000, 79_700_000, 59_300_000]
    assert steps.loc["customers who come back do not count"].tolist() == [0, -20_400_000, 0]
    assert steps.loc["account-level"].tolist() == [100_000_000, 59_300_000, 59_300_000]


def test_cohorts_are_those_of_the_year_in_which_they_came() -> None:
    rows = [("a", y, 100.0) for y in (2016, 2017, 2018, 2019)]
    rows += [("b", 2016, 100.0), ("b", 2018, 50.0), ("b", 2019, 50.0)]
    rows += [("c", 2018, 200.0), ("c", 2019, 300.0)]
    table = cohort_retention(*read(rows), FIRST, LAST)
    found = table.set_index(["level", "until_month", "definition"])
    one = found.loc[("2016", "2018-12", "with-returning")]
    assert (one["accounts"], one["opening"], one["nrr"]) == (1, 100.0, 1.5)
    assert found.loc[("2016", "2018-12", "account-level"), "nrr"] == 1.0
    assert found.loc[("2016", "2017-12", "account-level"), "logo_retention"] == 0.5
    assert found.loc[("2018", "2019-12", "account-level"), ["nrr", "grr"]].tolist() == [1.5, 1.0]
    assert (
        "2018",
        "2018-12",
        "account-level",
    ) not in found.index  # it was not there at the opening
    late = cohort_retention(*read(rows), FIRST + 12, LAST)
    assert set(late["level"]) == {"before 2017-01", "2018"}
    assert late["until_month"].min() == "2017-12"  # of what is earlier only survivors are known


def test_segments_stand_beside_the_whole_book() -> None:
    rows = [("a", y, 100.0) for y in (2018, 2019)] + [("b", 2018, 300.0)]
    accounts = pd.DataFrame({"account_id": ["a", "b"], "segment": ["large", "small"]})
    table = segment_retention(*read(rows), accounts, LAST - 11, LAST)
    own = table[table["definition"] == "account-level"].set_index("level")
    assert own["nrr"].to_dict() == {"all": 0.25, "large": 1.0, "small": 0.0}
    assert own["logo_retention"].to_dict() == {"all": 0.5, "large": 1.0, "small": 0.0}
    plain = segment_retention(*read(rows), accounts[["account_id"]], LAST - 11, LAST)
    assert set(plain["level"]) == {"all"}
    assert segment_retention(*read(rows), accounts, LAST - 5, LAST).empty  # less than a year
