"""One line, from its start to the horizon.

A line leaves when its cumulative hazard reaches that at which its survival, given what it has
survived, falls to a uniform number (see `forecast.posterior.frailty`). Amendments come when their
cumulative rate reaches the next point of a unit Poisson process.
"""

from __future__ import annotations

import numpy as np

from workbench.forecast.posterior.frailty import compiled_cumulative_hazard as cumulative_hazard
from workbench.forecast.posterior.frailty import compiled_log_survival as log_conditional_survival
from workbench.forecast.simulation.arrays import compiled
from workbench.forecast.simulation.changes import (
    begin_step,
    change_by_chance,
    leaving_hazard,
    plan_change,
)
from workbench.forecast.simulation.lines import BEGINS, LEAVES, SURE, TERM, TERM_GROUP, TO_END
from workbench.forecast.simulation.random_numbers import FOR_LEAVING, FOR_WAIT, uniform

_GONE = 1e300  # a hazard that nobody survives, when notice was given


@compiled
def steps_of(signed):
    """Return how many steps of a line are real: those of another line may be more.

    Parameters
    ----------
    signed : ndarray of int64, shape (step, 8)
        Of one line; a step that is none begins before 0.

    Returns
    -------
    int
    """
    count = 0
    while count < len(signed) and signed[count, BEGINS] >= 0:
        count += 1
    return count


@compiled
def simulate_line(shared, group, intervention, d, j, start, signed, planned, flow, track, alive):
    """Follow one line from its start to the horizon.

    Fills `track` with its cents at each month's end and `alive` with the probability that it still
    runs, and books its movements. `signed` holds its own steps; `planned` tells whether a plan's
    prices and seats are its own.

    Parameters
    ----------
    shared : SharedParameters
    group : LineBatch
    intervention : InterventionArrays
    d, j : int
        Draw, and position of the line (of the account's first line for a further product).
    start : LineStart
    signed : ndarray of int64, shape (step, 8)
        What is signed of this line; see `forecast.simulation.lines.Lines`.
    planned : bool
        Whether a plan's prices and seats apply.
    flow : ndarray of int64, shape (level, month, movement)
        Of this draw; movements are added in place.
    track : ndarray of int64, shape (month,)
        Zero before; filled in place.
    alive : ndarray of float32, shape (month,)
        Filled in place; of length 0 when nobody asks.
    """
    months = len(track)
    frailty, survived = shared.frailty[d], start.survived
    u = uniform(start.random_stream, FOR_LEAVING, 0)
    limit = cumulative_hazard(survived, u, frailty)
    hazard, amended = 0.0, (0.0, -np.log(uniform(start.random_stream, FOR_WAIT, 0)), 0)
    cents, to_end = start.cents, start.to_end
    term, term_group, born = start.term, start.term_group, start.month - start.tenure
    step, steps = 0, steps_of(signed)
    for h in range(start.month, months):
        begins = step < steps and signed[step, BEGINS] == h
        sure = begins or (step < steps and signed[step, SURE] == 1)
        ends = to_end == 0 and term_group > 0 and not sure
        if begins and signed[step, SURE] == 0:
            # After a hole it is another subscription, whose own chances and tenure begin here.
            survived, hazard, born = 0.0, 0.0, h
            u = uniform(start.random_stream, FOR_LEAVING, step + 1)
            limit = cumulative_hazard(survived, u, frailty)
        if not sure:
            hazard += leaving_hazard(
                shared, group, intervention, d, j, h, term_group, ends, h - born
            )
        hazard += _GONE * (begins and signed[step, TERM] == LEAVES)
        if len(alive) > 0:
            alive[h] = np.exp(log_conditional_survival(survived, hazard, frailty))
        elif cents == 0 and step == steps:
            break
        to_end = term - 1 if ends else to_end - 1
        if begins:
            cents = begin_step(flow, group.level, j, h, signed[step], cents)
            to_end, term = signed[step, TO_END], signed[step, TERM]
            term_group = signed[step, TERM_GROUP]
            step += 1
            track[h] = cents
            continue
        if cents == 0:
            continue
        if not sure:
            leaves = hazard >= limit
            cents, amended = change_by_chance(
                shared, group, intervention, d, j, h, start.random_stream, term_group, leaves, ends,
                amended, flow, cents,
            )  # fmt: skip
        if planned:
            renews = ends or (term_group == 0 and not sure)
            cents = plan_change(group, intervention, d, j, h, renews, flow, cents)
        track[h] = cents
