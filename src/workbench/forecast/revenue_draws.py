"""Posterior draws of the revenue models as plain arrays; draw i pairs with the hazard's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
    """

    base: np.ndarray
    attribute: np.ndarray
    group: np.ndarray
    signal: np.ndarray
    fade: np.ndarray


@dataclass(frozen=True)
class NewBusiness:
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
    amend_down : ndarray, shape (draw,)
        Probability that an amendment goes down.
    price_share, price_mean, price_sd : ndarray, shape (draw,)
        Probability that a flat renewal carries another price; of the log-ratio.
    new : NewBusiness
    """

    contract: Effects
    expand: Effects
    amend: Effects
    cross_sell: Effects
    size_mean: np.ndarray
    size_sd: np.ndarray
    size_group: np.ndarray
    amend_down: np.ndarray
    price_share: np.ndarray
    price_mean: np.ndarray
    price_sd: np.ndarray
    new: NewBusiness

    def __len__(self) -> int:
        return len(self.amend_down)
