"""Who has given notice stays until the announced day and is gone from then on, in every draw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from committed_books import book_of, committed_inputs, forecast_of, hazard_draws, row

from workbench.data.contracts.notices import is_notice
from workbench.data.reach import beyond_findings
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.forecast.growth.bridge import bridge_table
from workbench.forecast.growth.committed import book_lines, committed_table
from workbench.forecast.growth.holdings import Past
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.growth.renewal_calendar import renewal_calendar
from workbench.forecast.leaving.due import renewals_due
from workbench.forecast.leaving.renewals import look_ahead
from workbench.forecast.simulation.measures import CHURN
from workbench.report.net_growth.committed_text import committed_text

# Today's data: the last day on record is 28 June 2025. One yearly customer has given notice in the
# term, one from month to month; one left years ago; one wrote a year that nobody believes.
HEARD = row("z0", "2025-06-28", "2026-06-28", 700.0)
IN_TERM = row("n1", "2024-12-01", "2025-12-01", 6_000.0, ended_on="2025-10-01")
MONTHLY = row("n2", "2024-03-01", None, 1_200.0, ended_on="2025-08-15")
MISTYPED = row("n3", "2024-02-01", None, 900.0, ended_on="2052-08-01")
SECOND = row("a00", "2025-01-01", "2027-01-01", 400.0, product="extra", ended_on="2026-01-01")
EVERYTHING = (HEARD, IN_TERM, MONTHLY, MISTYPED, SECOND)
GONE = {"n1": 3, "n2": 1}  # months to come, from 0 in July 2025


def today(*contracts: dict[str, object], as_of: str = "2025-07-01") -> HazardData:
    asked = DataSpecification(as_of=as_of, horizon_months=18, groups=("segment",))
    return hazard_data(book_of(*contracts), asked)


@pytest.fixture(scope="module")
def data() -> HazardData:
    return today(*EVERYTHING)


def test_only_an_end_in_the_term_or_the_next_two_years_is_a_notice() -> None:
    contracts = pd.DataFrame(
        {
            "end_on": pd.to_datetime(["2025-12-01", "2025-12-01", None, None, "2024-01-01"]),
            "ended_on": pd.to_datetime(
                ["2025-12-01", "2025-12-02", "2027-06-28", "2027-07-01", "2025-06-28"]
            ),
        }
    )
    found = is_notice(contracts, pd.Timestamp("2025-06-28"))
    assert found.tolist() == [True, False, True, False, False]


def test_a_notice_is_named_and_a_mistyped_year_is_not_believed(data: HazardData) -> None:
    table = committed_table(data).set_index(["account_id", "product"])
    left = table[table["kind"] == "leaving"]
    assert left["begins"].to_dict() == {
        ("n2", "core"): "2025-08", ("n1", "core"): "2025-10", ("a00", "extra"): "2026-01",
    }  # fmt: skip
    assert left["change"].to_dict() == {
        ("n2", "core"): -1_200.0, ("n1", "core"): -6_000.0, ("a00", "extra"): -400.0,
    }  # fmt: skip
    text = committed_text(committed_table(data), "EUR")
    assert "3 contracts under notice (−EUR 7.6 k a year)" in text
    ahead, mistyped = sorted(beyond_findings(book_of(*EVERYTHING).reach), key=len, reverse=True)
    assert "Notices given ahead" in ahead and "n1" in ahead and "n3" not in ahead
    assert "mistyped" in mistyped and "n3" in mistyped


def test_they_stay_until_then_and_not_longer(data: HazardData) -> None:
    designs = data.design, data.future_design
    outlook = look_ahead(hazard_draws(data, leave=-2.0), *designs, data.future, seed=1)
    account = outlook.account()
    position = {name: i for i, name in enumerate(outlook.accounts)}
    for name, gone in GONE.items():
        assert (account[:, position[name], :gone] > 0.99999).all(), name
        assert (account[:, position[name], gone:] == 0).all(), name
    assert 0 < account[:, position["a00"], -1].mean() < 1  # its other product is a matter of chance
    assert 0 < account[:, position["n3"], -1].mean() < 1
    due = renewals_due(outlook, data.future, data.accounts, 18, 0.9)
    assert not set(due["account_id"]) & set(GONE)
    assert set(due.loc[due["account_id"] == "a00", "product"]) == {"core"}


def test_a_notice_is_churn_of_its_month_in_every_draw(data: HazardData) -> None:
    _, holdings, ahead = forecast_of(data, leave=-30.0, amend=-40.0, cross_sell=-40.0)
    churn = ahead.total[:, 0, :, CHURN]
    assert (churn[:, 1] == -1_200_00).all() and (churn[:, 6] == -400_00).all()
    # What it grew to by a price change is lost with it.
    assert (churn[:, 3] <= -6_000_00 * 0.9).all()
    committed = bridge_table(ahead, 0.9).set_index("month")["committed"]
    assert committed["2025-10"] == -6_000.0 and committed["2026-01"] == -400.0
    calendar = renewal_calendar(committed_inputs(data), holdings, 12, 0.9)
    assert 6_000.0 not in calendar["arr"].tolist()


def test_line_by_line_it_is_gone(data: HazardData) -> None:
    inputs, lines = committed_inputs(data), book_lines(data)
    own = lines.take(lines.of_accounts(list(GONE)))
    assert own.gone_from.tolist() == list(GONE.values())
    simulated = simulate_lines(inputs, own, Past(data.design).of(inputs, own))
    for j, gone in enumerate(own.gone_from):
        alive, line = simulated.alive[:, j], simulated.line[:, j]
        assert (alive[:, :gone] > 0.99999).all() and (line[:, :gone] > 0).all()
        assert (alive[:, gone:] == 0).all() and (line[:, gone:] == 0).all()


def test_a_day_in_the_past_has_not_heard_of_it() -> None:
    before = today(*EVERYTHING, as_of="2025-01-01")
    assert "leaving" not in set(before.signed["change"]) and not before.future["gone"].any()


def test_a_signed_renewal_outweighs_a_notice() -> None:
    renewal = row("n1", "2025-12-01", "2026-12-01", 6_500.0, "2025-06-20")
    stays = today(HEARD, IN_TERM, renewal)
    assert set(stays.signed.loc[stays.signed["account_id"] == "n1", "change"]) == {"renewal"}


def test_without_a_notice_nothing_is_gone() -> None:
    quiet = today(HEARD)
    assert not quiet.future["gone"].any() and (book_lines(quiet).gone_from < 0).all()
    assert np.isin(quiet.signed["change"], ["leaving"]).sum() == 0
