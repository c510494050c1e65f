"""Posterior draws of the revenue models as plain arrays; draw i pairs with the hazard's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.special import expit

from workbench.core import revenue_names as names
from workbench.core.calendar import month_number
from workbench.core.processes import CONTRACT, CROSS_SELL, EXPAND, REVENUE_PROCESSES
from workbench.features.new_business import NewBusiness as SeenBusiness
from workbench.features.revenue_data import RevenueData

RETURNING = "(returning)"
DAMPING = 0.95  # of growth, per month: of 1 % a month, 0.54 % are left after a year
NEVER = -40.0  # the log of a rate that no book is large or old enough to see
_REVERTING = (CONTRACT, EXPAND, names.AMEND_DOWN)
_YEAR = 12


@dataclass(frozen=True)
class Effects:
    """One linear predictor: base + attributes + groups + signals fading with their age.

    Parameters
    ----------
    base, fade : ndarray, shape (draw,)
    attribute : ndarray, shape (draw, attribute)
    group : ndarray, shape (draw, level + 1)
        Closes with a zero: a level that was not seen.
    signal : ndarray, shape (draw, signal)
    term : ndarray, shape (draw, term kind)
        By kind of contract, see `core.revenue_names.TERM_KINDS`.
    loading : ndarray, shape (draw,), optional
        What a shock adds, per unit of what it adds to the log-hazard of leaving; left out, nothing.
    """

    base: np.ndarray
    attribute: np.ndarray
    group: np.ndarray
    signal: np.ndarray
    fade: np.ndarray
    term: np.ndarray
    loading: np.ndarray | None = None


@dataclass(frozen=True)
class Reversion:
    """What a line's standing, the log of its revenue less the usual one, does to its changes.

    Parameters
    ----------
    log_odds : ndarray, shape (3, draw)
        Added per unit of standing to the log-odds of a smaller next contract and of a larger one,
        against a flat one, and to those of an amendment that reduces.
    size : ndarray, shape (kind of change, draw)
        Added to the log size per unit of standing where a line shrinks, and taken off where it
        grows.
    usual : ndarray, shape (level + 1,)
        Log of the usual yearly revenue by flat level, in the currency's units; the last place is
        that of lines without a segment.
    """

    log_odds: np.ndarray
    size: np.ndarray
    usual: np.ndarray


@dataclass(frozen=True)
class NewBusinessDraws:
    """Customers to come, by source: a segment, or those who return.

    Parameters
    ----------
    source : tuple of str
        Levels of the grouping `segment`; "" where the book has none; "(returning)".
    returning : ndarray of bool, shape (source,)
    rate : ndarray, shape (draw, source, month)
        Expected arrivals in each month to come.
    dispersion : ndarray, shape (draw, source)
        alpha of the negative binomial: variance = rate + rate**2 / alpha.
    size_mean, size_sd : ndarray, shape (draw, source)
        Of the log of the first yearly revenue.
    term_share : ndarray, shape (source, term)
        Shares that sum to 1.
    term_months : ndarray of int, shape (term,)
    month_to_month : ndarray of bool, shape (term,)
    loading : ndarray, shape (draw,), optional
        What a shock of all customers adds to the log-rate of each segment, per unit of what it adds
        to the log-hazard of leaving; left out, nothing.
    """

    source: tuple[str, ...]
    returning: np.ndarray
    rate: np.ndarray
    dispersion: np.ndarray
    size_mean: np.ndarray
    size_sd: np.ndarray
    term_share: np.ndarray
    term_months: np.ndarray
    month_to_month: np.ndarray
    loading: np.ndarray | None = None


@dataclass(frozen=True)
class RevenueDraws:
    """Draws of renewal outcomes, sizes, prices, mid-term changes and new business.

    Parameters
    ----------
    contract, expand : Effects
        Logits against a flat renewal.
    amend, cross_sell : Effects
        Logs of monthly rates: of a change of quantity within a term, per subscription; of a further
        product, per account.
    size_mean, size_sd : ndarray, shape (kind of change, draw)
        Of the log of the absolute log-ratio, for contraction, expansion and amendment; of the
        log-ratio to the account's revenue, for a further product.
    size_group : ndarray, shape (kind of change, draw, level + 1)
        Added to `size_mean`.
    size_term : ndarray, shape (kind of change, draw, term kind)
        Likewise, by kind of contract.
    amend_down : ndarray, shape (draw, term kind)
        Probability that an amendment of a line of usual revenue goes down.
    price_share, price_mean, price_sd : ndarray, shape (draw,)
        Probability that a flat renewal carries another price; of the log-ratio.
    new : NewBusinessDraws
    most_size : float
        No change of quantity has a larger log-ratio.
    reversion : Reversion, optional
        None where changes do not hang on where a line stands.
    """

    contract: Effects
    expand: Effects
    amend: Effects
    cross_sell: Effects
    size_mean: np.ndarray
    size_sd: np.ndarray
    size_group: np.ndarray
    size_term: np.ndarray
    amend_down: np.ndarray
    price_share: np.ndarray
    price_mean: np.ndarray
    price_sd: np.ndarray
    new: NewBusinessDraws
    most_size: float = names.MOST_LOG_RATIO
    reversion: Reversion | None = None

    def __len__(self) -> int:
        return len(self.amend_down)


def read_revenue_draws(
    posterior: xr.Dataset, data: RevenueData, months: int, most: int = 1000
) -> RevenueDraws:
    """Take evenly spaced draws, as `workbench.forecast.posterior.survival.read_draws` does.

    Given the book, and what is expected of the shocks of leaving, the posteriors of the hazard and
    of revenue are independent: any draw of one may go with any of the other.

    Parameters
    ----------
    posterior : Dataset
        From `workbench.models.revenue.model.name_revenue`.
    data : RevenueData
        What it was fitted to.
    months : int
        Months to come for which new business is wanted.
    most : int
        At most so many draws.

    Returns
    -------
    RevenueDraws
    """
    values = kept_draws(posterior, most)
    if not data.sells_further:
        never = names.part(CROSS_SELL, names.BASE)
        values[never] = np.full_like(values[never], NEVER)
    return RevenueDraws(
        **{process: _effects(values, process) for process in REVENUE_PROCESSES},
        size_mean=values[names.SIZE_MEAN].T,
        size_sd=values[names.SIZE_SD].T,
        size_group=_closed(np.moveaxis(values[names.SIZE_GROUP], 1, 0)),
        size_term=np.moveaxis(values[names.SIZE_TERM], 1, 0),
        amend_down=expit(
            values[names.part(names.AMEND_DOWN, names.BASE)][:, None]
            + values[names.part(names.AMEND_DOWN, names.TERM)]
        ),
        price_share=values[names.PRICE_SHARE],
        price_mean=values[names.PRICE_MEAN],
        price_sd=values[names.PRICE_SD],
        new=_new_business(values, data.new, month_number(data.as_of), months),
        most_size=data.most_size,
        reversion=Reversion(
            np.stack([values[names.part(process, names.REVERSION)] for process in _REVERTING]),
            values[names.SIZE_REVERSION].T,
            data.usual,
        ),
    )


def kept_draws(posterior: xr.Dataset, most: int) -> dict[str, np.ndarray]:
    """Return each variable's evenly spaced draws, all chains in turn, shape (draw, ...).

    Parameters
    ----------
    posterior : Dataset
        Variables with dimensions chain and draw.
    most : int, 1 or more
        At most so many draws.
    """
    total = posterior.sizes["chain"] * posterior.sizes["draw"]
    keep = np.unique(np.linspace(0, total - 1, min(most, total)).round().astype(int))
    values = {}
    for name, array in posterior.data_vars.items():
        drawn = array.transpose("draw", "chain", ...).values
        values[str(name)] = drawn.reshape(total, *drawn.shape[2:])[keep]
    return values


def _effects(values: dict[str, np.ndarray], process: str) -> Effects:
    return Effects(
        base=values[names.part(process, names.BASE)],
        attribute=values[names.part(process, names.ATTRIBUTE)],
        group=_closed(values[names.part(process, names.GROUP)]),
        signal=values[names.part(process, names.SIGNAL)],
        fade=values[names.part(process, names.FADE)],
        term=values[names.part(process, names.TERM)],
        loading=values.get(names.part(process, names.LOADING)),
    )


def _closed(effects: np.ndarray) -> np.ndarray:
    return np.concatenate([effects, np.zeros((*effects.shape[:-1], 1))], axis=-1)


def _new_business(
    values: dict[str, np.ndarray], seen: SeenBusiness, first_month: int, months: int
) -> NewBusinessDraws:
    """Continue the trend, damped, and the season; where nothing is on record, nobody comes."""
    horizon = np.arange(1, months + 1)
    grown = DAMPING * (1 - DAMPING**horizon) / (1 - DAMPING) * values[names.GROWTH][:, None]
    season = values[names.SEASON][:, (first_month + horizon - 1) % _YEAR]
    rate = np.exp(values[names.LOG_RATE][:, :, None] + (grown + season)[:, None, :])
    back = np.repeat(values[names.RETURN_RATE][:, None, None], months, axis=2)
    few = np.full((len(back), 1), 1e4)  # of returns there are too few to tell more than a rate
    return NewBusinessDraws(
        source=(*seen.segments, RETURNING),
        returning=np.append(np.zeros(len(seen.segments), bool), True),
        rate=np.concatenate([rate, back], axis=1) * (len(seen.months) > 0),
        dispersion=np.concatenate([1 / (values[names.EXCESS] + 1e-4), few], axis=1),
        size_mean=_with(values[names.NEW_SIZE_MEAN], values[names.RETURN_SIZE_MEAN]),
        size_sd=_with(values[names.NEW_SIZE_SD], values[names.RETURN_SIZE_SD]),
        term_share=np.vstack([seen.term_share, seen.term_share.mean(axis=0)]),
        term_months=seen.term_months,
        month_to_month=seen.month_to_month,
        loading=values[names.NEW_LOADING],
    )


def _with(by_segment: np.ndarray, returning: np.ndarray) -> np.ndarray:
    return np.concatenate([by_segment, returning[:, None]], axis=1)
