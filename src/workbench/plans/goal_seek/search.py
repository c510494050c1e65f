"""Searches: the least level that is enough, and the cheapest set that is enough."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

import numpy as np

NEAR = 1e-3  # of the strongest level that is tried


def least(enough: Callable[[float], bool], most: float) -> float:
    """Return the least level that is enough, by bisection, to a thousandth of the most.

    Parameters
    ----------
    enough : callable
        False at 0, true at ``most``, and once in between turns from one to the other.
    most : float, above 0
        The largest level.

    Examples
    --------
    >>> round(least(lambda x: x >= 0.3, 2.0), 2)
    0.3
    """
    low, high = 0.0, most
    while high - low > NEAR * most:
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def least_by_curves(
    values: Callable[[float], np.ndarray],
    enough: Callable[[np.ndarray], bool],
    ends: tuple[np.ndarray, np.ndarray],
    most: float,
    near: float = NEAR,
) -> tuple[float, np.ndarray]:
    """Return the least level that is enough where to look at a level is dear.

    Between levels that were looked at, the values of every draw are taken to lie on a parabola; the
    level at which those are enough is looked at next. After three bad guesses the middle is taken,
    so it needs at most four times as many looks as bisection; for sums over many accounts, five.

    Parameters
    ----------
    values : callable
        Takes a level, returns values of shape (draw,).
    enough : callable
        Of values; false at 0, true at ``most``, and once in between turns from one to the other.
    ends : pair of ndarray, shape (draw,)
        Values at 0 and at ``most``.
    most : float, above 0
        The largest level.
    near : float
        How near to the least level the answer must be, as a share of the most.

    Returns
    -------
    level : float
        A level less by ``near`` was looked at, and is not enough.
    values : ndarray, shape (draw,)
        There.

    Examples
    --------
    >>> found, _ = least_by_curves(lambda x: np.array([x**2]), lambda v: v[0] >= 0.09,
    ...                            (np.array([0.0]), np.array([4.0])), 2.0)
    >>> round(found, 2)
    0.3
    """
    seen = {0.0: ends[0], most: ends[1]}
    low, high, slow, aim = 0.0, most, 0, 0.0
    near *= most
    while high - low > near * (1 + 1e-9):
        width = high - low
        level = (low + high) / 2
        if slow < 3:
            aimed = _guess(seen, enough, low, high) + aim
            aimed = min(max(aimed, low + near), high - near)
            level = aimed if low < aimed < high else level
        seen[level] = values(level)
        if enough(seen[level]):
            high, aim = level, -near / 2  # next a little less, to know that it is not enough
        else:
            low, aim = level, near / 2
        slow = slow + 1 if slow < 3 and high - low > width / 2 else 0
    return high, seen[high]


def _guess(
    seen: dict[float, np.ndarray], enough: Callable[[np.ndarray], bool], low: float, high: float
) -> float:
    width = high - low
    return low + width * least(lambda part: enough(_between(seen, low, high, part)), 1.0)


def _between(seen: dict[float, np.ndarray], low: float, high: float, part: float) -> np.ndarray:
    """Return values a part of the way between two levels, on parabolas through a third one."""
    level = low + part * (high - low)
    others = sorted(set(seen) - {low, high}, key=lambda one: abs(one - level))
    through = [low, high, *others[:1]]
    found = np.zeros_like(seen[low], dtype=float)
    for one in through:
        rest = [other for other in through if other != one]
        found += seen[one] * np.prod([(level - other) / (one - other) for other in rest])
    return found


def cheapest(
    price: Sequence[float], enough: Callable[[frozenset[int]], bool]
) -> frozenset[int] | None:
    """Return the cheapest set that is enough, looking at sets in order of their price.

    Parameters
    ----------
    price : sequence of float
        Of each item, 0 or more.
    enough : callable
        Asked of each set once, cheapest first; need not be monotone.

    Returns
    -------
    frozenset of int or None
        None when no set is.

    Examples
    --------
    >>> cheapest([3.0, 2.0, 2.0], lambda s: len(s) >= 2)
    frozenset({1, 2})
    """
    # Items in order of price: a set's dearer neighbours are the set with the next item added, and
    # with its last item replaced by the next. So each set is met once, and never too early.
    order = sorted(range(len(price)), key=lambda i: price[i])
    if enough(frozenset()):
        return frozenset()
    waiting: list[tuple[float, tuple[int, ...]]] = []

    def add(*positions: int) -> None:
        if positions[-1] < len(order):
            heapq.heappush(
                waiting, (sum(price[order[position]] for position in positions), positions)
            )

    add(0)
    while waiting:
        _, positions = heapq.heappop(waiting)
        chosen = frozenset(order[position] for position in positions)
        if enough(chosen):
            return chosen
        add(*positions, positions[-1] + 1)
        add(*positions[:-1], positions[-1] + 1)
    return None
