"""Power-scaling finds what leans on a prior, and leaves alone what the data decide."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from workbench.core import names
from workbench.inference.sensitivity import prior_sensitivity
from workbench.models.priors.hazard import HazardPriors

SHAPE = (2, 1000)
CENTRE = {"month to month": -3.5, "renewal": -1.6, "early": -5.5}  # where the priors have them
SCALARS = (
    "tenure_step_sd", names.WHOLE_SHOCK_SD, names.SHOCK_SHARE, names.PERSISTENCE, names.STATIC_SD,
    names.SIGNAL_SD, names.CURVE_SD, names.FRAILTY,
)  # fmt: skip


def posterior(exit_sd: float = 0.1, fade_known: bool = True) -> tuple[xr.Dataset, np.ndarray]:
    """Exact draws of a posterior in which all but the fade is pinned down by data.

    Returns it and the log-likelihood of each draw, draws in turn over the chains.
    """
    rng = np.random.default_rng(0)
    dims = ("chain", "draw")
    kinds = np.asarray(names.EXIT_KINDS, dtype=object)
    centre = np.array([CENTRE[kind.partition(",")[0]] for kind in names.EXIT_KINDS])
    exits = rng.normal(centre, exit_sd, (*SHAPE, len(kinds)))
    spread = {name: (dims, rng.normal(0.3, 0.01, SHAPE)) for name in SCALARS}
    fade = rng.beta(600, 150, SHAPE) if fade_known else rng.beta(6.0, 1.5, SHAPE)
    data = xr.Dataset(
        {
            names.EXIT: ((*dims, names.EXIT_KIND), exits),
            names.GROUP_SD: ((*dims, names.GROUP_NAME), rng.normal(0.3, 0.01, (*SHAPE, 1))),
            names.SIGNAL: ((*dims, names.SIGNAL_NAME), np.empty((*SHAPE, 0))),
            names.STATIC: ((*dims, names.STATIC_NAME), np.empty((*SHAPE, 0))),
            names.FADE: (dims, fade),
            **spread,
        },
        {
            names.EXIT_KIND: kinds,
            names.GROUP_NAME: np.array(["owner"], dtype=object),
            "chain": np.arange(2),
            "draw": np.arange(1000),
        },
    )
    likelihood = norm.logpdf(exits, centre, exit_sd).sum(axis=2)
    likelihood += sum(norm.logpdf(values, 0.3, 0.01) for _, values in spread.values())
    return data, likelihood.T.ravel()


def test_what_the_data_pin_down_leans_on_nothing() -> None:
    data, likelihood = posterior()
    answer = np.exp(-np.exp(data[names.EXIT].values[..., 1])).T.ravel()
    table = prior_sensitivity(data, likelihood, {"stay": answer}).set_index("quantity")
    assert table.loc["stay", "verdict"] == "the data decide"
    assert table.index[0] == "stay" and table.loc["stay", "kind"] == "answer"
    assert (table["verdict"] == "the data decide").all(), table
    assert table.loc["stay", "mean_weaker"] == pytest.approx(answer.mean(), abs=0.002)


def test_a_fade_of_which_the_data_say_nothing_is_mostly_its_prior() -> None:
    data, likelihood = posterior(fade_known=False)
    table = prior_sensitivity(data, likelihood, {}).set_index("quantity")
    fade = table.loc["what a signal keeps of its effect per month"]
    assert fade["verdict"] == "mostly the prior" and fade["leans_on"] == fade.name
    assert (table.drop(fade.name)["verdict"] == "the data decide").all()
    # Stronger, a beta moves towards its mode, 5 / 5.5; weaker, towards the uniform law.
    assert fade["mean_weaker"] < fade["mean"] < fade["mean_stronger"]


def test_priors_against_the_data_pull() -> None:
    """Exits far from where their prior has them, on few data: prior and data both pull."""
    data, likelihood = posterior(exit_sd=0.5)
    far = HazardPriors(renewal_log_hazard=-3.5, exit_sd=0.5)
    table = prior_sensitivity(data, likelihood, {}, far).set_index("quantity")
    renewal = table.loc["renewal, 12 months"]
    assert renewal["verdict"] == "prior and data both pull"
    assert renewal["mean_stronger"] < renewal["mean"] < renewal["mean_weaker"]


def test_likelihoods_dealt_to_other_draws_are_not_felt() -> None:
    """The negative control: shuffled, the likelihood no longer tells of any parameter."""
    data, likelihood = posterior(exit_sd=0.5)
    kept = prior_sensitivity(data, likelihood, {}).set_index("quantity")["likelihood"]
    dealt = np.random.default_rng(1).permutation(likelihood)
    lost = prior_sensitivity(data, dealt, {}).set_index("quantity")["likelihood"]
    assert kept["renewal, 12 months"] > 0.07 > 0.04 > lost["renewal, 12 months"]
