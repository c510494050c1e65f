"""What a month may bring to a line: leaving, a renewal, an amendment, what is signed or planned.

Sizes are log-ratios of yearly revenue; money is whole cents.
"""

from __future__ import annotations

import numpy as np

from workbench.core.processes import (
    AMEND_IDX,
    BY_AMENDMENT,
    BY_CONTRACTION,
    BY_EXPANSION,
    CONTRACT_IDX,
    EXPAND_IDX,
    LEAVE_IDX,
)
from workbench.core.revenue_names import MOST_LOG_RATIO
from workbench.forecast.simulation.arrays import compiled
from workbench.forecast.simulation.lines import ENTRY, PRICED, WORTH
from workbench.forecast.simulation.measures import (
    CHURN,
    CONTRACTION,
    EXPANSION,
    PRICE,
    book_movement,
    book_resize,
)
from workbench.forecast.simulation.random_numbers import (
    FOR_AMOUNT,
    FOR_DOWN,
    FOR_OUTCOME,
    FOR_PRICE,
    FOR_RISE,
    FOR_SIZE,
    FOR_WAIT,
    normal,
    uniform,
)

# Beyond this an exponential would pass what money can be; e^30 is far beyond any rate.
MOST_LOG_RATE = 30.0
_MOST_CENTS = 10**15


@compiled
def log_rate(shared, group, intervention, process, d, j, h):
    """Return the logarithm of a process's rate, or odds, in a month; its kind of contract apart.

    Parameters
    ----------
    shared : SharedParameters
    group : LineBatch
    intervention : InterventionArrays
    process : int, 0 to 4
        Position among `core.processes.PROCESSES`.
    d, j, h : int
        Draw, position of the line, and month to come, from 0.

    Returns
    -------
    float64
        Of the rate per month, or of the odds against a flat renewal; not bounded. For leaving,
        tenure is left out too.
    """
    faded = group.strength[process, d, j] * shared.fade[process, d, h]
    shock = shared.shock[process, d, group.shaken[j], h]
    return group.own[process, d, j] + faded + shock + intervention.log_rate_shift[process, d, j, h]


@compiled
def _rate_by_term(shared, group, intervention, process, d, j, h, term_group):
    return (
        log_rate(shared, group, intervention, process, d, j, h)
        + shared.term[process, d, term_group]
    )


@compiled
def _size(shared, group, kind, d, j, term_group, z, place):
    """Return the log-ratio of a change, without its sign; its direction's way to what is usual."""
    mean = group.size_own[kind, d, j] + shared.size_term[kind, d, term_group]
    mean += shared.size_reversion[kind, d] * place
    return min(np.exp(min(mean + shared.size_sd[kind, d] * z, MOST_LOG_RATIO)), shared.most_size)


@compiled
def worth_after(cents, log_ratio):
    """Return the cents after a change: at least one, since a line that is worth nothing is gone.

    Parameters
    ----------
    cents : int, above 0
        Yearly revenue before.
    log_ratio : float
        Logarithm of the ratio of revenue after to before; cut off at `MOST_LOG_RATIO` either way.

    Returns
    -------
    int64
        1 to 10^15.
    """
    after = np.rint(cents * np.exp(min(max(log_ratio, -MOST_LOG_RATIO), MOST_LOG_RATIO)))
    return np.int64(min(max(after, 1.0), _MOST_CENTS))


@compiled
def _renewed(shared, group, intervention, d, j, h, random_stream, term, cents):
    """Return the cents after a renewal, and the movement that it is."""
    standing = np.log(cents) - group.usual[j]
    less = _rate_by_term(shared, group, intervention, CONTRACT_IDX, d, j, h, term)
    more = _rate_by_term(shared, group, intervention, EXPAND_IDX, d, j, h, term)
    down = np.exp(min(less + shared.reversion[0, d] * standing, MOST_LOG_RATE))
    up = np.exp(min(more + shared.reversion[1, d] * standing, MOST_LOG_RATE))
    which = uniform(random_stream, FOR_OUTCOME, h) * (1 + down + up)
    if which < down + up:
        size = BY_CONTRACTION if which < down else BY_EXPANSION
        z = normal(random_stream, FOR_SIZE, h)
        place = standing if size == BY_CONTRACTION else -standing
        ratio = _size(shared, group, size, d, j, term, z, place)
        if size == BY_CONTRACTION:
            return worth_after(cents, -ratio), CONTRACTION
        return worth_after(cents, ratio), EXPANSION
    change = 0.0
    if uniform(random_stream, FOR_RISE, h) < shared.price[0, d]:
        change = shared.price[1, d] + shared.price[2, d] * normal(random_stream, FOR_PRICE, h)
    return worth_after(cents, change), PRICE


@compiled
def _amended(shared, group, d, j, random_stream, term, count, cents):
    z = normal(random_stream, FOR_AMOUNT, count)
    standing = np.log(cents) - group.usual[j]
    share = shared.down[d, term]
    fewer = share * np.exp(min(shared.reversion[2, d] * standing, MOST_LOG_RATE))
    sign = -1.0 if uniform(random_stream, FOR_DOWN, count) * (1 - share + fewer) < fewer else 1.0
    ratio = _size(shared, group, BY_AMENDMENT, d, j, term, z, -sign * standing)
    return worth_after(cents, sign * ratio)


@compiled
def begin_step(flow, level, j, h, step, cents):
    """Book the change to what is signed, and return its cents.

    Parameters
    ----------
    flow : ndarray of int64, shape (level, month, movement)
        Of this draw; the movement is added in place.
    level : ndarray of int, shape (line, grouping)
        Under which levels a line counts.
    j, h : int
        Position of the line, and month to come, from 0, in which the step begins.
    step : ndarray of int64, shape (8,)
        What begins; see `forecast.simulation.lines.Lines`.
    cents : int, 0 or more
        Yearly revenue before; 0 for a line that is not running.

    Returns
    -------
    int64
        Yearly revenue from then on, 0 or more.
    """
    after = step[WORTH]
    if cents == 0:
        what = step[ENTRY]
    elif after == 0:
        what = CHURN
    elif step[PRICED] == 1:
        what = PRICE
    else:
        what = EXPANSION if after > cents else CONTRACTION
    if after != cents:
        book_movement(flow, level, j, h, what, after - cents)
    return after


@compiled
def change_by_chance(
    shared, group, intervention, d, j, h, random_stream, term_group, leaves, ends, amended, flow,
    cents,
):  # fmt: skip
    """Return the cents after a month that nothing signed decides, and how amendments stand.

    These are the cumulative rate, the point at which the next one comes, and how many came.

    Parameters
    ----------
    shared : SharedParameters
    group : LineBatch
    intervention : InterventionArrays
    d, j, h : int
        Draw, position of the line, and month to come, from 0.
    random_stream : uint64
        Of the line in this draw.
    term_group : int, 0 to 4
        Of the term that runs, or that ends; see `core.names.TERM_GROUPS`.
    leaves : bool
        Whether the line leaves in this month.
    ends : bool
        Whether a fixed term ends in this month: a line that does not leave is renewed then.
    amended : tuple of float, float and int
        How amendments stood before the month.
    flow : ndarray of int64, shape (level, month, movement)
        Of this draw; the movement is added in place.
    cents : int, above 0
        Yearly revenue before.

    Returns
    -------
    cents : int64
        Yearly revenue after, 0 for a line that leaves.
    amended : tuple of float, float and int
        How amendments stand after the month.
    """
    before = cents
    due, wait, count = amended
    if leaves:
        book_movement(flow, group.level, j, h, CHURN, -cents)
        cents = 0
    elif ends:
        cents, what = _renewed(
            shared, group, intervention, d, j, h, random_stream, term_group, cents
        )
        book_movement(flow, group.level, j, h, what, cents - before)
    else:
        eta = _rate_by_term(shared, group, intervention, AMEND_IDX, d, j, h, term_group)
        due += np.exp(min(eta, MOST_LOG_RATE))
        if due >= wait:
            cents = _amended(shared, group, d, j, random_stream, term_group, count, cents)
            count += 1
            wait = due - np.log(uniform(random_stream, FOR_WAIT, count))
            book_resize(flow, group.level, j, h, cents - before)
    return cents, (due, wait, count)


@compiled
def leaving_hazard(shared, group, intervention, d, j, h, term_group, ends, tenure):
    """Return the hazard of leaving in a month.

    Parameters
    ----------
    shared : SharedParameters
    group : LineBatch
    intervention : InterventionArrays
    d, j, h : int
        Draw, position of the line, and month to come, from 0.
    term_group : int, 0 to 4
        Of the term that runs, or that ends; see `core.names.TERM_GROUPS`.
    ends : bool
        Whether a fixed term ends in this month.
    tenure : int
        Months since the line's start; those beyond the last of `world.tenure` count as the last.

    Returns
    -------
    float64
        Above 0, of a line whose frailty is 1.
    """
    kind = 0 if term_group == 0 else term_group + (0 if ends else 4)
    tenure = min(tenure, shared.tenure.shape[1] - 1)
    eta = shared.exit[d, kind] + shared.tenure[d, tenure]
    return np.exp(
        min(eta + log_rate(shared, group, intervention, LEAVE_IDX, d, j, h), MOST_LOG_RATE)
    )


@compiled
def plan_change(group, intervention, d, j, h, renews, flow, cents):
    """Return the cents after what a plan does to price and quantity.

    Parameters
    ----------
    group : LineBatch
    intervention : InterventionArrays
    d, j, h : int
        Draw, position of the line, and month to come, from 0.
    renews : bool
        Whether a new price meets the line in this month: its term has ended, or it is month to
        month.
    flow : ndarray of int64, shape (level, month, movement)
        Of this draw; movements are added in place.
    cents : int, 0 or more
        Yearly revenue after what chance does in the month.

    Returns
    -------
    int64
        0 where there was nothing before, else 1 or more.
    """
    # A new price list meets whoever renews, smaller and larger contracts as well as flat ones.
    if cents > 0 and renews and intervention.renewal_price[j, h] != 0:
        before = cents
        cents = worth_after(cents, intervention.renewal_price[j, h])
        book_movement(flow, group.level, j, h, PRICE, cents - before)
    if cents > 0 and intervention.amend[d, j, h] != 0:
        before = cents
        cents = worth_after(cents, intervention.amend[d, j, h])
        book_resize(flow, group.level, j, h, cents - before)
    return cents
