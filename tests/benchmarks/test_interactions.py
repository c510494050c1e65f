"""An interaction that is there pays, by leaving out; one that is not does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from books import Shape, design_of, lay_out, live_through
from interactions import gain, left_out, products
from quiet import quiet_shocks

from workbench.core.names import EXIT_KINDS
from workbench.forecast.leaving.check import LeftOut
from workbench.forecast.posterior.survival import Draws
from workbench.inference.run import Sampling


def found(by_subscription: list[float]) -> LeftOut:
    values = np.array(by_subscription)
    nothing = np.zeros(0)
    return LeftOut(nothing, values.sum(), 0.0, values, 0.0, np.array([0.1, 0.4]))


def test_a_gain_is_judged_by_its_own_standard_error() -> None:
    """The same gain of 2 in all, spread evenly or by one subscription alone."""
    base = found([-1.0] * 100)
    even = gain(base, found([-0.98 + 0.001 * (i % 3) for i in range(100)]))
    alone = gain(base, found([1.0] + [-1.0] * 99))
    assert even.elpd == pytest.approx(alone.elpd, abs=0.2)
    assert even.pays and not alone.pays
    assert alone.se == pytest.approx(2.0) and alone.max_k == 0.4


def test_products_are_of_standardised_numbers_and_gaps_count_nothing() -> None:
    rows = pd.DataFrame(
        {
            "observed": True,
            "a": [1.0, 3.0, None, 5.0],
            "b": [0.0, 2.0, 2.0, 4.0],
            "at_renewal": [True, False, True, True],
            "tenure_months": [1, 2, 4, 8],
            "segment": ["Large", "Small", "Small", "Large"],
        }
    )
    made = products(rows, ["a", "b"])
    pair = made["signal x signal"]["a x b"]
    assert pair.tolist() == pytest.approx([1.0 * np.sqrt(1.5), 0.0, 0.0, 1.0 * np.sqrt(1.5)])
    assert list(made["signal x segment"]) == ["a x segment Small", "b x segment Small"]
    assert made["signal x renewal"]["a x renewal"].tolist() == pytest.approx([-1, 0, 0, 1])


@pytest.mark.slow
def test_a_planted_interaction_pays_and_a_shuffled_one_does_not() -> None:
    rng = np.random.default_rng(1)
    rows = lay_out(Shape(400, months=18, levels=2), rng)
    rows["signal 2"] = rows["signal 0"] * rows["signal 1"]
    whole = design_of(rows)
    exits = np.where([kind.startswith("early") for kind in EXIT_KINDS], -4.5, -1.7)
    exits[0] = -3.0
    one = np.zeros((1, 1))
    truth = Draws(
        exit=exits[None],
        tenure=np.zeros((1, whole.coding.max_tenure_months + 1)),
        **quiet_shocks(1, whole.coding, 1.0),
        attribute=one + 0.3,
        group=np.zeros((1, len(whole.coding.flat_levels) + 1)),
        signal=np.array([[0.4, 0.4, 0.8]]),
        fade=one[0] + 0.9,
        frailty=one[0],
    )
    lived = live_through(whole, truth, rng)
    kept = rows.groupby("subscription_id", sort=False).cumcount().to_numpy()
    length = np.repeat(lived.row_end - lived.row_start, whole.row_end - whole.row_start)
    rows = rows[kept < length].reset_index(drop=True)
    last = ~rows.duplicated("subscription_id", keep="last")
    ended = set(lived.subscription_id[lived.event])
    rows["event"] = last & rows["subscription_id"].isin(ended)
    how = Sampling(draws=300, tune=300, seed=1)
    columns = ["signal 0", "signal 1"]
    base = left_out(rows, columns, ["attribute 0"], ["owner"], how)
    planted = left_out(rows, [*columns, "signal 2"], ["attribute 0"], ["owner"], how)
    assert gain(base, planted).pays
    dealt = rows.assign(**{"signal 2": rng.permutation(rows["signal 2"])})
    shuffled = left_out(dealt, [*columns, "signal 2"], ["attribute 0"], ["owner"], how)
    assert not gain(base, shuffled).pays
