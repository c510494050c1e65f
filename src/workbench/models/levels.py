"""Levels of groupings and kinds of contract as columns of a design, centred within what they share.

Closing columns of zeros stand for what has no level: nothing is known of it, so nothing is added.
"""

from __future__ import annotations

import numpy as np

from workbench.core import revenue_names as names


def centred_levels(member: np.ndarray) -> np.ndarray:
    """Return the map that centres levels within their grouping, closing with a zero.

    What the levels of a grouping share belongs to the base; a missing level has effect zero.

    Parameters
    ----------
    member : ndarray of int, shape (level,)
        Position of each level's grouping.
    """
    same = (member[:, None] == member[None, :]).astype(float)
    centring = np.eye(len(member)) - same / np.maximum(same.sum(axis=1, keepdims=True), 1)
    return np.hstack([centring, np.zeros((len(member), 1))])


def centred_terms(present: np.ndarray) -> np.ndarray:
    """Return the map that centres kinds of contract, of shape (present, kind).

    A kind that no row has, and one that all have, is like the base.

    Parameters
    ----------
    present : ndarray of int, shape (present,)
        Kinds of contract that rows have, each once.
    """
    if len(present) < 2:
        return np.zeros((0, len(names.TERM_KINDS)))
    wide = np.zeros((len(present), len(names.TERM_KINDS)))
    wide[:, present] = np.eye(len(present)) - 1 / len(present)
    return wide


def with_terms(group_idx: np.ndarray, term_idx: np.ndarray, levels: int) -> np.ndarray:
    """Return positions among levels, their closing zero, and kinds of contract behind it.

    Parameters
    ----------
    group_idx : ndarray of int, shape (row, grouping)
        Position of the level, `levels` for none.
    term_idx : ndarray of int, shape (row,)
        Position of the kind of contract.
    levels : int
        How many there are over all groupings.
    """
    return np.column_stack([group_idx, levels + 1 + term_idx])
