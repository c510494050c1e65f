"""Gates: named checks that a posterior must pass before anything is published from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import arviz as az
import numpy as np
import xarray as xr

from workbench.core import names
from workbench.core.gates import Gate

# By which R-hat's excess over 1 is smaller, and effective sample sizes larger, than gates ask for.
MARGIN = 1.25

_MORE = "Raise tune and draws; look at the variable or place named."
# Chains that differ by so much are in different places, and would be after ten times as long.
_APART = 1.1
_ELSEWHERE = (
    "Chains tell different stories of the variable named, and more draws would not bring them "
    "together. Look at what the data say of it: a level or a column that next to no rows have, or "
    "columns that say the same (groups, covariates)."
)


@dataclass(frozen=True)
class Thresholds:
    """What the sampling gates ask for.

    Parameters
    ----------
    max_rhat : float
        Rank-normalised split R-hat (Vehtari et al. 2021, Bayesian Analysis 16, 667-718) of every
        variable; they recommend 1.01.
    min_ess : float
        Bulk and tail effective sample size of every variable; they recommend 400.
    max_divergences : int
    min_bfmi : float
        Smallest energy fraction of missing information of any chain.
    """

    max_rhat: float = 1.01
    min_ess: float = 400.0
    max_divergences: int = 0
    min_bfmi: float = 0.3


def sampling_gates(
    posterior: xr.Dataset, diverging: int, bfmi: np.ndarray, limits: Thresholds
) -> tuple[Gate, ...]:
    """Judge a sample.

    Parameters
    ----------
    posterior : Dataset
        Variables with dimensions chain and draw; those that never vary are passed over, and those
        marked `core.names.INDEPENDENT`: no chain led to them, so none can have failed to arrive.
    diverging : int
        Divergent transitions of all chains.
    bfmi : ndarray, shape (chain,)
        Energy fraction of missing information, above 0.
    limits : Thresholds

    Returns
    -------
    tuple of Gate
        R-hat, bulk ESS, tail ESS, divergences, energy.
    """
    sampled = [name for name, v in posterior.data_vars.items() if names.INDEPENDENT not in v.attrs]
    posterior = varying(posterior[sampled])
    rhat, rhat_at = _worst(az.rhat(posterior), np.argmax)
    bulk, bulk_at = _worst(az.ess(posterior, method="bulk"), np.argmin)
    tail, tail_at = _worst(az.ess(posterior, method="tail"), np.argmin)
    low = float(np.min(bfmi))
    advice = _MORE if rhat <= _APART else _ELSEWHERE
    return (
        Gate("R-hat", rhat, limits.max_rhat, rhat <= limits.max_rhat, rhat_at, advice),
        Gate("bulk ESS", bulk, limits.min_ess, bulk >= limits.min_ess, bulk_at, advice),
        Gate("tail ESS", tail, limits.min_ess, tail >= limits.min_ess, tail_at, advice),
        Gate(
            "divergences",
            float(diverging),
            float(limits.max_divergences),
            diverging <= limits.max_divergences,
            "all chains",
            "Raise target_accept towards 0.99.",
        ),
        Gate(
            "energy (BFMI)",
            low,
            limits.min_bfmi,
            low >= limits.min_bfmi,
            f"chain {int(np.argmin(bfmi))}",
            _MORE,
        ),
    )


def endings_gate(endings: int, at_least: int) -> Gate:
    """Judge whether leaving was seen at all: with no ending the posterior is the prior.

    Parameters
    ----------
    endings : int
        Observed, at least 0.
    at_least : int
        The smallest that passes.

    Returns
    -------
    Gate
        Named after what it judges, with advice for when it fails.
    """
    advice = (
        "The forecast of leaving is what was believed before. Check ended_on, as_of and "
        "observed_from; to publish it nevertheless, set min_endings to 0."
    )
    passed = endings >= at_least
    return Gate("endings on record", endings, at_least, passed, "months observed", advice)


def enough(posterior: xr.Dataset, limits: Thresholds) -> bool:
    """Tell whether R-hat and effective sample sizes hold with a margin.

    Whoever stops at the first look that is good enough has looked at a lucky moment: the margin
    makes up for it. What longer sampling does not mend, such as divergences, is not asked for.

    Parameters
    ----------
    posterior : Dataset
        As for `sampling_gates`.
    limits : Thresholds
    """
    strict = replace(
        limits,
        max_rhat=1 + (limits.max_rhat - 1) / MARGIN,
        min_ess=limits.min_ess * MARGIN,
    )
    judged = sampling_gates(posterior, 0, np.ones(1), strict)
    return all(gate.passed for gate in judged)


def calibration_gate(inside: int, groups: int, at_least: int) -> Gate:
    """Judge a posterior-predictive check: how many groups hold their observed count.

    With 90 % intervals, fewer than 7 of 10 happen once in a hundred for a model that is right.

    Parameters
    ----------
    inside : int
        Groups whose observed count lies within its interval.
    groups : int
        All of them.
    at_least : int
        The smallest that passes.

    Returns
    -------
    Gate
        Named after what it judges, with advice for when it fails.
    """
    advice = (
        "The model does not describe the past: look at the check's figure, add what is missing."
    )
    return Gate(
        "calibration by risk",
        float(inside),
        float(at_least),
        inside >= at_least,
        f"{groups} groups of rising risk",
        advice,
    )


def survival_gate(probability: float, at_least: float, where: str) -> Gate:
    """Judge a posterior-predictive check of the survival curves by its probability.

    A limit of 0.01 stops a model that is right at most about once in a hundred books.

    Parameters
    ----------
    probability : float
        Posterior-predictive, 0 to 1.
    at_least : float
        The smallest that passes, 0 to 1.
    where : str
        Of which curve it is.

    Returns
    -------
    Gate
        Named after what it judges, with advice for when it fails.
    """
    advice = "Survival is not as the model has it: look at the curves, add what is missing."
    passed = probability >= at_least
    return Gate("survival curve over Kaplan-Meier", probability, at_least, passed, where, advice)


def loo_gate(pareto_k: np.ndarray, limit: float = 0.7) -> Gate:
    """Judge whether leaving out single subscriptions could be worked out from the draws.

    At most one in a hundred may have a Pareto shape above 0.7 (Vehtari et al. 2024, Journal of
    Machine Learning Research 25, 1-58); many mean that single subscriptions rule the posterior. In
    a small book three may, if they are at most one in twenty: shapes are themselves estimated, and
    one or two above by chance are not many.

    Parameters
    ----------
    pareto_k : ndarray, shape (subscription,)
        Shape of the tail of each one's weights.
    limit : float, default 0.7
        Above it a subscription counts as bad.

    Returns
    -------
    Gate
        Named after what it judges, with advice for when it fails.
    """
    bad = ~(pareto_k <= limit)  # so that what is no number counts
    share = float(np.mean(bad))
    most = max(0.01, min(3 / max(len(pareto_k), 1), 0.05))
    worst = f"{int(bad.sum())} of {len(pareto_k)} subscriptions"
    return Gate("share with Pareto k above 0.7", share, round(most, 4), share <= most, worst, _MORE)


def weights_gate(pareto_k: float, limit: float = 0.7) -> Gate:
    """Judge importance weights by the Pareto shape of their tail.

    Above 0.7 no practicable number of draws makes up for what the approximation misses (Vehtari et
    al. 2024, Journal of Machine Learning Research 25, 1-58).

    Parameters
    ----------
    pareto_k : float
        Shape of the tail of all weights; what is no number fails.
    limit : float, default 0.7
        The largest that passes.

    Returns
    -------
    Gate
        Named after what it judges, with advice for when it fails.
    """
    advice = "The approximation does not suit this book: set method to nuts."
    passed = pareto_k <= limit
    return Gate("Pareto k-hat", pareto_k, limit, passed, "importance weights", advice)


def varying(posterior: xr.Dataset) -> xr.Dataset:
    """Keep what varies, one dimension of labels each: a constant has no R-hat, and warns of it.

    Parameters
    ----------
    posterior : Dataset
        With chain and draw.

    Returns
    -------
    Dataset
        Variables and labels that are not constant over chains and draws.
    """
    kept = {}
    for name, array in posterior.data_vars.items():
        others = [dim for dim in array.dims if dim not in ("chain", "draw")]
        if others and array.size:
            flat = array.stack(place=others)
            # Equal, not less: what is no number is kept, so that it fails.
            varies = (flat.max(("chain", "draw")) != flat.min(("chain", "draw"))).values
            if not varies.any():
                continue
            labels = [", ".join(map(str, np.atleast_1d(p))) for p in flat["place"].values[varies]]
            values = flat.transpose("chain", "draw", "place").values[..., varies]
            if labels:
                kept[name] = xr.DataArray(
                    values, dims=("chain", "draw", others[0]), coords={others[0]: labels}
                )
        elif array.size and float(array.max()) != float(array.min()):
            kept[name] = array
    # Each variable keeps labels of its own: dimensions that two share may differ by now.
    return xr.Dataset({n: a.rename({d: f"{n} {d}" for d in a.dims[2:]}) for n, a in kept.items()})


def _worst(diagnostic: xr.Dataset, pick: Callable[[np.ndarray], np.intp]) -> tuple[float, str]:
    """Return the worst value and its place; what is no number is worst, and argmin finds it."""
    values, labels = [], []
    for name, array in diagnostic.data_vars.items():
        flat = np.atleast_1d(array.values).ravel()
        worst = int(pick(flat))
        values.append(float(flat[worst]))
        labels.append(_parameter_label(str(name), array, worst))
    chosen = int(pick(np.array(values)))
    return values[chosen], labels[chosen]


def _parameter_label(name: str, array: xr.DataArray, position: int) -> str:
    if not array.dims:
        return name
    spot = np.unravel_index(position, array.shape)
    labels = [str(array[d].values[i]) for d, i in zip(array.dims, spot, strict=True)]
    return f"{name}[{', '.join(labels)}]"
