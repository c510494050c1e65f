"""What becomes of customers, month by month: one compiled pass over draws and accounts.

Each month a line (an account's subscription to one product) may leave; a fixed term that ends is
renewed smaller, flat or larger, and a flat renewal may carry another price; within a term its
quantity may be amended (`changes`, `line`); and the account may take a further product
(`further_products`). Until what is signed has begun, a line follows it, in every draw alike. Money
is whole cents of yearly revenue throughout, so sums are exact, whatever their order: opening +
movements = closing in every draw. Chance is by name (`random_numbers`).
"""

from __future__ import annotations

import numpy as np

from workbench.forecast.simulation.arrays import (
    InterventionArrays,
    LineBatch,
    LineStart,
    SharedParameters,
    Totals,
    compiled,
    scratch_for,
)
from workbench.forecast.simulation.further_products import simulate_further_sales
from workbench.forecast.simulation.line import simulate_line, steps_of
from workbench.forecast.simulation.lines import BEGINS
from workbench.forecast.simulation.measures import ACCOUNT_GROSS, ACCOUNTS_LOST, keep, keep_line
from workbench.forecast.simulation.random_numbers import stream


@compiled
def _pass_months(seed, shared, group, intervention, totals, scratch):
    months = shared.shock.shape[3]
    track, lost = scratch.track, scratch.lost
    for d in range(shared.exit.shape[0]):
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
                    shared, group, intervention, d, j, start, signed, True, flow, track, alive
                )
                if group.cents[j] == 0 and steps_of(signed) > 0:
                    quiet = max(quiet, signed[0, BEGINS] + 1)
                keep_line(group, d, j, track, totals.kept)
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
                shared,
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
                    keep(totals.kept, group.level, j, d, h, ACCOUNT_GROSS, loss - before)
                    keep(totals.kept, group.level, j, d, h, ACCOUNTS_LOST, left - gone)
                    before, gone = loss, left


def simulate_months(
    seed: int,
    shared: SharedParameters,
    group: LineBatch,
    intervention: InterventionArrays,
    totals: Totals,
) -> None:
    """Follow all lines of a group through all months in every draw; fills `totals`.

    Parameters
    ----------
    seed : int, 0 or more
        With the keys of the lines it fixes every random number.
    shared : SharedParameters
    group : LineBatch
        Lines of one account side by side.
    intervention : InterventionArrays
    totals : Totals
        Zero before; filled in place.
    """
    _pass_months(np.uint64(seed), shared, group, intervention, totals, scratch_for(shared))
