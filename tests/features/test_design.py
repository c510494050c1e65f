"""At-risk rows become arrays, and later rows are coded alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from books import Shape, lay_out

from workbench.core.names import EXIT_KINDS
from workbench.features.design import Design, build_design, fit_coding
from workbench.features.tenure import tenure_basis


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rows = lay_out(Shape(50, months=18), np.random.default_rng(3))
    last = ~rows.duplicated("subscription_id", keep="last")
    leaves = rows["subscription_id"].map(lambda key: int(key[1:]) % 5 == 0)
    return rows.assign(event=last & leaves & rows["observed"])


@pytest.fixture(scope="module")
def design(rows) -> Design:
    return build_design(rows, fit_coding(rows, ["signal 0"], ["attribute 0"], ["owner"]))


def test_cells_hold_each_row_s_tenure_exit_and_quarter(rows, design) -> None:
    assert (design.cell_tenure[design.cell_idx] == rows["tenure_months"]).all()
    kinds = np.array(EXIT_KINDS, dtype=object)[design.cell_exit_idx[design.cell_idx]]
    assert (kinds == rows["exit_kind"].to_numpy()).all()
    assert len(design.cell_tenure) < len(rows)


def test_cells_hold_the_quarter_where_quarters_have_an_effect(rows, design) -> None:
    """All of the fixture's endings fall into one quarter, so it has none."""
    assert set(design.cell_quarter) == {-1}
    twice = rows.assign(event=rows["event"] | (rows["month"] == rows["month"].max() - 4))
    shaken = build_design(rows, fit_coding(twice, [], [], []))
    quarter = shaken.cell_quarter[shaken.cell_idx]
    seen = rows["observed"].to_numpy()
    assert (quarter[seen] == rows.loc[seen, "month"] // 3).all()
    names = np.array(shaken.coding.quarters)
    assert (names[shaken.cell_quarter_idx[shaken.cell_idx][seen]] == quarter[seen]).all()


def test_months_before_the_window_have_no_quarter_and_no_signal(rows, design) -> None:
    before = ~rows["observed"].to_numpy()
    assert before.any()
    assert (design.cell_quarter[design.cell_idx][before] == -1).all()
    assert (design.cell_quarter_idx[design.cell_idx][before] == -1).all()
    assert (design.signal_value[before] == 0).all()
    starts = np.repeat(design.entry_end, design.row_end - design.row_start)
    assert ((np.arange(len(rows)) < starts) == before).all()


def test_events_and_attributes_belong_to_their_subscription(rows, design) -> None:
    by_key = rows.groupby("subscription_id")
    known = by_key["event"].any()
    assert (pd.Series(design.event, design.subscription_id) == known).all()
    raw = by_key["attribute 0"].first()
    order = np.argsort(raw.to_numpy())
    assert (np.diff(design.attribute_value[order, 0]) >= 0).all()


def test_levels_point_to_their_own_name_and_strangers_to_none(rows, design) -> None:
    names = np.array([*design.coding.flat_levels, "none"], dtype=object)
    found = names[design.group_idx[:, 0]]
    assert (found == "owner: " + rows.groupby("subscription_id")["owner"].first()).all()
    moved = rows.assign(owner="a new owner")
    assert (names[build_design(moved, design.coding).group_idx] == "none").all()
    nobody = rows.assign(owner=pd.Series([None] * len(rows), dtype="str"))
    assert (names[build_design(nobody, design.coding).group_idx] == "none").all()


def test_later_rows_are_read_at_one_month_less_than_their_horizon(rows, design) -> None:
    future = rows.groupby("subscription_id").head(1).drop(columns=["event", "lead_months"])
    future = future.assign(horizon=3, month=99_999, tenure_months=400, observed=True)
    coded = build_design(future, design.coding)
    assert (coded.lead_months == 2).all() and not coded.event.any()
    assert (coded.cell_tenure == design.coding.max_tenure_months).all()
    assert (coded.cell_quarter_idx == -1).all()


def test_quarters_carry_no_effect_where_all_leave_in_one(rows) -> None:
    seen = np.unique(rows.loc[rows["observed"], "month"] // 3)
    assert rows["event"].any() and fit_coding(rows, [], [], []).quarters == ()
    twice = rows.assign(event=rows["event"] | (rows["month"] == rows["month"].max() - 4))
    assert fit_coding(twice, [], [], []).quarters == tuple(seen)


def test_a_grouping_of_one_level_is_left_out(rows) -> None:
    assert fit_coding(rows.assign(owner="one"), [], [], ["owner"]).groupings == ()


@pytest.mark.parametrize("longest", [1, 4, 13, 70, 240])
def test_the_tenure_basis_is_a_partition_of_one(longest) -> None:
    basis = tenure_basis(longest)
    assert basis.shape[0] == longest + 1
    np.testing.assert_allclose(basis.sum(axis=1), 1.0)
    assert (basis >= -1e-12).all()


def test_a_level_that_only_running_subscriptions_have_is_one_of_its_grouping(rows) -> None:
    """A new owner is coded apart from a missing one; a grouping of one level stays out."""
    running = rows.assign(owner="Zoe", city="Oslo").head(3)
    known = rows.assign(city="Bergen")
    coding = fit_coding(known, [], [], ["owner", "city"], running)
    assert coding.groupings == ("owner",)
    assert coding.group_levels[0] == ("Zoe", *sorted(rows["owner"].unique()))
    coded = build_design(running, coding).group_idx
    assert set(coded.ravel()) == {coding.flat_levels.index("owner: Zoe")}
    without = fit_coding(known, [], [], ["owner"])
    assert set(build_design(running, without).group_idx.ravel()) == {len(without.flat_levels)}
