"""Survival as it was and as the model would have it: replicated curves over Kaplan and Meier's.

In each month of tenure t, d(t) of the n(t) subscriptions at risk end, and the survival curve is

    S(t) = product over u <= t of (1 - d(u) / n(u))

(Kaplan & Meier 1958, Journal of the American Statistical Association 53, 457-481). Who enters late
counts from the month of entry, who is still there leaves the count unharmed. A replicate keeps the
n(t) and lets each row end anew with the probability of one draw, given that its subscription
reached it: what is compared is the martingale of counts less their compensator, and nothing need be
invented for subscriptions beyond the month in which they really ended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.names import EXIT_KINDS, MONTH_TO_MONTH, TERM_GROUPS
from workbench.features.design import Design

ALL = "all subscriptions"
MIN_AT_RISK, MIN_ENDINGS = 10, 15


@dataclass(frozen=True)
class Counts:
    """Rows at risk by curve and month of tenure.

    Parameters
    ----------
    curves : tuple of str
        All subscriptions, then the terms under which at least 15 ended; a subscription counts
        under the term that it has in the month.
    at_risk, endings : ndarray of int, shape (curve, month)
        Tenure months from 0.
    row, bin : ndarray of int, shape (entry,)
        Rows of the design, and the flat position (curve, month) in which each counts; every row
        counts once for all and once for its term.
    reported : ndarray of bool, shape (curve, month)
        From the first month with at least 10 at risk to the last before there are fewer.
    """

    curves: tuple[str, ...]
    at_risk: np.ndarray
    endings: np.ndarray
    row: np.ndarray
    bin: np.ndarray
    reported: np.ndarray

    def per_month(self, entries: np.ndarray) -> np.ndarray:
        """Sum over the entries of each curve and month, whole numbers or flags.

        Parameters
        ----------
        entries : ndarray of int or bool, shape (entry,)
            A weight for each of `row`.

        Returns
        -------
        ndarray, shape (curve, month)
        """
        found = np.bincount(self.bin, entries, minlength=self.at_risk.size)
        return found.reshape(self.at_risk.shape)

    def curve(self, endings: np.ndarray) -> np.ndarray:
        """Return the survival curves of these endings; 1 until a curve is told.

        Parameters
        ----------
        endings : ndarray, shape (..., curve, month)
            How many end in each month, at most `at_risk`.
        """
        kept = 1 - endings / np.maximum(self.at_risk, 1)
        return np.cumprod(np.where(self.reported, kept, 1.0), axis=-1)


@dataclass(frozen=True)
class SurvivalCheck:
    """How the observed survival curves lie among replicated ones.

    Parameters
    ----------
    table : DataFrame
        curve, tenure_months, at_risk, endings, observed (Kaplan-Meier), expected (mean of the
        replicates), low, high (band that holds whole replicates, over all curves, with the
        probability asked for).
    probability : float
        Posterior-predictive probability that a replicate strays as far from what is expected as
        the observed curves do, at its worst place. For a model that is right it falls below p in at
        most about p of all books: replicates come from effects fitted to the same book, which
        makes it larger rather than smaller.
    worst : str
        Curve and month at which the observed ones stray farthest.
    """

    table: pd.DataFrame
    probability: float
    worst: str

    @property
    def curves(self) -> list[str]:
        """The curves, all subscriptions first."""
        return list(dict.fromkeys(self.table["curve"]))


def survival_check(chance: np.ndarray, design: Design, prob: float, seed: int) -> SurvivalCheck:
    """Compare observed survival curves with those that the draws bring about.

    Parameters
    ----------
    chance : ndarray, shape (draw, row)
        From `workbench.forecast.leaving.check.month_probability`; of draws from the prior for a
        prior-predictive check.
    design : Design
        With at least one event.
    prob : float
        Probability with which the band holds all curves of a replicate over all their months.
    seed : int
        Fixes every random number.

    Returns
    -------
    SurvivalCheck
    """
    counts = count_rows(design)
    observed = counts.curve(counts.endings)
    drawn = replicated_curves(chance, counts, seed)
    expected, spread = drawn.mean(axis=0), drawn.std(axis=0)
    reported = counts.reported & (spread > 0)
    scale = np.where(reported, spread, np.inf)
    farthest = np.max(np.abs(drawn - expected) / scale, axis=(1, 2))
    distance = np.abs(observed - expected) / scale
    beyond = int(np.sum(farthest >= distance.max()))
    reach = np.quantile(farthest, prob) * spread
    curve, month = np.nonzero(counts.reported)
    at = np.unravel_index(int(distance.argmax()), distance.shape)
    table = pd.DataFrame(
        {
            "curve": np.asarray(counts.curves, dtype=object)[curve],
            "tenure_months": month,
            "at_risk": counts.at_risk[counts.reported],
            "endings": counts.endings[counts.reported],
            "observed": observed[counts.reported],
            "expected": expected[counts.reported],
            "low": np.maximum(expected - reach, 0.0)[counts.reported],
            "high": np.minimum(expected + reach, 1.0)[counts.reported],
        }
    )
    probability = (1 + beyond) / (1 + len(drawn))
    return SurvivalCheck(table, probability, f"{counts.curves[at[0]]}, month {at[1]}")


def count_rows(design: Design) -> Counts:
    """Count who was at risk and who ended, by month of tenure and term.

    Parameters
    ----------
    design : Design
        At-risk rows; those before a subscription's entry are left out.

    Returns
    -------
    Counts
    """
    seen = np.arange(len(design.cell_idx)) >= design.entry_end[design.subscription_idx]
    ended = np.zeros(len(seen), dtype=bool)
    ended[design.row_end[design.event] - 1] = True
    rows = np.flatnonzero(seen)
    kind, tenure = (
        codes[design.cell_idx[rows]] for codes in (design.cell_exit_idx, design.cell_tenure)
    )
    terms = (MONTH_TO_MONTH, *TERM_GROUPS)
    term = np.array([terms.index(name.rpartition(", ")[2]) for name in EXIT_KINDS])[kind]
    enough = np.bincount(term, ended[rows], minlength=len(terms)) >= MIN_ENDINGS
    # A single term would be the curve of all over again.
    enough &= np.bincount(term, minlength=len(terms)) < len(rows)
    position = np.where(enough, np.cumsum(enough), 0)[term]
    curves = (ALL, *(name for name, kept in zip(terms, enough, strict=True) if kept))
    own = position > 0
    row = np.concatenate([rows, rows[own]])
    which = np.concatenate([np.zeros(len(rows), dtype="int64"), position[own]])
    months = int(tenure.max()) + 1
    flat = which * months + np.concatenate([tenure, tenure[own]])
    at_risk, endings = (
        np.bincount(flat, flags, minlength=len(curves) * months)
        .reshape(len(curves), months)
        .astype("int64")
        for flags in (None, ended[row])
    )
    reported = np.array([_first_run(number >= MIN_AT_RISK) for number in at_risk])
    return Counts(curves, at_risk, endings, row, flat, reported)


def replicated_curves(chance: np.ndarray, counts: Counts, seed: int) -> np.ndarray:
    """Let rows end anew in each draw.

    Parameters
    ----------
    chance : ndarray, shape (draw, row)
        Probability of ending in each row, given that its subscription reached it.
    counts : Counts
        Of the same rows.
    seed : int
        Of the endings.

    Returns
    -------
    ndarray, shape (draw, curve, month)
    """
    rng = np.random.default_rng(seed)
    out = np.empty((len(chance), *counts.at_risk.shape))
    for d, ending in enumerate(chance):
        # One simulated exit per row, whichever curves it counts in.
        exits = rng.random(len(ending), dtype="float32") < ending
        out[d] = counts.curve(counts.per_month(exits[counts.row]))
    return out


def _first_run(enough: np.ndarray) -> np.ndarray:
    """Mark the longest stretch, the earliest among equals."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], enough, [False]]).astype(int)))
    run = np.zeros(len(enough), dtype=bool)
    if len(edges):
        start, stop = edges[::2], edges[1::2]
        longest = int(np.argmax(stop - start))
        run[start[longest] : stop[longest]] = True
    return run
