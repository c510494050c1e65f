"""Revenue that stays as it is: for a forecast that knows who leaves, and nothing of money."""

from __future__ import annotations

import numpy as np

from workbench.core.revenue_names import TERM_KINDS
from workbench.features.design import Coding
from workbench.forecast.posterior.revenue import (
    NEVER,
    RETURNING,
    Effects,
    NewBusinessDraws,
    RevenueDraws,
)

KINDS_OF_CHANGE = 4


def flat_revenue(draws: int, coding: Coding, months: int) -> RevenueDraws:
    """Return draws under which every customer who stays pays what it pays today.

    With them a book that has only the posterior of leaving can be planned on: chances are the
    hazard's, and revenue is today's for as long as a subscription runs.

    Parameters
    ----------
    draws : int
        As many as the hazard's.
    coding : Coding
        Of the rows that the hazard was fitted to.
    months : int
        The forecast's horizon.
    """
    levels = len(coding.flat_levels) + 1
    never = Effects(
        base=np.full(draws, NEVER),
        attribute=np.zeros((draws, len(coding.attributes.columns))),
        group=np.zeros((draws, levels)),
        signal=np.zeros((draws, len(coding.signals.columns))),
        fade=np.ones(draws),
        term=np.zeros((draws, len(TERM_KINDS))),
    )
    nobody = NewBusinessDraws(
        source=(RETURNING,),
        returning=np.array([True]),
        rate=np.zeros((draws, 1, months)),
        dispersion=np.ones((draws, 1)),
        size_mean=np.zeros((draws, 1)),
        size_sd=np.zeros((draws, 1)),
        term_share=np.ones((1, 1)),
        term_months=np.array([12]),
        month_to_month=np.array([False]),
    )
    return RevenueDraws(
        contract=never,
        expand=never,
        amend=never,
        cross_sell=never,
        size_mean=np.full((KINDS_OF_CHANGE, draws), NEVER),
        size_sd=np.zeros((KINDS_OF_CHANGE, draws)),
        size_group=np.zeros((KINDS_OF_CHANGE, draws, levels)),
        size_term=np.zeros((KINDS_OF_CHANGE, draws, len(TERM_KINDS))),
        amend_down=np.zeros((draws, len(TERM_KINDS))),
        price_share=np.zeros(draws),
        price_mean=np.zeros(draws),
        price_sd=np.zeros(draws),
        new=nobody,
    )
