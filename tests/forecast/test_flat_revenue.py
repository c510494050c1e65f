"""Revenue that stays as it is: leaving is all that moves it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hand_made import forecast_inputs, lines_for

from workbench.forecast.growth.flat_revenue import flat_revenue
from workbench.forecast.growth.line_simulation import simulate_lines


def test_who_stays_pays_what_it_pays_today() -> None:
    inputs = forecast_inputs(draws=60)
    flat = replace(inputs, revenue=flat_revenue(60, inputs.coding, inputs.months))
    lines = lines_for(20)
    survived = np.full((60, len(lines)), 0.2, "float32")
    simulated = simulate_lines(flat, lines, survived)
    assert (simulated.line[:, 0] == 0).any()
    assert ((simulated.line == 0) | (simulated.line == lines.cents[:, None])).all()
    per_account = np.add.reduceat(simulated.line, lines.begin[:-1], axis=1)
    np.testing.assert_array_equal(simulated.account, per_account)
    # Chances of leaving are those of the full model.
    np.testing.assert_array_equal(simulated.alive, simulate_lines(inputs, lines, survived).alive)
