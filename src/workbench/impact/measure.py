"""From trials to effects: what an action does to leaving, in ratios, in points and in money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core import impact_names as names
from workbench.core.intervals import interval
from workbench.features.treated_months import TreatedMonths
from workbench.impact.treated import (
    expected_risk,
    risk_bands,
    treated_months,
    unsure_directions,
)
from workbench.impact.trials import Trials
from workbench.impact.untreated import UntreatedHazard, fit_untreated
from workbench.impact.weights import Propensity, propensity, with_censoring

ALL_KINDS = "all actions"


@dataclass(frozen=True)
class EffectComparison:
    """The trials of a book, ready to be fitted and judged.

    Parameters
    ----------
    trials : Trials
        With their weights against censoring.
    propensity : Propensity
    hazard : UntreatedHazard
    treated : TreatedMonths
    """

    trials: Trials
    propensity: Propensity
    hazard: UntreatedHazard
    treated: TreatedMonths

    @property
    def expected_risk(self) -> np.ndarray:
        """Probability of ending within the horizon without the action, of every treated trial."""
        return expected_risk(self.trials.take(self.trials.any_treated), self.hazard)


def compare(trials: Trials, months: Trials) -> EffectComparison:
    """Weigh trials, fit what happens without an action, and lay out what happened with one.

    Parameters
    ----------
    trials, months : Trials
        From `workbench.impact.trials.lay_out_trials`.

    Returns
    -------
    Comparison
    """
    weighted = with_censoring(trials, months)
    chosen = propensity(weighted)
    hazard = fit_untreated(weighted, chosen.odds)
    return EffectComparison(weighted, chosen, hazard, treated_months(weighted, hazard))


@dataclass(frozen=True)
class EffectDraws:
    """Draws of the log-ratio of every treated trial.

    Parameters
    ----------
    own : Trials
        Those with an action.
    log_rate : ndarray, shape (trial, month)
        Expected without an action, seen or not.
    effect : ndarray, shape (draw, kind)
    by_since, by_band, by_segment : ndarray, shape (draw, label)
    band_idx, segment_idx : ndarray of int, shape (trial,)
    basis : ndarray, shape (trial, month, direction)
        By how much the log-rates move with each direction of what is not known of them.
    shift : ndarray, shape (draw, direction)
    """

    own: Trials
    log_rate: np.ndarray
    effect: np.ndarray
    by_since: np.ndarray
    by_band: np.ndarray
    by_segment: np.ndarray
    band_idx: np.ndarray
    segment_idx: np.ndarray
    basis: np.ndarray
    shift: np.ndarray

    def avoided(self, draw: int) -> np.ndarray:
        """Return by how much an action lowered the probability of ending, by trial, in one draw.

        Parameters
        ----------
        draw : int
            Position of the draw, from 0.

        Returns
        -------
        ndarray, shape (trial,)
            Within the horizon; below 0 where it raised it.
        """
        eta = self.own.treated @ self.effect[draw] + self.by_band[draw][self.band_idx]
        eta = (eta + self.by_segment[draw][self.segment_idx])[:, None] + self.by_since[draw]
        rate = np.exp(self.log_rate + self.basis @ self.shift[draw])
        return np.exp(-(rate * np.exp(eta)).sum(axis=1)) - np.exp(-rate.sum(axis=1))


def effect_draws(found: EffectComparison, posterior: xr.Dataset, most: int = 500) -> EffectDraws:
    """Read the draws of a fit beside the trials with an action.

    An effect is that of the average month of those who were treated, in proportion to the endings
    that were to be expected: what the data speak of.

    Parameters
    ----------
    found : Comparison
    posterior : Dataset
        From `workbench.inference.fit_actions.fit_actions`.
    most : int
        Draws that are used, spread over all of them.

    Returns
    -------
    EffectDraws
    """
    own = found.trials.take(found.trials.any_treated)
    flat = posterior.stack(sample=("chain", "draw")).transpose("sample", ...)
    kept = np.unique(np.linspace(0, flat.sizes["sample"] - 1, most).astype(int))
    labels = pd.Index(found.treated.segments)
    segment = own.table["segment"].replace("", "all").fillna("all").astype("str")
    band_idx = risk_bands(expected_risk(own, found.hazard))
    segment_idx = labels.get_indexer(segment)
    log_rate = found.hazard.log_rate(own)
    weight = -np.expm1(-np.exp(log_rate)) * own.seen
    of_trial = weight.sum(axis=1)
    drawn = {
        "by_since": (names.BY_SINCE, weight.sum(axis=0)),
        "by_band": (names.BY_BAND, np.bincount(band_idx, of_trial, len(found.treated.bands))),
        "by_segment": (names.BY_SEGMENT, np.bincount(segment_idx, of_trial, len(labels))),
    }
    effect, centred = flat[names.EFFECT].values[kept], {}
    for field, (name, share) in drawn.items():
        deviation = flat[name].values[kept]
        mean = (deviation @ share / share.sum())[:, None]
        centred[field], effect = deviation - mean, effect + mean
    row, step = (index.ravel() for index in np.indices(own.seen.shape))
    basis = found.hazard.design(own, row, step) @ unsure_directions(own, found.hazard)
    return EffectDraws(
        own, log_rate, effect, **centred, band_idx=band_idx, segment_idx=segment_idx,
        basis=basis.reshape(*own.seen.shape, -1), shift=flat[names.UNTREATED].values[kept],
    )  # fmt: skip


def effect_table(drawn: EffectDraws, actions: pd.DataFrame, prob: float) -> pd.DataFrame:
    """Tell what each kind of action did.

    Parameters
    ----------
    drawn : EffectDraws
    actions : DataFrame
        The canonical table; of its hours the mean is taken by kind.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        One row per kind, then one for all: action, trials, endings, expected (without an action,
        over the months that were seen), ratio (of the hazards), points (by how much the probability
        of ending within the horizon fell, among those acted upon), revenue (kept a year for each
        action), hours, revenue_per_hour; each estimate with _low and _high, and
        probability_helps.
    """
    avoided = np.array([drawn.avoided(draw) for draw in range(len(drawn.effect))])
    hours = actions.groupby(actions["kind"].astype("str"))["hours"].mean()
    own, rate = drawn.own, np.exp(drawn.log_rate)
    kinds = [(kind, own.treated[:, i], drawn.effect[:, i]) for i, kind in enumerate(own.kinds)]
    share = own.treated.mean(axis=0)
    pooled = (drawn.effect * share).sum(axis=1) / share.sum()
    kinds.append((ALL_KINDS, own.any_treated, pooled))
    arr = own.table["arr"].fillna(0).to_numpy("float64")
    rows = []
    for kind, mine, effect in kinds:
        spent = float(hours.get(kind, actions["hours"].mean()))
        acts = max(_actions(own, mine), 1)
        money = (avoided[:, mine] * arr[mine]).sum(axis=1) / acts
        per_hour = money / spent if spent > 0 else np.full(len(money), np.nan)
        rows.append(
            {
                "action": kind,
                "trials": acts,
                "endings": int(own.event[mine].sum()),
                "expected": float((-np.expm1(-rate) * own.seen)[mine].sum()),
                **_interval("ratio", np.exp(effect), prob),
                **_interval("points", avoided[:, mine].mean(axis=1), prob),
                **_interval("revenue", money, prob),
                "hours": spent,
                **_interval("revenue_per_hour", per_hour, prob),
                "probability_helps": float((effect < 0).mean()),
            }
        )
    return pd.DataFrame(rows)


def by_label(drawn: EffectDraws, treated: TreatedMonths, prob: float) -> pd.DataFrame:
    """Tell whom and when actions moved: by months since, band of risk and segment.

    Parameters
    ----------
    drawn : EffectDraws
    treated : TreatedMonths
        Names the labels.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        by, label, ratio, points: of an average action, with _low and _high; points are missing by
        months since.
    """
    share = drawn.own.treated.mean(axis=0)
    mean = (drawn.effect * share).sum(axis=1) / share.sum()
    avoided = np.array([drawn.avoided(draw) for draw in range(len(drawn.effect))])
    steps = [str(step + 1) for step in range(treated.horizon_months)]
    parts = (
        (names.SINCE, steps, drawn.by_since, None),
        (names.BAND, treated.bands, drawn.by_band, drawn.band_idx),
        (names.SEGMENT, treated.segments, drawn.by_segment, drawn.segment_idx),
    )  # fmt: skip
    rows = []
    for by, labels, deviation, place in parts:
        for position, label in enumerate(labels):
            row = {"by": by, "label": label}
            row |= _interval("ratio", np.exp(mean + deviation[:, position]), prob)
            if place is not None and (place == position).any():
                row |= _interval("points", avoided[:, place == position].mean(axis=1), prob)
            rows.append(row)
    return pd.DataFrame(rows)


def _actions(own: Trials, mine: np.ndarray) -> int:
    """Count accounts and months: an action is for an account, whatever subscriptions it has."""
    return len(own.table.loc[mine, ["account_id", "month"]].drop_duplicates())


def _interval(name: str, draws: np.ndarray, prob: float) -> dict[str, float]:
    low, high = interval(draws, prob)
    return {name: float(np.median(draws)), f"{name}_low": float(low), f"{name}_high": float(high)}
