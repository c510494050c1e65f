"""Curves of a number: what it does beyond its line, learnt once and read alike ever after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.features.curves import FEWEST_VALUES, curve_basis, curve_values
from workbench.features.encode import CURVE, encode, fit_encoder

RNG = np.random.default_rng(20260101)
NUMBERS = {
    "even": RNG.normal(size=3000),
    "skewed": np.clip(RNG.exponential(size=3000) - 1, -4, 4),
    "mostly one value": np.repeat(np.arange(8) / 2, [1500, 200, 100, 50, 30, 20, 10, 5]),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_curves_are_orthogonal_to_the_line_and_to_each_other(name) -> None:
    values = NUMBERS[name]
    knots, heights = curve_basis(values, 4.0)
    curves = curve_values(values, knots, heights)
    straight = np.column_stack([np.ones(len(values)), values])
    assert curves.shape[1] == 3
    np.testing.assert_allclose(straight.T @ curves / len(values), 0, atol=1e-9)
    size = curves.T @ curves / len(values)
    np.testing.assert_allclose(size - np.diag(np.diag(size)), 0, atol=1e-9)
    assert (np.diff(np.diag(size)) < 0).all(), "rough curves are shortened"
    assert np.abs(curves).max() <= 4.0 + 1e-9


def test_line_and_curves_are_every_natural_spline_through_the_knots() -> None:
    values = NUMBERS["even"]
    knots, heights = curve_basis(values, 4.0)
    wanted = curve_values(values, knots, np.array([1.0, -2.0, 0.5, 3.0, -1.0]))
    curves = curve_values(values, knots, heights)
    columns = np.column_stack([np.ones(len(values)), values, curves])
    np.testing.assert_allclose(columns @ np.linalg.lstsq(columns, wanted)[0], wanted, atol=1e-8)


def test_beyond_the_outer_knots_curves_are_lines() -> None:
    knots, heights = curve_basis(NUMBERS["even"], 4.0)
    for far in (knots[-1] + np.arange(4.0), knots[0] - np.arange(4.0)):
        steps = np.diff(curve_values(far, knots, heights), axis=0)
        np.testing.assert_allclose(steps, np.tile(steps[:1], (3, 1)), atol=1e-9)


def test_few_levels_flags_and_texts_do_not_bend() -> None:
    assert curve_basis(np.arange(FEWEST_VALUES - 1.0).repeat(9), 4.0)[1].size == 0
    table = pd.DataFrame(
        {"flag": [0, 1] * 30, "few": [0, 1, 2] * 20, "text": ["a", "b"] * 30, "x": range(60)}
    )
    asked, plain = fit_encoder(table, curves=True), fit_encoder(table)
    assert asked.columns[: asked.straight] == plain.columns
    assert {column.source for column in asked.columns[asked.straight :]} == {"x"}
    assert not plain.curves


def test_later_rows_are_read_with_the_knots_of_the_training_rows() -> None:
    table = pd.DataFrame({"x": np.where(np.arange(300) % 7, RNG.gamma(2.0, size=300), np.nan)})
    encoder = fit_encoder(table, curves=True)
    whole = encode(encoder, table)
    np.testing.assert_array_equal(encode(encoder, table.iloc[:20]), whole[:20])
    curves = [column.kind == CURVE for column in encoder.columns]
    missing = table["x"].isna().to_numpy()
    assert (whole[np.ix_(missing, curves)] == 0).all(), "a missing value is on no curve"
    np.testing.assert_allclose(whole[:, curves].mean(axis=0), 0, atol=1e-9)
