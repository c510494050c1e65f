"""The rotation of the effects' latents changes their geometry, never their prior."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from books import Shape, design_of, lay_out

from workbench.features.design import Design
from workbench.models.hazard.effects import SCALES, effect_map
from workbench.models.priors.hazard import HazardPriors

PRIORS = HazardPriors()


@pytest.fixture(scope="module")
def design() -> Design:
    """Lay out a book in which one attribute nearly repeats another."""
    rng = np.random.default_rng(20260101)
    drawn = design_of(lay_out(Shape(200, attributes=5), rng))
    value = drawn.attribute_value.copy()
    value[:, 1] = value[:, 0] + 0.01 * rng.normal(size=len(value))
    return replace(drawn, attribute_value=value)


def correlation(design: Design, matrix: np.ndarray) -> float:
    """Return the largest correlation of two latents' parts in the subscriptions' log-hazard."""
    information = matrix @ np.cov(design.attribute_value.T) @ matrix.T + np.eye(len(matrix))
    sd = np.sqrt(np.diag(information))
    return float(np.abs(information / np.outer(sd, sd) - np.eye(len(sd))).max())


def test_the_prior_of_the_effects_is_unchanged(design: Design) -> None:
    layout = effect_map(design, PRIORS)
    kinds, attributes = layout.block_end[0], layout.block_end[2:4]
    exits = layout.effect_matrix[layout.scale_idx == 0]
    found = (exits.T @ exits)[:kinds, :kinds]
    monthly, renewal, early = slice(0, 1), slice(1, 5), slice(5, 9)
    np.testing.assert_allclose(np.sqrt(np.diag(found)), [1.0] * 5 + [1.5] * 4)
    np.testing.assert_allclose(found[renewal, renewal][~np.eye(4, dtype=bool)], 0.5)
    np.testing.assert_allclose(found[early, early][~np.eye(4, dtype=bool)], 0.8 * 1.5**2)
    for one, other in ((monthly, renewal), (monthly, early), (renewal, early)):
        np.testing.assert_allclose(found[one, other], 0.0, atol=1e-10)
    spread = layout.effect_matrix[layout.scale_idx == SCALES.index("attribute_sd") + 1]
    own = spread[:, slice(*attributes)]
    np.testing.assert_allclose(own.T @ own, np.eye(own.shape[1]), atol=1e-10)
    assert np.abs(np.delete(spread, np.s_[slice(*attributes)], axis=1)).max() == 0.0


def test_columns_that_nearly_repeat_no_longer_make_a_ridge(design: Design) -> None:
    layout = effect_map(design, PRIORS)
    own = layout.effect_matrix[layout.scale_idx == SCALES.index("attribute_sd") + 1]
    own = own[:, slice(*layout.block_end[2:4])]
    assert correlation(design, np.eye(len(own))) > 0.4
    assert correlation(design, own) < 0.1


def test_rounding_does_not_choose_among_directions_that_the_data_cannot_tell(design) -> None:
    value = design.attribute_value.copy()
    value[:, 2], value[:, 3] = value[:, 0] + value[:, 1], value[:, 0] - value[:, 1]
    tiny = 1 + 1e-15 * np.random.default_rng(1).normal(size=value.shape)
    one, other = (
        effect_map(replace(design, attribute_value=table), PRIORS).effect_matrix
        for table in (value, value * tiny)
    )
    np.testing.assert_allclose(one, other, atol=1e-9)
