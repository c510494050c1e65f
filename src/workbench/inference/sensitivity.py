"""Does an answer lean on a prior? Each prior a little stronger or weaker, without fitting again.

A component of the posterior, a prior or the likelihood, is raised to a power just below and above
1; the draws are weighted accordingly, and the sensitivity is how fast a quantity's distribution
moves (cumulative Jensen-Shannon distance per doubling of the power). From 0.05 on, as when a normal
mean shifts by some 0.3 standard deviations, a quantity leans on what is scaled (Kallioinen,
Paananen, Bürkner & Vehtari 2024, Statistics and Computing 34, 57).

Of a hierarchy only the top is scaled: the normal effects below it are the model, not a belief about
it. A warning, not a gate: on a small book priors are meant to speak.
"""

from __future__ import annotations

from collections.abc import Mapping

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr
from arviz_stats.base.array import array_stats
from scipy.special import softmax

from workbench.core import names
from workbench.inference.gates import varying
from workbench.inference.prior import log_prior
from workbench.models.priors.hazard import HazardPriors, hazard_priors

THRESHOLD = 0.05
POWERS = {"mean_weaker": 0.8, "mean_stronger": 1.25}
FINE, BOTH, PRIOR_ONLY = "the data decide", "prior and data both pull", "mostly the prior"


def prior_sensitivity(
    posterior: xr.Dataset,
    log_likelihood: np.ndarray,
    answers: Mapping[str, np.ndarray],
    priors: HazardPriors | None = None,
) -> pd.DataFrame:
    """Tell which quantities lean on the priors.

    Parameters
    ----------
    posterior : Dataset
        Named effects, dimensions chain and draw; a thousand draws are plenty.
    log_likelihood : ndarray, shape (draw,)
        Of the whole book in every draw, in the order of
        `workbench.forecast.posterior.survival.read_draws`.
    answers : mapping of str to ndarray, shape (draw,)
        Further quantities, in the same order: what the reports say in the end.
    priors : HazardPriors, optional
        Those of the fit.

    Returns
    -------
    DataFrame
        quantity, kind ("answer" or "parameter"), mean, mean_weaker and mean_stronger (under priors
        to the power of 0.8 and 1.25), prior (sensitivity to all priors at once), likelihood (to the
        data), leans_on (the single prior that moves it most, where one does so
        by the threshold), verdict: "the data decide", "prior and data both pull" or "mostly the
        prior", where the data hardly speak. Answers first, then the most sensitive.
    """
    densities = log_prior(posterior, priors)

    def by_chain(values: np.ndarray) -> xr.DataArray:
        shape = posterior.sizes["draw"], posterior.sizes["chain"]
        return xr.DataArray(np.reshape(values, shape), dims=("draw", "chain"))

    parameters = _parameters(posterior)
    given = {name: by_chain(values) for name, values in answers.items()}
    data = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset(given | parameters, densities.coords),
            "log_prior": densities,
            "log_likelihood": xr.Dataset({"book": by_chain(log_likelihood)}, densities.coords),
        }
    )
    table = pd.DataFrame({group: _sensed(data, group) for group in ("prior", "likelihood")})
    single = pd.DataFrame(
        {str(name): _sensed(data, "prior", group_var_names=[name]) for name in densities}
    )
    leans = table["prior"] >= THRESHOLD
    table["leans_on"] = single.idxmax(axis=1).where(single.max(axis=1) >= THRESHOLD, "")
    spoken = np.where(table["likelihood"] >= THRESHOLD, BOTH, PRIOR_ONLY)
    table["verdict"] = np.where(leans, spoken, FINE)
    means = _means(data, densities.to_dataarray().sum("variable"))
    for position, (name, values) in enumerate(means.items()):
        table.insert(position, name, values)
    table.insert(0, "kind", np.where(table.index.isin(list(answers)), "answer", "parameter"))
    table = table.rename_axis("quantity").reset_index()
    return table.sort_values(
        ["kind", "prior"], ascending=[True, False], kind="stable", ignore_index=True
    )


def _parameters(posterior: xr.Dataset) -> dict[str, xr.DataArray]:
    """Return what the priors are about, and the effects of single columns, each by a plain name."""
    titles = {prior.variable: prior.parameter for prior in hazard_priors() if not prior.labels}
    tops = posterior[[names.EXIT, *titles, names.SIGNAL, names.STATIC]]
    found = {}
    for name, array in varying(tops).data_vars.items():
        if array.ndim == 2:
            found[titles[str(name)]] = array
        for label in array[array.dims[2]].values if array.ndim == 3 else ():
            one = array.sel({array.dims[2]: label}, drop=True)
            found[f"spread of {label}" if name == names.GROUP_SD else str(label)] = one
    return found


def _means(data: xr.DataTree, log_density: xr.DataArray) -> dict[str, pd.Series]:
    """Return the mean of each quantity as it is, and under weaker and stronger priors."""
    flat = log_density.transpose("chain", "draw").values.ravel()
    weights = {"mean": np.full(len(flat), 1 / len(flat))}
    for name, power in POWERS.items():
        # Takes log-likelihoods and turns their sign itself.
        log_weight, _ = array_stats.psislw((1 - power) * flat)
        weights[name] = softmax(log_weight)
    drawn = {
        str(quantity): array.transpose("chain", "draw").values.ravel()
        for quantity, array in data["posterior"].data_vars.items()
    }
    return {
        name: pd.Series({quantity: float(values @ weight) for quantity, values in drawn.items()})
        for name, weight in weights.items()
    }


def _sensed(data: xr.DataTree, group: str, **which: list) -> pd.Series:
    found = az.psense(data, group=group, **which)
    return pd.Series({str(name): float(value) for name, value in found.data_vars.items()})
