"""One line tells what is sampled, how far and how long, and changes no draw."""

from __future__ import annotations

import numpy as np
import nutpie
import pymc as pm

from workbench.inference.blocks import Chains
from workbench.inference.progress import progress_text, sampling


def test_the_line_names_what_is_sampled_and_ends(capsys) -> None:
    with pm.Model() as model:
        pm.Normal("level")
    compiled = nutpie.compile_pymc_model(model)
    drawn = {}
    for shown in (False, True):
        with sampling("hazard"):
            chains = Chains(compiled, 200, 100, chains=2, cores=2, seed=4, progress_bar=shown)
            drawn[shown] = chains.reach(200)[0]["level"].values
            chains.stop()
        line = capsys.readouterr().err
        assert ("Sampled the model of leaving in" in line) == shown
    np.testing.assert_array_equal(drawn[False], drawn[True])


def test_time_left_is_said_once_there_is_a_rate() -> None:
    assert progress_text("a model", 0.0, 3.0) == "Sampling a model: 0% after 3 s"
    assert progress_text("a model", 0.5, 3.0).endswith("50% after 3 s, at most 3 s more")
