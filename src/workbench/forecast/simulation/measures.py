"""What is summed up while months pass: movements, and what retention needs beside them."""

from __future__ import annotations

import numpy as np

from workbench.forecast.simulation.arrays import compiled

# Movements, in the order of `movements.KINDS`.
NEW, EXPANSION, PRICE, CONTRACTION, CHURN, REACTIVATION = range(6)
# What retention needs beside the movements, against the opening.
ACCOUNT_GROSS, ACCOUNTS_LOST, LINE_NET, LINE_GROSS, LINES_LOST = range(5)
ELIGIBLE_NET, ELIGIBLE_GROSS, ELIGIBLE_LOST = range(5, 8)
N_KINDS, N_KEPT = 6, 8


@compiled
def book_movement(flow, level, j, month, kind, cents):
    """Book a movement under every grouping.

    Parameters
    ----------
    flow : ndarray of int64, shape (level, month, movement)
        Of one draw; changed in place.
    level : ndarray of int, shape (line, grouping)
        Under which levels a line counts.
    j : int
        Position of the line.
    month : int
        Month to come, from 0.
    kind : int
        Position of the movement among `forecast.growth.movements.KINDS`.
    cents : int
        Signed.
    """
    for g in range(level.shape[1]):
        flow[level[j, g], month, kind] += cents


@compiled
def book_resize(flow, level, j, month, cents):
    """Book a change of quantity.

    Parameters
    ----------
    flow : ndarray of int64, shape (level, month, movement)
        Of one draw; changed in place.
    level : ndarray of int, shape (line, grouping)
        Under which levels a line counts.
    j, month : int
        Position of the line, and month to come, from 0.
    cents : int
        Signed: above 0 it is an expansion, else a contraction.
    """
    book_movement(flow, level, j, month, EXPANSION if cents > 0 else CONTRACTION, cents)


@compiled
def keep(kept, level, j, d, h, measure, by):
    """Note by how much a measure changes in a month, under every grouping.

    Parameters
    ----------
    kept : ndarray of int64, shape (draw, level, month, measure)
        Changed in place.
    level : ndarray of int, shape (line, grouping)
        Under which levels a line counts.
    j, d, h : int
        Position of the line, draw, and month to come, from 0.
    measure : int, 0 to 7
        One of this module's, from `ACCOUNT_GROSS` to `ELIGIBLE_LOST`.
    by : int
        Signed: cents, or a number of lines or accounts where the measure counts those lost.
    """
    if by != 0:
        for g in range(level.shape[1]):
            kept[d, level[j, g], h, measure] += by


@compiled
def keep_line(group, d, j, track, kept):
    """Note in each month by how much the line's measures change in it.

    Parameters
    ----------
    group : LineBatch
    d, j : int
        Draw, and position of the line.
    track : ndarray of int64, shape (month,)
        Cents of the line at each month's end, 0 or more.
    kept : ndarray of int64, shape (draw, level, month, measure)
        Changed in place.
    """
    opening, first_end = group.cents[j], group.to_end[j]
    if opening == 0:
        return  # what costs nothing is not kept or lost: history does not count it either
    change, gone, eligible = np.int64(0), 0, 0
    for h in range(len(track)):
        now, left = track[h] - opening, 1 if track[h] == 0 else 0
        due = 1 if group.term_group[j] == 0 or h >= first_end else 0
        if now == change and due == eligible:
            continue
        loss, before = min(now, 0), min(change, 0)
        keep(kept, group.level, j, d, h, LINE_NET, now - change)
        keep(kept, group.level, j, d, h, LINE_GROSS, loss - before)
        keep(kept, group.level, j, d, h, LINES_LOST, left - gone)
        keep(kept, group.level, j, d, h, ELIGIBLE_NET, due * now - eligible * change)
        keep(kept, group.level, j, d, h, ELIGIBLE_GROSS, due * loss - eligible * before)
        keep(kept, group.level, j, d, h, ELIGIBLE_LOST, due * left - eligible * gone)
        change, gone, eligible = now, left, due
