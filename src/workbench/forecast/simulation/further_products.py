"""Further products, sold to an account by chance or by plan, each followed as a line of its own."""

from __future__ import annotations

import numpy as np

from workbench.core.processes import BY_CROSS_SELL, CROSS_SELL_IDX
from workbench.forecast.simulation.arrays import LineStart, compiled
from workbench.forecast.simulation.changes import MOST_LOG_RATE, log_rate, worth_after
from workbench.forecast.simulation.line import simulate_line
from workbench.forecast.simulation.measures import EXPANSION, book_movement
from workbench.forecast.simulation.random_numbers import (
    FOR_SALE_SIZE,
    FOR_SALE_WAIT,
    normal,
    stream,
    uniform,
)


@compiled
def simulate_further_sales(
    shared, group, intervention, d, j, random_stream, since, quiet, flow, account, scratch, planned
):
    """Sell further products to an account, and follow each; `account` grows by them.

    In a month in which the account loses a line nothing further is sold to it, nor by chance before
    `quiet`: until then what it takes is signed.

    Parameters
    ----------
    shared : SharedParameters
    group : LineBatch
    intervention : InterventionArrays
    d, j : int
        Draw, and position of the account's first line.
    random_stream : uint64
        Of the account in this draw.
    since : int
        First month to come in which something may be sold, from 0.
    quiet : int
        First month in which something may be sold by chance.
    flow : ndarray of int64, shape (level, month, movement)
        Of this draw; movements are added in place.
    account : ndarray of int64, shape (month,)
        Cents of its lines at each month's end; grows in place.
    scratch : Scratch
        `lost` flags the months in which the account loses a line.
    planned : bool
        Whether a plan's sales apply.
    """
    months = len(account)
    wait, due, count = -np.log(uniform(random_stream, FOR_SALE_WAIT, 0)), 0.0, 0
    track, lost = scratch.track, scratch.lost
    for h in range(since, months):
        if account[h] == 0:
            continue
        sale = intervention.sale[d, j, h] if planned else 0
        if h >= quiet:
            due += np.exp(
                min(log_rate(shared, group, intervention, CROSS_SELL_IDX, d, j, h), MOST_LOG_RATE)
            )
        if due >= wait and not lost[h]:
            z = normal(random_stream, FOR_SALE_SIZE, count)
            mean = group.size_own[BY_CROSS_SELL, d, j]
            sale += worth_after(account[h], mean + shared.size_sd[BY_CROSS_SELL, d] * z)
            count += 1
            wait = due - np.log(uniform(random_stream, FOR_SALE_WAIT, count))
        if sale > 0:
            book_movement(flow, group.level, j, h, EXPANSION, sale)
            child = stream(random_stream, np.uint64(h), 0)
            term = group.term[j]
            start = LineStart(child, h + 1, sale, 1, term - 1, term, group.term_group[j], 0.0)
            track[:] = 0
            track[h] = sale
            none = scratch.unsigned
            simulate_line(
                shared, group, intervention, d, j, start, none, False, flow, track, scratch.nothing
            )
            for m in range(h, months):
                account[m] += track[m]
