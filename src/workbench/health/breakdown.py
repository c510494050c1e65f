"""Why a score is what it is: six groups of factors, in shares of the score, exactly.

With six groups there are 2**6 = 64 sets, so nothing is sampled: group g gets the mean, over all
orders in which the groups could come in, of what the score changes when g does,

    phi_g = sum over sets s without g of  |s|! (5 - |s|)! / 6!  (S(s and g) - S(s)),

with S(s) the probability to renew when the groups in s stand as they do today and the others as the
average customer's (Shapley 1953, A value for n-person games). In every draw the six sum to the
score less that of the reference.
"""

from __future__ import annotations

from math import factorial

import numpy as np

from workbench.core.compiled import jit
from workbench.forecast.posterior.frailty import compiled_log_survival
from workbench.forecast.simulation.lines import Lines
from workbench.health.factors import FACTORS
from workbench.health.strength import Decisions, by_account

_N = len(FACTORS)
_WEIGHT = np.array(
    [factorial(size) * factorial(_N - 1 - size) / factorial(_N) for size in range(_N)]
)


def factor_parts(decided: Decisions) -> np.ndarray:
    """Return what each group of factors adds to every line's probability to renew.

    Parameters
    ----------
    decided : Decisions

    Returns
    -------
    ndarray, shape (factor, draw, line)
        Shares, -1 to 1; they sum to ``renews() - reference()`` in every draw.
    """
    parts = _shapley(
        np.exp(decided.base), np.exp(decided.part), decided.survived, decided.frailty, _WEIGHT
    )
    parts[:, :, decided.leaves] = 0.0
    return parts


def account_parts(decided: Decisions, lines: Lines) -> np.ndarray:
    """Return the same for accounts, shape (factor, draw, account).

    Parameters
    ----------
    decided : Decisions
        Of these lines.
    lines : Lines
        Whole accounts.
    """
    return by_account(lines, factor_parts(decided))


@jit(error_model="numpy", nogil=True)
def _shapley(base, part, survived, frailty, weight):
    groups, draws, lines = part.shape
    sets = 1 << groups
    size = np.zeros(sets, np.int64)
    for s in range(1, sets):
        size[s] = size[s >> 1] + (s & 1)
    out = np.zeros((groups, draws, lines))
    hazard = np.empty(sets)
    renews = np.empty(sets)
    for d in range(draws):
        for i in range(lines):
            hazard[0] = base[d, i]
            for g in range(groups):
                first = 1 << g
                for s in range(first):
                    hazard[first + s] = hazard[s] * part[g, d, i]
            for s in range(sets):
                renews[s] = np.exp(compiled_log_survival(survived[d, i], hazard[s], frailty[d]))
            for g in range(groups):
                bit = 1 << g
                total = 0.0
                for s in range(sets):
                    if not s & bit:
                        total += weight[size[s]] * (renews[s | bit] - renews[s])
                out[g, d, i] = total
    return out
