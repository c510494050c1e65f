"""A subscription's log-hazard comes apart into drivers and groups, without remainder."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from quiet import quiet_shocks

from workbench.core.names import EXIT_KINDS
from workbench.features.design import Design, build_design, fit_coding
from workbench.features.signals.catalogue import SIGNALS
from workbench.forecast.leaving.explain import Driver, contribution_table, drivers_at, most_at_stake
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.posterior.survival import Draws, row_hazard

SIZE, MONTHS, DRAWS = 260, 4, 40
SIGNAL_NAMES = ["severe_tickets_3m", "champion_present", "metric: uptime"]
ATTRIBUTES = ["plan", "tenure"]
GROUPINGS = ["owner", "region"]


def future_rows(rng: np.random.Generator) -> pd.DataFrame:
    """Four months of every subscription; nothing is known of some tickets, owners and plans."""
    position = np.repeat(np.arange(SIZE), MONTHS)
    horizon = np.tile(np.arange(1, MONTHS + 1), SIZE)
    tenure = rng.integers(1, 40, SIZE)[position] + horizon
    own = pd.DataFrame(
        {
            "severe_tickets_3m": np.where(rng.random(SIZE) < 0.2, np.nan, rng.poisson(2, SIZE)),
            "champion_present": rng.integers(0, 2, SIZE).astype(float),
            "metric: uptime": rng.normal(99, 1, SIZE),
            "plan": rng.choice(["basic", "plus", "pro"], SIZE),
            "tenure": rng.normal(size=SIZE),  # a team's own column may be called so
            "owner": rng.choice(["Ann", "Bob", None], SIZE),
            "region": rng.choice(["north", "south"], SIZE),
        }
    )
    known = {
        "subscription_id": pd.Series(position).map("s{:03d}".format),
        "account_id": pd.Series(position // 2).map("a{:03d}".format),
        "month": 24_300 + horizon,
        "horizon": horizon,
        "tenure_months": tenure,
        "exit_kind": np.where(tenure % 12 == 0, EXIT_KINDS[2], EXIT_KINDS[6]),
    }
    return pd.DataFrame(known).join(own.iloc[position].reset_index(drop=True))


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return future_rows(np.random.default_rng(1))


@pytest.fixture(scope="module")
def future(rows) -> Design:
    seen = rows.assign(observed=True, event=rows["month"] % 2 == 0)
    coding = fit_coding(seen, SIGNAL_NAMES, ATTRIBUTES, GROUPINGS)
    return build_design(rows, replace(coding, quarters=(8100, 8101)))


@pytest.fixture(scope="module")
def draws(future) -> Draws:
    rng = np.random.default_rng(2)
    coding = future.coding
    zero = np.zeros((DRAWS, 1))
    return Draws(
        exit=rng.normal(-4, 1, (DRAWS, len(EXIT_KINDS))),
        tenure=rng.normal(size=(DRAWS, coding.max_tenure_months + 1)),
        **quiet_shocks(DRAWS, coding, 1.0),
        attribute=rng.normal(size=(DRAWS, len(coding.attributes.columns))),
        group=np.hstack([rng.normal(size=(DRAWS, len(coding.flat_levels))), zero]),
        signal=rng.normal(size=(DRAWS, len(coding.signals.columns))),
        fade=rng.uniform(0.5, 0.95, DRAWS),
        frailty=np.ones(DRAWS),
    )


def relative(draws: Draws, future: Design, horizon: int) -> np.ndarray:
    """The forecast's own log-hazard of a month, less the book's mean, in every draw."""
    eta = np.log(row_hazard(draws, future))[:, horizon - 1 :: MONTHS]
    return eta - eta.mean(axis=1, keepdims=True)


def named(drivers: tuple[Driver, ...]) -> dict[tuple[str, str], Driver]:
    return {(driver.name, driver.group): driver for driver in drivers}


@pytest.mark.parametrize("horizon", [1, 3, MONTHS])
def test_contributions_sum_to_the_log_hazard_in_every_draw(draws, future, horizon) -> None:
    drivers = drivers_at(draws, future, horizon)
    total = sum(driver.contribution() for driver in drivers)
    np.testing.assert_allclose(total, relative(draws, future, horizon), rtol=0, atol=1e-9)


def test_the_sum_notices_a_driver_that_is_left_out(draws, future) -> None:
    drivers = drivers_at(draws, future)
    expected = relative(draws, future, 1)
    for absent in drivers:
        total = sum(driver.contribution() for driver in drivers if driver is not absent)
        assert np.abs(total - expected).max() > 0.01, absent.name


def test_every_driver_is_zero_for_the_average_of_the_book(draws, future) -> None:
    for driver in drivers_at(draws, future, 2):
        np.testing.assert_allclose(driver.contribution().mean(axis=1), 0, atol=1e-12)


def test_levels_and_gaps_belong_to_what_they_were_made_of(draws, future) -> None:
    found = named(drivers_at(draws, future))
    assert set(found) == {
        ("term and renewal date", "contract"),
        ("tenure", "contract"),
        ("plan", "firmographic"),
        ("tenure", "firmographic"),
        ("owner", "firmographic"),
        ("region", "firmographic"),
        ("severe_tickets_3m", "service"),
        ("champion_present", "people"),
        ("metric: uptime", "product"),
    }
    assert found["severe_tickets_3m", "service"].value.shape == (SIZE, 2)
    assert found["plan", "firmographic"].value.shape == (SIZE, 2)


def test_a_signal_fades_with_the_months_ahead_and_an_attribute_does_not(draws, future) -> None:
    now, later = (named(drivers_at(draws, future, horizon)) for horizon in (1, 4))
    for key, power in {("champion_present", "people"): 3, ("plan", "firmographic"): 0}.items():
        expected = now[key].contribution() * draws.fade[:, None] ** power
        np.testing.assert_allclose(later[key].contribution(), expected, atol=1e-12)


def test_contribution_of_a_number_by_hand(draws, future, rows) -> None:
    """One effect times the value less its mean, in standard deviations."""
    uptime = rows["metric: uptime"].to_numpy()[::MONTHS]
    position = future.coding.signals.names.index("metric: uptime")
    expected = np.outer(draws.signal[:, position], (uptime - uptime.mean()) / uptime.std())
    found = named(drivers_at(draws, future))["metric: uptime", "product"].contribution()
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_every_signal_of_the_catalogue_keeps_its_group(draws, future, rows) -> None:
    assert {signal.group for signal in SIGNALS} <= {
        "sales", "service", "operations", "product", "finance", "people", "firmographic",
    }  # fmt: skip
    columns = future.coding.signals.columns
    for signal in SIGNALS:
        renamed = replace(columns[0], source=signal.name)
        signals = replace(future.coding.signals, columns=(renamed, *columns[1:]))
        other = replace(future, coding=replace(future.coding, signals=signals))
        assert (signal.name, signal.group) in named(drivers_at(draws, other))


def test_table_holds_means_and_quantiles_of_drivers_groups_and_total(draws, future, rows) -> None:
    table = contribution_table(draws, future, rows, [3], 0.8)
    one = table[table["subscription_id"] == "s201"].set_index(["level", "driver", "group"])
    assert one["account_id"].unique() == ["a100"] and one["month"].unique() == ["2025-04"]
    drivers = drivers_at(draws, future, 3)
    people = [d.contribution()[:, 201] for d in drivers if d.group == "firmographic"]
    for key, values in {
        ("driver", "owner", "firmographic"): named(drivers)["owner", "firmographic"].contribution()[
            :, 201
        ],
        ("group", "", "firmographic"): np.sum(people, axis=0),
        ("total", "", ""): relative(draws, future, 3)[:, 201],
    }.items():
        expected = [values.mean(), *np.quantile(values, [0.1, 0.9])]
        np.testing.assert_allclose(
            one.loc[key, ["contribution", "low", "high"]].astype(float), expected, atol=1e-9
        )


def test_table_means_add_up_for_every_subscription_and_month(draws, future, rows) -> None:
    table = contribution_table(draws, future, rows, [1, 2], 0.9)
    assert len(table) == 2 * SIZE * (2 + 5 + 9) and not table.isna().any(axis=None)
    key = ["month", "subscription_id"]
    total = table[table["level"] == "total"].set_index(key)["contribution"]
    for level in ("driver", "group"):
        sums = table[table["level"] == level].groupby(key)["contribution"].sum()
        np.testing.assert_allclose(sums, total.loc[sums.index], atol=1e-9)
    customer = table[table["level"] == "customer"].set_index(key)["contribution"]
    groups = table[table["level"] == "group"]
    contract = groups[groups["group"] == "contract"].set_index(key)["contribution"]
    np.testing.assert_allclose(customer + contract.loc[customer.index], total, atol=1e-9)
    drivers = table[table["level"] == "driver"].groupby([*key, "group"])["contribution"].sum()
    groups = table[table["level"] == "group"].set_index([*key, "group"])["contribution"]
    np.testing.assert_allclose(drivers, groups.loc[drivers.index], atol=1e-9)


def test_the_first_renewal_due_is_explained_in_its_month_else_the_largest_loss() -> None:
    alive = np.array([[[0.9, 0.8], [0.5, 0.4], [0.9, 0.7]]], dtype="float32")
    book = pd.DataFrame({"subscription_id": ["s0", "s1", "s2"], "arr": [100.0, 20.0, 90.0]})
    months = np.array([24_312, 24_313])
    outlook = Outlook(alive, alive > 0.5, book, np.array([]), np.array([]), months)
    due = pd.DataFrame({"subscription_id": ["s1", "s0"], "due": ["2026-02", "2026-01"]})
    assert most_at_stake(outlook, due) == ("s1", 2)
    assert most_at_stake(outlook, due[:0]) == ("s2", 1)
