"""Gates pass what is sound and stop what is not, naming the place."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from workbench.core import names
from workbench.core.errors import GateError
from workbench.core.gates import gate_table, require
from workbench.inference.gates import (
    Thresholds,
    endings_gate,
    loo_gate,
    sampling_gates,
)

LABELS = ["north", "south", "constant"]


def posterior(shift: float = 0.0, keep: float = 0.0, draws: int = 1000) -> xr.Dataset:
    """Independent draws; the second chain of `south` is moved, or each draw remembers the last."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2, draws, 3))
    for step in range(1, draws):
        values[:, step, 1] = keep * values[:, step - 1, 1] + values[:, step, 1]
    values[1, :, 1] += shift
    values[:, :, 2] = 1.0
    return xr.Dataset(
        {
            "group_effect": (("chain", "draw", "region"), values),
            "fade": (("chain", "draw"), np.ones((2, draws))),
            "sd": (("chain", "draw"), rng.gamma(2.0, size=(2, draws))),
            "still": (("chain", "draw", "region"), np.zeros((2, draws, 3))),
            "empty": (("chain", "draw", "nothing"), np.empty((2, draws, 0))),
        },
        {"region": LABELS},
    )


def judge(data: xr.Dataset, diverging: int = 0, bfmi: tuple[float, float] = (1.0, 0.9), **limits):
    gates = sampling_gates(data, diverging, np.array(bfmi), Thresholds(**limits))
    return {gate.name: gate for gate in gates}


def test_independent_draws_pass_every_gate() -> None:
    gates = judge(posterior())
    assert list(gates) == ["R-hat", "bulk ESS", "tail ESS", "divergences", "energy (BFMI)"]
    assert all(gate.passed for gate in gates.values())
    require(gates.values())


def test_two_chains_apart_fail_and_the_place_is_named() -> None:
    gates = judge(posterior(shift=1.0))
    assert not gates["R-hat"].passed and not gates["bulk ESS"].passed
    assert gates["R-hat"].where == "group_effect[south]"
    with pytest.raises(GateError, match=r"R-hat: gate failed; expected 1.01; found .*south"):
        require(gates.values())


def test_draws_that_hardly_move_fail_the_effective_sample_size() -> None:
    gates = judge(posterior(keep=0.97), max_rhat=2.0)
    assert gates["R-hat"].passed
    assert not gates["bulk ESS"].passed and gates["bulk ESS"].where == "group_effect[south]"
    assert judge(posterior(keep=0.97), min_ess=5)["bulk ESS"].passed


def test_divergences_and_low_energy_fail() -> None:
    gates = judge(posterior(), diverging=1, bfmi=(0.8, 0.1))
    assert [name for name, gate in gates.items() if not gate.passed] == [
        "divergences",
        "energy (BFMI)",
    ]
    assert gates["energy (BFMI)"].where == "chain 1"
    assert judge(posterior(), diverging=1, max_divergences=1)["divergences"].passed


def test_all_that_failed_is_told_at_once() -> None:
    with pytest.raises(GateError) as caught:
        require(judge(posterior(shift=1.0), diverging=3).values())
    assert len(caught.value.problems) >= 3 and caught.value.exit_status == 4


def test_a_value_that_is_no_number_never_passes() -> None:
    broken = posterior()
    broken["sd"][0, 5] = np.nan
    assert not all(gate.passed for gate in judge(broken).values())


def test_the_table_says_what_the_gates_say() -> None:
    table = gate_table(judge(posterior()).values())
    assert list(table.columns) == ["gate", "value", "limit", "passed", "worst at"]
    assert table["passed"].all() and len(table) == 5


@pytest.mark.parametrize(
    ("bad", "of", "passed"),
    [
        (0, 200, True),
        (10, 1000, True),
        (11, 1000, False),
        (3, 200, True),
        (4, 200, False),
        (2, 40, True),
        (3, 40, False),
    ],
)
def test_one_in_a_hundred_or_three_in_a_small_book_may_rule_their_own_leaving_out(
    bad, of, passed
) -> None:
    shape = np.where(np.arange(of) < bad, 0.8, 0.2)
    gate = loo_gate(shape)
    assert gate.passed is passed and gate.where == f"{bad} of {of} subscriptions"
    assert loo_gate(np.where(shape > 0.7, np.nan, shape)).passed is passed


@pytest.mark.parametrize(
    ("endings", "at_least", "passed"), [(0, 1, False), (1, 1, True), (0, 0, True)]
)
def test_a_forecast_without_endings_is_published_only_where_it_is_allowed(
    endings, at_least, passed
) -> None:
    gate = endings_gate(endings, at_least)
    assert gate.passed == passed
    if not passed:
        with pytest.raises(GateError, match=r"endings on record.*set min_endings to 0"):
            require([gate])


def test_a_variable_that_never_varies_is_passed_over_whatever_its_shape() -> None:
    data = posterior()
    still = xr.DataArray(np.zeros((2, 1000, 3)), dims=("chain", "draw", "of_nothing"))
    assert judge(data.assign(still=still)) == judge(data)


def test_draws_that_no_chain_walked_to_are_not_asked_whether_it_arrived() -> None:
    data = posterior(shift=1.0)
    data["group_effect"].attrs[names.INDEPENDENT] = 1
    gates = judge(data)
    assert gates["R-hat"].passed and gates["R-hat"].where == "sd"


def test_more_draws_are_advised_only_where_they_help() -> None:
    apart, slow = judge(posterior(shift=1.0)), judge(posterior(keep=0.97), max_rhat=2.0)
    assert "more draws would not" in apart["R-hat"].advice
    assert "more draws would not" in apart["bulk ESS"].advice
    assert "Raise tune and draws" in slow["bulk ESS"].advice
