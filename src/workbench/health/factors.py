"""The six groups of factors that a score comes apart into, and the signals of each."""

from __future__ import annotations

import numpy as np

from workbench.features.design import Coding
from workbench.forecast.leaving.explain import group_of

FACTORS = ("sales", "service", "operations", "product", "finance", "people")
# What happens to the customer's company is a signal of its own group; here it counts to the side
# of the house that has to deal with it.
_EVENTS = {
    "leadership_change_6m": "people",
    "layoffs_6m": "finance",
    "budget_cut_6m": "finance",
    "funding_12m": "finance",
}


def factor_of(signal: str) -> str:
    """Return the group of factors of a signal; mergers and other news count as operations.

    Parameters
    ----------
    signal : str
        Its name.

    Examples
    --------
    >>> factor_of("champion_present"), factor_of("budget_cut_6m"), factor_of("bad_news_6m")
    ('people', 'finance', 'operations')
    """
    group = _EVENTS.get(signal, group_of(signal))
    return group if group in FACTORS else "operations"


def factor_columns(coding: Coding) -> tuple[np.ndarray, ...]:
    """Return the positions of the model's coded signals that belong to each of `FACTORS`.

    Parameters
    ----------
    coding : Coding
        Of the rows that the model was fitted to.

    Returns
    -------
    tuple of ndarray of int
        Every signal is in one of the six; a group without signals is empty.
    """
    groups = np.array([factor_of(column.source) for column in coding.signals.columns], dtype=object)
    return tuple(np.flatnonzero(groups == factor) for factor in FACTORS)
