"""Coordinates change where NUTS walks, not what it samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from workbench.inference.coordinates import Coordinates, find_coordinates
from workbench.inference.quadratic import QuadraticLogLikelihood
from workbench.models.compiled.density import Density, KernelModel
from workbench.models.priors.distribution import HalfNormal

CURVATURE = np.array([[40.0, 12.0, 3.0], [12.0, 9.0, 0.5], [3.0, 0.5, 2.0]])
MODE = np.array([0.8, -0.3, 0.1])


def quadratic(owner: list[int]) -> KernelModel:
    """Three effects of one learnt scale, seen through a normal likelihood; a variance beside it."""
    bend = np.zeros((5, 5))
    bend[:3, :3] = CURVATURE
    point = np.append(MODE, [0.2, 1.0])
    values = (point, np.asarray(-3.0), np.zeros(5), bend, np.array(owner), np.asarray(1))
    values = (*values, np.full(3, -1))
    return KernelModel(
        likelihood=QuadraticLogLikelihood(),
        data=dict(zip(QuadraticLogLikelihood.data, values, strict=True)),
        latent_shape=(3,),
        scale_prior=HalfNormal(np.array([0.5, 0.4])),
        scale_names=("spread", "variance"),
        scalars={"fade": None, "persistence": None},
    )


def numeric(function, position: np.ndarray) -> np.ndarray:
    return approx_fprime(position, function, 1e-7)


@pytest.fixture(scope="module")
def lived(small_bench) -> Coordinates:
    """The hazard of a book in which some have left."""
    data = small_bench.model.data
    ended = (np.arange(len(data["event"])) % 3 == 0).astype("float64")
    return find_coordinates(Density(replace(small_bench.model, data=data | {"event": ended})))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_density_is_the_models_with_the_change_of_variables(lived, seed) -> None:
    position = lived.start(seed)
    value, gradient = lived.value_and_gradient(position)
    volume = np.linalg.slogdet(numeric(lived.vector, position))[1]
    there = lived.density.value_and_gradient(lived.vector(position))[0]
    assert value == pytest.approx(there + volume, abs=1e-4)
    slopes = numeric(lambda at: lived.value_and_gradient(at)[0], position)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-3, atol=1e-2)


def test_rotations_keep_to_the_effects_of_one_scale(lived) -> None:
    rotation, owner = lived.rotation, lived.owner
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(len(owner)), atol=1e-12)
    assert not rotation[owner[:, None] != owner[None, :]].any()
    assert (lived.soft > 0).all() and len(lived.soft) == lived.density.sizes[1]


@pytest.mark.parametrize("place", [-6.0, -2.0, 0.0, 7.5])
def test_under_a_normal_likelihood_effects_are_standard_whatever_their_scale(place) -> None:
    coordinates = find_coordinates(Density(quadratic([1, 1, 1])))
    position = coordinates.start(1)
    position[3] = place
    _, gradient = coordinates.value_and_gradient(position)
    np.testing.assert_allclose(gradient[:3], -position[:3], atol=1e-4)


def test_without_these_coordinates_they_are_not() -> None:
    density = Density(quadratic([1, 1, 1]))
    vector = density.middle() + 0.5
    _, gradient = density.value_and_gradient(vector)
    assert np.abs(gradient[:3] + vector[:3]).max() > 1


def test_chains_start_apart_and_from_the_seed(lived) -> None:
    first, again, other = (lived.start(seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.5
    for seed in range(5):
        value, gradient = lived.value_and_gradient(lived.start(seed))
        assert np.isfinite(value) and np.isfinite(gradient).all()


def test_a_fixed_scale_has_no_owner() -> None:
    assert find_coordinates(Density(quadratic([0, 1, 1]))).owner.tolist() == [-1, 0, 0]
