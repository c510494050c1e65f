"""Late tenure that one year's customers hold alone is the calendar's, and stays flat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from books import FIRST_MONTH, Shape, design_of, lay_out

from workbench.features.design import Design
from workbench.models.hazard.effects import effect_map
from workbench.models.hazard.tenure import tenure_by_step
from workbench.models.priors.hazard import HazardPriors

MONTHS = 48


def book(old: int) -> Design:
    """Lay out a book of four years in which 120 customers came, and `old` before it begins."""
    rng = np.random.default_rng(20260101)
    rows = lay_out(Shape(4000, months=MONTHS, signals=0, attributes=0), rng)
    began = rows["month"] - rows["tenure_months"] - FIRST_MONTH
    first = began.groupby(rows["subscription_id"]).first()
    late, early = (first.index[test] for test in ((first >= 0) & (first < 12), first < 0))
    new = first.index[first >= 12]
    kept = [*late[:60], *new[:60], *early[:old]]
    return design_of(rows[rows["subscription_id"].isin(kept)].reset_index(drop=True))


def spread(design: Design, early: int, late: int) -> float:
    """Return the prior's sd of the change of the tenure effect between two tenures, per step sd."""
    steps = tenure_by_step(design)
    return float(np.linalg.norm(steps[late] - steps[early]))


@pytest.fixture(scope="module")
def alone() -> Design:
    return book(old=0)


@pytest.fixture(scope="module")
def held_by_others() -> Design:
    return book(old=60)


def test_late_tenure_of_one_year_alone_stays_flat(alone, held_by_others) -> None:
    assert spread(alone, 40, 46) < 0.15 * spread(held_by_others, 40, 46)


def test_what_several_years_hold_is_free(alone, held_by_others) -> None:
    for early, late in ((1, 6), (6, 12), (12, 20)):
        assert spread(alone, early, late) == pytest.approx(
            spread(held_by_others, early, late), rel=0.2
        )


def test_a_snapshot_has_no_calendar_to_mistake_tenure_for(alone) -> None:
    shot = replace(alone, coding=replace(alone.coding, quarters=()))
    assert spread(shot, 40, 46) > 5 * spread(alone, 40, 46)


def test_the_model_takes_the_flat_steps(alone) -> None:
    layout = effect_map(alone, HazardPriors())
    own = layout.effect_matrix[layout.scale_idx == 1, layout.block_end[0] : layout.block_end[1]]
    np.testing.assert_array_equal(own, tenure_by_step(alone).T)
