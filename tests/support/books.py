"""Books drawn from the hazard model itself: months laid out, effects drawn, subscriptions lived.

Whatever the model believes is then true of them, so a fit must find it again at the nominal rate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core import names
from workbench.core.names import exit_kind
from workbench.features.design import Design, build_design, fit_coding
from workbench.forecast.posterior.survival import Draws, row_hazard, shocks_of
from workbench.models.hazard.effects import BLOCKS, SCALES, EffectMap, effect_map, effects_of
from workbench.models.priors.hazard import HazardPriors

FIRST_MONTH = 24_240
MAX_LEAD_MONTHS = 12
PERSISTENCE = 0.6


@dataclass(frozen=True)
class Shape:
    """Size of a book that is laid out.

    Parameters
    ----------
    subscriptions, months : int
        Subscriptions, and the months in which endings are on record. A subscription began up to
        24 months before them, or at any time within them but the last month.
    signals, attributes, levels : int
        Standard normal covariates of each row and of each subscription; levels of one grouping.
    curves : bool
        Whether the effects of covariates may bend.
    """

    subscriptions: int = 100
    months: int = 24
    signals: int = 2
    attributes: int = 1
    levels: int = 5
    curves: bool = False


def lay_out(shape: Shape, rng: np.random.Generator) -> pd.DataFrame:
    """Return at-risk rows in which nobody ever leaves.

    One subscription in four is month to month, the others have terms of 12 months.
    """
    start = FIRST_MONTH + rng.integers(-24, shape.months - 1, shape.subscriptions)
    stop = FIRST_MONTH + shape.months
    count = stop - start - 1
    index = np.repeat(np.arange(shape.subscriptions), count)
    tenure = np.concatenate([np.arange(1, n + 1) for n in count])
    monthly = (np.arange(shape.subscriptions) % 4 == 0)[index]
    due = tenure % 12 == 0
    month = start[index] + tenure
    observed = month >= FIRST_MONTH
    longest = np.clip(month - FIRST_MONTH, 0, MAX_LEAD_MONTHS)
    own = rng.normal(size=(shape.subscriptions, shape.attributes))
    level = rng.integers(0, max(shape.levels, 1), shape.subscriptions)
    rows = pd.DataFrame(
        {
            "subscription_id": pd.Series(index).map("s{:05d}".format),
            "month": month,
            "tenure_months": tenure,
            "exit_kind": [
                exit_kind(1 if m else 12, bool(m or d), bool(m))
                for m, d in zip(monthly, due, strict=True)
            ],
            "observed": observed,
            "event": False,
            "lead_months": rng.integers(0, longest + 1),
            "owner": pd.Series(level[index]).map("owner {:02d}".format),
        }
    )
    for k in range(shape.signals):
        rows[f"signal {k}"] = np.where(observed, rng.normal(size=len(rows)), np.nan)
    for k in range(shape.attributes):
        rows[f"attribute {k}"] = own[index, k]
    return rows


def design_of(rows: pd.DataFrame, *, curves: bool = False) -> Design:
    """Arrange laid-out rows as arrays; every quarter of the window has a shock of its own."""
    signals = [name for name in rows if name.startswith("signal ")]
    attributes = [name for name in rows if name.startswith("attribute ")]
    coding = fit_coding(rows, signals, attributes, ["owner"], curves=curves)
    quarters = np.unique(rows.loc[rows["observed"], "month"].to_numpy() // 3)
    coding = replace(coding, quarters=tuple(int(quarter) for quarter in quarters))
    return build_design(rows, coding)


def as_draws(
    layout: EffectMap,
    latent: np.ndarray,
    scale: np.ndarray,
    fade: np.ndarray,
    persistence: np.ndarray | None = None,
) -> Draws:
    """Return effects of given parameters, draw first, as a forecast reads them.

    Parameters
    ----------
    latent : ndarray, shape (draw, latent)
    scale : ndarray, shape (draw, scale)
        The frailty variance is the last where there is one more than the layout has.
    fade : ndarray, shape (draw,)
    persistence : ndarray, shape (draw,), optional
        Left out, `PERSISTENCE`.
    """
    persistence = np.full(len(fade), PERSISTENCE) if persistence is None else persistence
    effect = effects_of(layout, latent, scale, persistence)
    parts = dict(zip(BLOCKS, np.split(effect, layout.block_end[:-1], axis=1), strict=True))
    frail = scale.shape[1] > len(layout.scales)
    return Draws(
        exit=parts[names.EXIT],
        tenure=parts[names.TENURE],
        shock=shocks_of(parts[names.SHOCK][:, :-1], parts[names.GROUP_SHOCK][:, :-1]),
        attribute=parts[names.STATIC],
        group=parts[names.GROUP],
        signal=parts[names.SIGNAL],
        shock_sd=scale[:, SCALES.index(names.SHOCK_SD)],
        group_shock_sd=scale[:, SCALES.index(names.GROUP_SHOCK_SD)],
        persistence=persistence,
        fade=fade,
        frailty=scale[:, -1] if frail else np.zeros(len(scale)),
    )


def live_through(design: Design, truth: Draws, rng: np.random.Generator) -> Design:
    """Let each subscription live until it ends or the window does.

    Parameters
    ----------
    design : Design
        Everyone's rows to the end of the window.
    truth : Draws
        A single draw.
    rng : Generator

    Returns
    -------
    Design
        Rows after the event are gone. Frailties are those of subscriptions that have survived
        until they entered: what the likelihood is conditional on.
    """
    hazard = row_hazard(truth, design)[0]
    observed = np.arange(len(hazard)) >= design.entry_end[design.subscription_idx]
    survived = np.add.reduceat(np.where(observed, 0.0, hazard), design.row_start)
    theta = truth.frailty[0]
    frailty = np.ones(len(survived))
    if theta > 0:
        frailty = rng.gamma(1 / theta, 1 / (1 / theta + survived))
    to_come = np.where(observed, hazard, 0.0) * frailty[design.subscription_idx]
    total = np.cumsum(to_come)
    before = np.concatenate([[0.0], total[design.row_end[:-1] - 1]])
    lived = total - before[design.subscription_idx]
    lifetime = rng.exponential(size=len(survived))
    over = (lived >= lifetime[design.subscription_idx]) & observed
    ended = np.logical_or.reduceat(over, design.row_start)
    first = np.minimum.reduceat(np.where(over, np.arange(len(over)), len(over)), design.row_start)
    row_end = np.where(ended, first + 1, design.row_end)
    return cut(design, row_end, ended)


def bent_book(seed: int, *, bent: bool) -> Design:
    """Return a lived book of 600 in which effects may bend, and whether two of seven do.

    The first attribute then acts as a U, x squared, and the first signal from a threshold on; the
    second of each acts along a line in any case, and the others do not act.
    """
    rng = np.random.default_rng(seed)
    rows = lay_out(Shape(600, signals=4, attributes=3, levels=4), rng)
    asked, plain = design_of(rows, curves=True), design_of(rows)
    told = replace(
        plain,
        attribute_value=np.column_stack(
            [plain.attribute_value[:, 0] ** 2 - 1, plain.attribute_value]
        ),
        signal_value=np.column_stack([plain.signal_value[:, 0] > 0.7, plain.signal_value]),
    )
    layout = effect_map(plain, HazardPriors())
    still = np.zeros((1, len(layout.scale_idx)))
    truth = as_draws(layout, still, np.full((1, len(layout.scales) + 1), 0.2), np.array([0.9]))
    exits = np.where([kind.startswith("early") for kind in names.EXIT_KINDS], -4.5, -1.5)
    exits[0] = -3.0
    truth = replace(
        truth,
        exit=exits[None],
        attribute=np.array([[0.5 * bent, 0.0, 0.4, 0.0]]),
        signal=np.array([[0.9 * bent, 0.0, -0.5, 0.0, 0.0]]),
    )
    lived = live_through(told, truth, rng)
    return cut(asked, asked.row_start + lived.row_end - lived.row_start, lived.event)


def cut(design: Design, row_end: np.ndarray, event: np.ndarray) -> Design:
    """Keep each subscription's rows before `row_end`; state whether it ends in the last."""
    keep = np.arange(len(design.cell_idx)) < row_end[design.subscription_idx]
    ends = np.cumsum(row_end - design.row_start)
    starts = np.concatenate([[0], ends[:-1]])
    return replace(
        design,
        signal_value=design.signal_value[keep],
        lead_months=design.lead_months[keep],
        cell_idx=design.cell_idx[keep],
        subscription_idx=design.subscription_idx[keep],
        row_end=ends,
        entry_end=starts + design.entry_end - design.row_start,
        event=event,
    )
