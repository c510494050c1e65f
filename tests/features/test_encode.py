"""Columns of any kind become numbers by rules learnt on the training rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.features.encode import encode, fit_encoder


def test_a_number_is_standardised_and_cut_at_four_sd() -> None:
    training = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]})
    encoder = fit_encoder(training)
    expected = (training["x"] - 2.5) / training["x"].std(ddof=0)
    np.testing.assert_allclose(encode(encoder, training)[:, 0], expected)
    assert encode(encoder, pd.DataFrame({"x": [1e9, -1e9]})).ravel().tolist() == [4.0, -4.0]


def test_a_missing_number_stands_at_the_mean_beside_its_indicator() -> None:
    encoder = fit_encoder(pd.DataFrame({"x": [1.0, 3.0, np.nan, 2.0]}))
    assert encoder.names == ("x", "x: missing")
    coded = encode(encoder, pd.DataFrame({"x": [np.nan, 2.0]}))
    np.testing.assert_allclose(coded, [[0.0, 0.75], [0.0, -0.25]])


def test_a_text_has_a_column_for_each_level_but_the_most_frequent() -> None:
    encoder = fit_encoder(pd.DataFrame({"plan": ["a", "b", "a", "c", "a", "b"]}))
    assert encoder.names == ("plan: b", "plan: c")
    coded = encode(encoder, pd.DataFrame({"plan": ["a", "b", "never seen"]}))
    np.testing.assert_allclose(coded, [[-1 / 3, -1 / 6], [2 / 3, -1 / 6], [-1 / 3, -1 / 6]])


def test_rare_levels_share_the_reference() -> None:
    levels = [f"level {i:02d}" for i in range(30) for _ in range(31 - i)]
    assert len(fit_encoder(pd.DataFrame({"plan": levels})).names) == 12


def test_a_flag_keeps_its_unit() -> None:
    for values in ([0, 1, 1, 1], pd.array([False, True, True, True], dtype="boolean")):
        encoder = fit_encoder(pd.DataFrame({"flag": values}))
        assert np.ptp(encode(encoder, pd.DataFrame({"flag": values}))) == pytest.approx(1.0)


@pytest.mark.parametrize("values", [[7.0, 7.0], [np.nan, np.nan], ["a", "a"]])
def test_what_never_varies_is_left_out(values) -> None:
    assert fit_encoder(pd.DataFrame({"x": values})).columns == ()


def test_columns_that_say_the_same_are_told_once() -> None:
    internet = np.array([1, 0, 1, 1, 0, 1, 1])
    backup = pd.Series(["no", "none", "yes", "yes", "none", "yes", "no"])
    table = pd.DataFrame(
        {"net": internet, "backup": backup, "bill": [3.0, 1.0, 4.0, 4.1, 1.2, 4.2, 3.1]}
    )
    assert fit_encoder(table[["backup"]]).names == ("backup: no", "backup: none")
    assert fit_encoder(table).names == ("net", "backup: no", "bill")
    table["other net"] = 1 - internet
    assert fit_encoder(table).names == ("net", "backup: no", "bill")


def test_nothing_is_learnt_from_the_rows_that_are_encoded() -> None:
    encoder = fit_encoder(pd.DataFrame({"x": [0.0, 2.0], "plan": ["a", "b"]}))
    one, many = (
        pd.DataFrame({"x": [1.0], "plan": ["b"]}),
        pd.DataFrame({"x": [1.0, 50.0], "plan": ["b", "z"]}),
    )
    np.testing.assert_array_equal(encode(encoder, one)[0], encode(encoder, many)[0])


def test_a_missing_first_row_hides_no_column() -> None:
    table = pd.DataFrame(np.random.default_rng(3).normal(size=(50, 3)), columns=list("abc"))
    table.iloc[0] = np.nan
    table["opposite"] = -table["a"]
    assert fit_encoder(table).names[:3] == ("a", "b", "c")
    assert "opposite" not in fit_encoder(table).names
