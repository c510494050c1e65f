"""Subscriptions whose hazards differ by a constant factor share the way they came.

Without signals, the hazard of a row is the subscription's own factor times that of its cell
(tenure, exit kind, quarter). Two subscriptions that went through the same cells have the same sum
of them, so the sums form a tree: one node per distinct way, whatever the number of subscriptions on
it. On a book of 7,000 subscriptions and 230,000 months at risk the tree has a few hundred nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.features.design import Design


@dataclass(frozen=True)
class Paths:
    """The tree of ways through the cells; node 0 is the start, where nothing is summed yet.

    Parameters
    ----------
    node_parent : ndarray of int, shape (node,)
        Always smaller than the node itself; 0 for the start.
    node_cell : ndarray of int, shape (node,)
        The cell that the node adds to its parent's sum; -1 for the start.
    end_node, last_node, entry_node : ndarray of int, shape (subscription,)
        Where a subscription stands at its end, before its last row, and when its window began.
    """

    node_parent: np.ndarray
    node_cell: np.ndarray
    end_node: np.ndarray
    last_node: np.ndarray
    entry_node: np.ndarray


def paths_of(design: Design) -> Paths:
    """Build the tree of a design, row by row of all subscriptions at once.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Paths
    """
    start, length = design.row_start, design.row_end - design.row_start
    entry = design.entry_end - start
    at = np.zeros(len(start), dtype="int64")
    last, entered = at.copy(), at.copy()
    parents, cells = [np.zeros(1, dtype="int64")], [np.full(1, -1)]
    total, width = 1, len(design.cell_tenure)
    for step in range(int(length.max())):
        going = np.flatnonzero(length > step)
        cell = design.cell_idx[start[going] + step]
        ways, inverse = np.unique(at[going] * width + cell, return_inverse=True)
        parents.append(ways // width)
        cells.append(ways % width)
        last[going] = at[going]
        at[going] = total + inverse
        total += len(ways)
        reached = going[entry[going] == step + 1]
        entered[reached] = at[reached]
    return Paths(np.concatenate(parents), np.concatenate(cells), at, last, entered)
