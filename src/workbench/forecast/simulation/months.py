"""What becomes of customers, month by month: one compiled pass over draws and accounts.

Each month a line (an account's subscription to one product) may leave; a fixed term that ends is
renewed smaller, flat or larger, and a flat renewal may carry another price; within a term its
quantity may be amended; and the account may take a further product. Until what is signed has begun,
a line follows it, in every draw alike. Money is whole cents of yearly revenue throughout, so sums
are exact, whatever their order: opening + movements = closing in every draw. Chance is by name
(`forecast.simulation.random_numbers`).

A line leaves when its cumulative hazard reaches that at which its survival, given what it has
survived, falls to a uniform number (see `forecast.posterior.frailty`). Amendments and further
sales come when their cumulative rate reaches the next point of a unit Poisson process.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.core.compiled import jit
from workbench.core.processes import (
    AMEND_IDX,
    BY_AMENDMENT,
    BY_CONTRACTION,
    BY_CROSS_SELL,
    BY_EXPANSION,
    CONTRACT_IDX,
    CROSS_SELL_IDX,
    EXPAND_IDX,
    LEAVE_IDX,
)
from workbench.forecast.posterior.frailty import compiled_cumulative_hazard as cumulative_hazard
from workbench.forecast.posterior.frailty import compiled_log_survival as log_conditional_survival
from workbench.forecast.simulation.lines import (
    BEGINS,
    ENTRY,
    N_SIGNED,
    PRICED,
    SURE,
    TERM,
    TERM_GROUP,
    TO_END,
    WORTH,
)
from workbench.forecast.simulation.random_numbers import normal, stream, uniform

# Without numba's run time no array is counted when it is passed on, which took half of the time;
# nothing may be allocated in these functions then, so scratch space is passed in.
_jit = jit(error_model="numpy", nogil=True, _nrt=False)

# Movements, in the order of `movements.KINDS`.
NEW, EXPANSION, PRICE, CONTRACTION, CHURN, REACTIVATION = range(6)
# What retention needs beside the movements, against the opening.
ACCOUNT_GROSS, ACCOUNTS_LOST, LINE_NET, LINE_GROSS, LINES_LOST = range(5)
ELIGIBLE_NET, ELIGIBLE_GROSS, ELIGIBLE_LOST = range(5, 8)
N_KINDS, N_KEPT = 6, 8
# Purposes of chance.
_LEAVES, _OUTCOME, _SIZE, _RISES, _PRICE, _WAIT, _AMOUNT, _DOWN = range(8)
_SALE_WAIT, _SALE_SIZE, _TERM, _FIRST_SIZE = range(8, 12)
SHOCK_PURPOSE = 12
# Beyond this an exponential would pass what money can be; e^30 is far beyond any rate.
_TOP = 30.0
# One change takes a line at most to twenty times its worth, or to a twentieth: log(20). Draws from
# a prior would go beyond what whole cents can hold.
MOST_LOG_RATIO = _MOST = 3.0
_MOST_CENTS = 10**15


class SharedParameters(NamedTuple):
    """What all lines share, draw by draw.

    Processes follow `core.processes.PROCESSES`, kinds of change `REVENUE_PROCESSES` there.

    Parameters
    ----------
    exit : ndarray, shape (draw, exit kind)
        Log-hazard by the way out; see `core.names.EXIT_KINDS`.
    tenure : ndarray, shape (draw, month of tenure)
        Level beyond the last.
    shock : ndarray, shape (draw, month)
    fade : ndarray, shape (process, draw, month)
        What is left, in each month to come, of signals read today.
    frailty : ndarray, shape (draw,)
    size_sd : ndarray, shape (kind of change, draw)
        Of the log of the log-ratio; of the log-ratio itself for a further sale.
    term : ndarray, shape (process, draw, term group)
        What kinds of contract add; leaving has `exit` for that.
    size_term : ndarray, shape (kind of change, draw, term group)
    down : ndarray, shape (draw, term group)
        Probability that an amendment goes down.
    price : ndarray, shape (3, draw)
        Probability that a flat renewal carries another price; mean and sd of its log-ratio.
    """

    exit: np.ndarray
    tenure: np.ndarray
    shock: np.ndarray
    fade: np.ndarray
    frailty: np.ndarray
    size_sd: np.ndarray
    term: np.ndarray
    size_term: np.ndarray
    down: np.ndarray
    price: np.ndarray


class LineBatch(NamedTuple):
    """Lines that are simulated together, account by account.

    Parameters
    ----------
    key : ndarray of uint64, shape (line,)
    begin : ndarray of int, shape (account + 1,)
        Where the lines of each account begin.
    cents, tenure, to_end, term : ndarray of int64, shape (line,)
        Yearly revenue; months since the start and until the term's end, in the first month to
        come; months of a term.
    term_group : ndarray of int, shape (line,)
        0 for month to month, else 1 to 4, see `core.names.TERM_GROUPS`.
    level : ndarray of int, shape (line, grouping)
    own, strength : ndarray of float32, shape (process, draw, line)
    size_own : ndarray of float32, shape (kind of change, draw, line)
    survived : ndarray of float32, shape (draw, line)
    signed : ndarray of int64, shape (line, step, 8)
        See `forecast.simulation.lines.Lines`.
    """

    key: np.ndarray
    begin: np.ndarray
    cents: np.ndarray
    tenure: np.ndarray
    to_end: np.ndarray
    term: np.ndarray
    term_group: np.ndarray
    level: np.ndarray
    own: np.ndarray
    strength: np.ndarray
    size_own: np.ndarray
    survived: np.ndarray
    signed: np.ndarray


class InterventionArrays(NamedTuple):
    """What a plan or a scenario changes, in full shape; see `simulation.intervention`."""

    log_rate_shift: np.ndarray
    renewal_price: np.ndarray
    amend: np.ndarray
    sale: np.ndarray


class Totals(NamedTuple):
    """What is summed up while the months pass.

    Parameters
    ----------
    flow : ndarray of int64, shape (draw, level, month, movement)
        Signed cents.
    kept : ndarray of int64, shape (draw, level, month, measure)
        By how much each measure changes in the month.
    account : ndarray of int64, shape (draw, account, month)
        Cents at the month's end, further products included.
    line : ndarray of int64, shape (draw, line, month)
        Of the lines themselves; of length 0 along draws when nobody asks.
    alive : ndarray of float32, shape (draw, line, month)
        Probability that the line still runs, its own luck and frailty integrated out; likewise.
    """

    flow: np.ndarray
    kept: np.ndarray
    account: np.ndarray
    line: np.ndarray
    alive: np.ndarray


class Scratch(NamedTuple):
    """Space to work in: one value per month, and arrays of length 0."""

    account: np.ndarray
    track: np.ndarray
    lost: np.ndarray
    nothing: np.ndarray
    unsigned: np.ndarray


class LineStart(NamedTuple):
    """A line on the day that its course begins."""

    random_stream: np.uint64
    month: int
    cents: int | np.integer
    tenure: int
    to_end: int
    term: int
    term_group: int
    survived: float


@_jit
def book_movement(flow, level, j, month, kind, cents):
    """Book a movement under every grouping."""
    for g in range(level.shape[1]):
        flow[level[j, g], month, kind] += cents


@_jit
def _resize(flow, level, j, month, cents):
    """Book a change of quantity."""
    book_movement(flow, level, j, month, EXPANSION if cents > 0 else CONTRACTION, cents)


@_jit
def _rate(world, group, intervention, process, d, j, h):
    faded = group.strength[process, d, j] * world.fade[process, d, h]
    return group.own[process, d, j] + faded + intervention.log_rate_shift[process, d, j, h]


@_jit
def _rate_by_term(world, group, intervention, process, d, j, h, term_group):
    return _rate(world, group, intervention, process, d, j, h) + world.term[process, d, term_group]


@_jit
def _size(world, group, kind, d, j, term_group, z):
    """Return the log-ratio of a change, without its sign."""
    mean = group.size_own[kind, d, j] + world.size_term[kind, d, term_group]
    return np.exp(min(mean + world.size_sd[kind, d] * z, _MOST))


@_jit
def _worth(cents, log_ratio):
    """Return the cents after a change: at least one, since a line that is worth nothing is gone."""
    after = np.rint(cents * np.exp(min(max(log_ratio, -_MOST), _MOST)))
    return np.int64(min(max(after, 1.0), _MOST_CENTS))


@_jit
def _renewed(world, group, intervention, d, j, h, random_stream, term, cents):
    """Return the cents after a renewal, and the movement that it is."""
    down = np.exp(min(_rate_by_term(world, group, intervention, CONTRACT_IDX, d, j, h, term), _TOP))
    up = np.exp(min(_rate_by_term(world, group, intervention, EXPAND_IDX, d, j, h, term), _TOP))
    which = uniform(random_stream, _OUTCOME, h) * (1 + down + up)
    if which < down + up:
        size = BY_CONTRACTION if which < down else BY_EXPANSION
        z = normal(random_stream, _SIZE, h)
        ratio = _size(world, group, size, d, j, term, z)
        if size == BY_CONTRACTION:
            return _worth(cents, -ratio), CONTRACTION
        return _worth(cents, ratio), EXPANSION
    change = 0.0
    if uniform(random_stream, _RISES, h) < world.price[0, d]:
        change = world.price[1, d] + world.price[2, d] * normal(random_stream, _PRICE, h)
    return _worth(cents, change), PRICE


@_jit
def _amended(world, group, d, j, random_stream, term, count, cents):
    z = normal(random_stream, _AMOUNT, count)
    ratio = _size(world, group, BY_AMENDMENT, d, j, term, z)
    if uniform(random_stream, _DOWN, count) < world.down[d, term]:
        ratio = -ratio
    return _worth(cents, ratio)


@_jit
def _begun(flow, level, j, h, step, cents):
    """Book the change to what is signed, and return its cents."""
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


@_jit
def _by_chance(
    world, group, intervention, d, j, h, random_stream, term_group, leaves, ends, amended, flow,
    cents,
):  # fmt: skip
    """Return the cents after a month that nothing signed decides, and how amendments stand.

    These are the cumulative rate, the point at which the next one comes, and how many came.
    """
    before = cents
    due, wait, count = amended
    if leaves:
        book_movement(flow, group.level, j, h, CHURN, -cents)
        cents = 0
    elif ends:
        cents, what = _renewed(
            world, group, intervention, d, j, h, random_stream, term_group, cents
        )
        book_movement(flow, group.level, j, h, what, cents - before)
    else:
        eta = _rate_by_term(world, group, intervention, AMEND_IDX, d, j, h, term_group)
        due += np.exp(min(eta, _TOP))
        if due >= wait:
            cents = _amended(world, group, d, j, random_stream, term_group, count, cents)
            count += 1
            wait = due - np.log(uniform(random_stream, _WAIT, count))
            _resize(flow, group.level, j, h, cents - before)
    return cents, (due, wait, count)


@_jit
def _leaving(world, group, intervention, d, j, h, term_group, ends, tenure):
    """Return the hazard of leaving in a month."""
    kind = 0 if term_group == 0 else term_group + (0 if ends else 4)
    tenure = min(tenure, world.tenure.shape[1] - 1)
    eta = world.exit[d, kind] + world.tenure[d, tenure] + world.shock[d, h]
    return np.exp(min(eta + _rate(world, group, intervention, LEAVE_IDX, d, j, h), _TOP))


@_jit
def _planned(group, intervention, d, j, h, renews, flow, cents):
    """Return the cents after what a plan does to price and quantity."""
    # A new price list meets whoever renews, smaller and larger contracts as well as flat ones.
    if cents > 0 and renews and intervention.renewal_price[j, h] != 0:
        before = cents
        cents = _worth(cents, intervention.renewal_price[j, h])
        book_movement(flow, group.level, j, h, PRICE, cents - before)
    if cents > 0 and intervention.amend[d, j, h] != 0:
        before = cents
        cents = _worth(cents, intervention.amend[d, j, h])
        _resize(flow, group.level, j, h, cents - before)
    return cents


@_jit
def steps_of(signed):
    """Return how many steps of a line are real: those of another line may be more."""
    count = 0
    while count < len(signed) and signed[count, BEGINS] >= 0:
        count += 1
    return count


@_jit
def simulate_line(world, group, intervention, d, j, start, signed, planned, flow, track, alive):
    """Follow one line from its start to the horizon.

    Fills `track` with its cents at each month's end and `alive` with the probability that it still
    runs, and books its movements. `signed` holds its own steps; `planned` tells whether a plan's
    prices and seats are its own.
    """
    months = len(track)
    frailty, survived = world.frailty[d], start.survived
    u = uniform(start.random_stream, _LEAVES, 0)
    limit = cumulative_hazard(survived, u, frailty)
    hazard, amended = 0.0, (0.0, -np.log(uniform(start.random_stream, _WAIT, 0)), 0)
    cents, to_end = start.cents, start.to_end
    term, term_group, born = start.term, start.term_group, start.month - start.tenure
    step, steps = 0, steps_of(signed)
    for h in range(start.month, months):
        begins = step < steps and signed[step, BEGINS] == h
        sure = begins or (step < steps and signed[step, SURE] == 1)
        ends = to_end == 0 and term_group > 0 and not sure
        if begins and signed[step, SURE] == 0:
            # After a hole it is another subscription, whose own luck and tenure begin here.
            survived, hazard, born = 0.0, 0.0, h
            u = uniform(start.random_stream, _LEAVES, step + 1)
            limit = cumulative_hazard(survived, u, frailty)
        if not sure:
            hazard += _leaving(world, group, intervention, d, j, h, term_group, ends, h - born)
        if len(alive) > 0:
            alive[h] = np.exp(log_conditional_survival(survived, hazard, frailty))
        elif cents == 0 and step == steps:
            break
        to_end = term - 1 if ends else to_end - 1
        if begins:
            cents = _begun(flow, group.level, j, h, signed[step], cents)
            to_end, term = signed[step, TO_END], signed[step, TERM]
            term_group = signed[step, TERM_GROUP]
            step += 1
            track[h] = cents
            continue
        if cents == 0:
            continue
        if not sure:
            leaves = hazard >= limit
            cents, amended = _by_chance(
                world, group, intervention, d, j, h, start.random_stream, term_group, leaves, ends,
                amended, flow, cents,
            )  # fmt: skip
        if planned:
            renews = ends or (term_group == 0 and not sure)
            cents = _planned(group, intervention, d, j, h, renews, flow, cents)
        track[h] = cents


@_jit
def simulate_further_sales(
    world, group, intervention, d, j, random_stream, since, quiet, flow, account, scratch, planned
):
    """Sell further products to an account, and follow each; `account` grows by them.

    In a month in which the account loses a line nothing further is sold to it, nor by chance before
    `quiet`: until then what it takes is signed.
    """
    months = len(account)
    wait, due, count = -np.log(uniform(random_stream, _SALE_WAIT, 0)), 0.0, 0
    track, lost = scratch.track, scratch.lost
    for h in range(since, months):
        if account[h] == 0:
            continue
        sale = intervention.sale[d, j, h] if planned else 0
        if h >= quiet:
            due += np.exp(min(_rate(world, group, intervention, CROSS_SELL_IDX, d, j, h), _TOP))
        if due >= wait and not lost[h]:
            z = normal(random_stream, _SALE_SIZE, count)
            mean = group.size_own[BY_CROSS_SELL, d, j]
            sale += _worth(account[h], mean + world.size_sd[BY_CROSS_SELL, d] * z)
            count += 1
            wait = due - np.log(uniform(random_stream, _SALE_WAIT, count))
        if sale > 0:
            book_movement(flow, group.level, j, h, EXPANSION, sale)
            child = stream(random_stream, np.uint64(h), 0)
            term = group.term[j]
            start = LineStart(child, h + 1, sale, 1, term - 1, term, group.term_group[j], 0.0)
            track[:] = 0
            track[h] = sale
            none = scratch.unsigned
            simulate_line(
                world, group, intervention, d, j, start, none, False, flow, track, scratch.nothing
            )
            for m in range(h, months):
                account[m] += track[m]


@_jit
def _note(kept, level, j, d, h, measure, by):
    if by != 0:
        for g in range(level.shape[1]):
            kept[d, level[j, g], h, measure] += by


@_jit
def _keep_line(group, d, j, track, kept):
    """Note in each month by how much the line's measures change in it."""
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
        _note(kept, group.level, j, d, h, LINE_NET, now - change)
        _note(kept, group.level, j, d, h, LINE_GROSS, loss - before)
        _note(kept, group.level, j, d, h, LINES_LOST, left - gone)
        _note(kept, group.level, j, d, h, ELIGIBLE_NET, due * now - eligible * change)
        _note(kept, group.level, j, d, h, ELIGIBLE_GROSS, due * loss - eligible * before)
        _note(kept, group.level, j, d, h, ELIGIBLE_LOST, due * left - eligible * gone)
        change, gone, eligible = now, left, due


@_jit
def _pass_months(seed, world, group, intervention, totals, scratch):
    months = world.shock.shape[1]
    track, lost = scratch.track, scratch.lost
    for d in range(world.exit.shape[0]):
        flow = totals.flow[d]
        for a in range(len(group.begin) - 1):
            account, opening, quiet = totals.account[d, a], np.int64(0), np.int64(0)
            lost[:] = False
            for j in range(group.begin[a], group.begin[a + 1]):
                random_stream = stream(seed, group.key[j], d)
                start = LineStart(
                    random_stream,
                    0,
                    group.cents[j],
                    group.tenure[j],
                    group.to_end[j],
                    group.term[j],
                    group.term_group[j],
                    np.float64(group.survived[d, j]),
                )
                track[:] = 0
                alive = totals.alive[d, j] if totals.alive.shape[0] > 0 else scratch.nothing
                signed = group.signed[j]
                simulate_line(
                    world, group, intervention, d, j, start, signed, True, flow, track, alive
                )
                if group.cents[j] == 0 and steps_of(signed) > 0:
                    quiet = max(quiet, signed[0, BEGINS] + 1)
                _keep_line(group, d, j, track, totals.kept)
                opening += group.cents[j]
                before = group.cents[j]
                for h in range(months):
                    account[h] += track[h]
                    lost[h] |= before > 0 and track[h] == 0
                    before = track[h]
                    if totals.line.shape[0] > 0:
                        totals.line[d, j, h] = track[h]
            j = group.begin[a]
            random_stream = stream(seed, group.key[j], d)
            simulate_further_sales(
                world,
                group,
                intervention,
                d,
                j,
                random_stream,
                0,
                quiet,
                flow,
                account,
                scratch,
                True,
            )
            before, gone = np.int64(0), 0
            for h in range(months):
                loss, left = min(account[h] - opening, 0), 1 if account[h] == 0 else 0
                if loss != before:
                    _note(totals.kept, group.level, j, d, h, ACCOUNT_GROSS, loss - before)
                    _note(totals.kept, group.level, j, d, h, ACCOUNTS_LOST, left - gone)
                    before, gone = loss, left


def simulate_months(
    seed: int,
    world: SharedParameters,
    group: LineBatch,
    intervention: InterventionArrays,
    totals: Totals,
) -> None:
    """Follow all lines of a group through all months in every draw; fills `totals`."""
    _pass_months(np.uint64(seed), world, group, intervention, totals, _scratch(world))


def _scratch(world: SharedParameters) -> Scratch:
    months = world.shock.shape[1]
    account, track = np.zeros((2, months), np.int64)
    nothing, unsigned = np.empty(0, np.float32), np.empty((0, N_SIGNED), np.int64)
    return Scratch(account, track, np.zeros(months, np.bool_), nothing, unsigned)


class Arrivals(NamedTuple):
    """Customers to come, by source (a segment, or those who return) and month.

    Parameters
    ----------
    key : ndarray of uint64, shape (source,)
    count : ndarray of int64, shape (draw, source, month)
    size_mean, size_sd : ndarray, shape (draw, source)
        Of the log of the first yearly revenue, in the currency's units.
    movement : ndarray of int, shape (source,)
        NEW or REACTIVATION.
    term_share : ndarray, shape (source, term)
        Cumulative shares of terms, up to 1.
    term, term_group : ndarray of int, shape (term,)
    """

    key: np.ndarray
    count: np.ndarray
    size_mean: np.ndarray
    size_sd: np.ndarray
    movement: np.ndarray
    term_share: np.ndarray
    term: np.ndarray
    term_group: np.ndarray


@_jit
def _pick(share, s, random_stream):
    which = 0
    while which < share.shape[1] - 1 and random_stream > share[s, which]:
        which += 1
    return which


@_jit
def _receive(seed, world, group, intervention, arrivals, flow, closing, scratch):
    months = world.shock.shape[1]
    account, nothing = scratch.account, scratch.nothing
    for d in range(world.exit.shape[0]):
        for s in range(len(arrivals.key)):
            source = stream(seed, arrivals.key[s], d)
            for h in range(months):
                for i in range(arrivals.count[d, s, h]):
                    random_stream = stream(source, np.uint64(i), h)
                    z = normal(random_stream, _FIRST_SIZE, 0)
                    size = arrivals.size_mean[d, s] + arrivals.size_sd[d, s] * z
                    cents = max(np.int64(np.rint(100 * np.exp(min(size, 25.0)))), 1)
                    which = _pick(arrivals.term_share, s, uniform(random_stream, _TERM, 0))
                    term, term_group = arrivals.term[which], arrivals.term_group[which]
                    group.term[s], group.term_group[s] = term, term_group
                    book_movement(flow[d], group.level, s, h, arrivals.movement[s], cents)
                    account[:] = 0
                    account[h] = cents
                    start = LineStart(
                        random_stream, h + 1, cents, 1, term - 1, term, term_group, 0.0
                    )
                    none = scratch.unsigned
                    simulate_line(
                        world,
                        group,
                        intervention,
                        d,
                        s,
                        start,
                        none,
                        False,
                        flow[d],
                        account,
                        nothing,
                    )
                    _note_losses(account, h, scratch.lost)
                    simulate_further_sales(
                        world,
                        group,
                        intervention,
                        d,
                        s,
                        random_stream,
                        h + 1,
                        0,
                        flow[d],
                        account,
                        scratch,
                        False,
                    )
                    for m in range(h, months):
                        closing[d, m] += account[m]


@_jit
def _note_losses(account, since, lost):
    lost[:] = False
    for h in range(since + 1, len(account)):
        lost[h] = account[h - 1] > 0 and account[h] == 0


def simulate_arrivals(
    seed: int,
    world: SharedParameters,
    group: LineBatch,
    intervention: InterventionArrays,
    arrivals: Arrivals,
    flow: np.ndarray,
) -> np.ndarray:
    """Let customers arrive and follow each.

    Parameters
    ----------
    seed : int
    world : SharedParameters
    group : LineBatch
        One line per source.
    intervention : InterventionArrays
    arrivals : Arrivals
    flow : ndarray of int64, shape (draw, level, month, movement)
        Their movements are added here.

    Returns
    -------
    ndarray of int64, shape (draw, month)
        What they are worth at each month's end.
    """
    closing = np.zeros(world.shock.shape, np.int64)
    _receive(np.uint64(seed), world, group, intervention, arrivals, flow, closing, _scratch(world))
    return closing
