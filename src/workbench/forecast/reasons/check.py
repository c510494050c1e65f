"""Does the model of reasons describe the endings it was fitted to? Counts by kind of exit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.core.names import EXIT_KINDS
from workbench.features.reason_data import ReasonData
from workbench.forecast.reasons.exits import ReasonDraws


def replicate_reasons(draws: ReasonDraws, data: ReasonData, seed: int) -> np.ndarray:
    """Give every ending on record a reason anew, by the model.

    Parameters
    ----------
    draws : ReasonDraws
    data : ReasonData
        The endings that the model was fitted to.
    seed : int
        Fixes every random number.

    Returns
    -------
    ndarray of int, shape (draw, kind of exit, reason)
        The kinds of exit on record, in the order of `core.names.EXIT_KINDS`; the model knows only
        whether the exit is at a renewal, so the length of the term puts it to the test.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(data.count.sum(axis=1), draws.share(data.level_idx))
    return _by_kind(drawn, data)


def predictive_prob(draws: ReasonDraws, data: ReasonData, replicated: np.ndarray) -> float:
    """Return the chance that replicated counts are as far from the expected ones as those seen.

    The distance is Pearson's chi-square over kinds of exit and reasons, of each draw's own
    expectation (Gelman, Meng & Stern 1996, Statistica Sinica 6, 733-807).

    Parameters
    ----------
    draws : ReasonDraws
    data : ReasonData
        The endings that the model was fitted to.
    replicated : ndarray of int, shape (draw, kind of exit, reason)
        From `replicate_reasons`.
    """
    expected = _expected(draws, data)
    seen = _by_kind(data.count[None], data)
    distance = [
        (np.square(counts - expected) / expected).sum(axis=(1, 2)) for counts in (replicated, seen)
    ]
    return float(np.mean(distance[0] >= distance[1]))


def reasons_check(
    draws: ReasonDraws, data: ReasonData, replicated: np.ndarray, prob: float
) -> pd.DataFrame:
    """Compare the reasons on record with replicated ones.

    Parameters
    ----------
    draws : ReasonDraws
    data : ReasonData
        The endings that the model was fitted to.
    replicated : ndarray of int, shape (draw, kind of exit, reason)
        From `replicate_reasons`.
    prob : float, between 0 and 1
        Inside the interval of the replicated counts, equal tails.

    Returns
    -------
    DataFrame
        exit_kind, reason, observed, expected, low, high (interval of the replicated counts),
        inside.
    """
    kinds = [EXIT_KINDS[kind] for kind in np.unique(data.kind_idx)]
    low, high = interval(replicated, prob)
    check = pd.DataFrame(
        {
            "exit_kind": np.repeat(np.asarray(kinds, dtype=object), len(data.reasons)),
            "reason": np.tile(np.asarray(data.reasons, dtype=object), len(kinds)),
            "observed": _by_kind(data.count[None], data)[0].ravel(),
            "expected": _expected(draws, data).mean(axis=0).ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )
    check["inside"] = check["observed"].between(check["low"], check["high"])
    return check


def _expected(draws: ReasonDraws, data: ReasonData) -> np.ndarray:
    return _by_kind(draws.share(data.level_idx) * data.count.sum(axis=1)[:, None], data)


def _by_kind(values: np.ndarray, data: ReasonData) -> np.ndarray:
    kinds = np.unique(data.kind_idx)
    member = (data.kind_idx == kinds[:, None]).astype(values.dtype)
    return np.einsum("tc,dck->dtk", member, values)
