"""What the next contract is expected to be worth, in closed form, and how that leans on predictors.

Of a line that is worth 1 today and whose term ends in month m, in one draw,

    value = S K R,    S = ((1 + theta (P + A)) / (1 + theta P)) ** (-1 / theta),
    K = product over the months before m of (1 + (1 - exp(-a)) E[exp(J) - 1]),
    R = (F + exp(c) E[exp(-X)] + exp(e) E[exp(Y)]) / (1 + exp(c) + exp(e)),

with A the hazard of leaving until and with month m, P what was survived, a the rate of amendments
in a month and J their log-ratios, c and e the logits of a smaller and a larger next contract, X and
Y their log-ratios and F the expected ratio of a flat one. It is the mean of what
`forecast.simulation.months` draws, but for rounding. A month-to-month line renews itself: its next
contract is the month to come, with R = 1. A renewal that is signed is certain: the value is what
was signed.

Against an average customer with the same contract the difference is shared out among the predictors
by the integral of the slopes along the straight way from one to the other (Aumann & Shapley 1974,
Values of Non-Atomic Games; Sundararajan, Taly & Yan 2017, arXiv:1703.01365, eq. 1). Each predictor
is a sum over drivers, so what the drivers get adds up to the difference, without remainder.
"""

from __future__ import annotations

from dataclasses import dataclass

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
from workbench.forecast.posterior.frailty import conditional_survival
from workbench.forecast.revenue.predictor_position import (
    N_PREDICTORS,
    SIZED,
    PredictorPosition,
)
from workbench.forecast.simulation.arrays import LineBatch
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import signed_worth, sure_until

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(24)
_SHARES = _WEIGHTS / _WEIGHTS.sum()
_LEGENDRE = np.polynomial.legendre.leggauss(6)
_WAY, _STEPS = 0.5 * (_LEGENDRE[0] + 1), 0.5 * _LEGENDRE[1]


@dataclass(frozen=True)
class ContractValue:
    """Value per unit of today's revenue, and its slopes.

    Parameters
    ----------
    value : ndarray, shape (draw, line)
    renews : ndarray, shape (draw, line)
        Probability that the line is still there after it.
    slope : PredictorPosition
        Of the value, by each predictor.
    """

    value: np.ndarray
    renews: np.ndarray
    slope: PredictorPosition


@dataclass(frozen=True)
class NextContract:
    """The next contracts of some lines.

    Parameters
    ----------
    inputs : ForecastInputs
        Its months must reach every renewal.
    group : LineBatch
        The lines as the course follows them.
    """

    inputs: ForecastInputs
    group: LineBatch

    @property
    def standing(self) -> PredictorPosition:
        """Where the lines' predictors stand."""
        group, n = self.group, N_PREDICTORS
        wide = (group.own[:n], group.strength[:n], group.size_own[list(SIZED)])
        return PredictorPosition(*(values.astype("float64") for values in wide))

    def renews(self, at: PredictorPosition) -> np.ndarray:
        """Return the probability that each line is still there after it, shape (draw, line).

        Parameters
        ----------
        at : PredictorPosition
            Of all lines of the batch.
        """
        ahead = self._leaving_rate(at).sum(axis=2)
        return conditional_survival(self.group.survived, ahead, self.inputs.shared.frailty[:, None])

    def _leaving_rate(self, at: PredictorPosition) -> np.ndarray:
        """Return the hazard of leaving until and with the renewal, shape (draw, line, month)."""
        ends = self.group.to_end[:, None]
        month = np.arange(ends.max(initial=0) + 1)
        fade = self.inputs.shared.fade[LEAVE_IDX][:, None, : len(month)]
        eta = at.own[LEAVE_IDX][..., None] + at.strength[LEAVE_IDX][..., None] * fade
        by_chance = month > sure_until(self.group.signed)[:, None]
        return np.exp(eta + self._contract(month)) * ((month <= ends) & by_chance)

    def worth(self, at: PredictorPosition) -> ContractValue:
        """Return the value of each line's next contract, were its predictors there.

        Parameters
        ----------
        at : PredictorPosition
            Of all lines of the batch.
        """
        shared, group = self.inputs.shared, self.group
        due = group.to_end.max(initial=0) + 1
        month, ends = np.arange(due), group.to_end[:, None]
        sure = sure_until(group.signed)[:, None]
        by_chance = month > sure
        monthly = group.term_group[:, None] == 0
        fade = shared.fade[:, :, None, :due]
        rate, renews = self._leaving_rate(at), self.renews(at)
        theta = np.maximum(shared.frailty, 1e-8)[:, None]
        leaves = -1 / (1 + theta * group.survived + theta * rate.sum(axis=2))
        own = at.own[AMEND_IDX] + shared.term[AMEND_IDX][:, group.term_group]
        eta = own[..., None] + at.strength[AMEND_IDX][..., None] * fade[AMEND_IDX]
        eta = eta + self._shock(month)[AMEND_IDX]
        within = ((month < ends) | (monthly & (month == 0))) & by_chance
        often = np.exp(np.minimum(eta, 30.0)) * within
        jump, jump_slope = self._jump(at)
        hit = -np.expm1(-often)
        grown = 1 + hit * jump[..., None]
        amended = often * np.exp(-often) / grown
        ratio, by_logit, by_size = self._renewal(at)
        open_still = (sure < ends)[:, 0]
        ratio = np.where(open_still, ratio, 1.0)
        by_logit, by_size = (tuple(open_still * s for s in part) for part in (by_logit, by_size))
        value = renews * grown.prod(axis=2) * ratio * self._signed_ratio(sure, ends)
        at_end = np.take_along_axis(shared.fade, group.to_end[None, None], axis=2)
        own = np.stack([leaves * rate.sum(axis=2), *by_logit, jump * amended.sum(axis=2)])
        signal = np.stack(
            [
                leaves * (rate * fade[LEAVE_IDX]).sum(axis=2),
                by_logit[0] * at_end[CONTRACT_IDX],
                by_logit[1] * at_end[EXPAND_IDX],
                jump * (amended * fade[AMEND_IDX]).sum(axis=2),
            ]
        )
        size = np.stack([*by_size, jump_slope * (hit / grown).sum(axis=2)])
        return ContractValue(
            value, renews, PredictorPosition(own * value, signal * value, size * value)
        )

    def slopes(self, start: PredictorPosition, end: PredictorPosition) -> PredictorPosition:
        """Return the mean slopes of the value along the straight way.

        Parameters
        ----------
        start : PredictorPosition
            Of all lines of the batch.
        end : PredictorPosition
            Likewise.
        """
        parts = [self.worth(start.towards(end, share)).slope for share in _WAY]
        names = ("own", "strength", "size")
        stacked = (np.stack([getattr(part, name) for part in parts]) for name in names)
        return PredictorPosition(*(np.tensordot(_STEPS, values, axes=1) for values in stacked))

    def _signed_ratio(self, sure: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return by how much what is signed until the renewal changes each line's worth."""
        group = self.group
        until = np.minimum(sure, ends)
        worth = signed_worth(group.signed, group.cents, int(ends.max(initial=0)) + 1)
        then = np.take_along_axis(worth, np.maximum(until, 0), axis=1)[:, 0]
        moved = (until[:, 0] >= 0) & (group.cents > 0)
        return np.where(moved, then / np.maximum(group.cents, 1), 1.0)

    def _contract(self, month: np.ndarray) -> np.ndarray:
        """Return what contract, tenure and quarter add to the log-hazard, (draw, line, month)."""
        shared, group = self.inputs.shared, self.group
        tenure = np.minimum(group.tenure[:, None] + month, shared.tenure.shape[1] - 1)
        ends = group.to_end[:, None] == month
        term = group.term_group[:, None]
        kind = np.where(term == 0, 0, term + np.where(ends, 0, 4))
        shock = self._shock(month)[LEAVE_IDX]
        return shared.exit[:, kind] + shared.tenure[:, tenure] + shock

    def _shock(self, month: np.ndarray) -> np.ndarray:
        """Return what shocks add to each process, (process, draw, line, month)."""
        return self.inputs.shared.shock[:N_PREDICTORS][:, :, self.group.shaken[:, None], month]

    @property
    def _standing(self) -> np.ndarray:
        """Where the lines stand today; `standing` is where their predictors do."""
        return np.log(np.maximum(self.group.cents, 1)) - self.group.usual

    def _jump(self, at: PredictorPosition) -> tuple[np.ndarray, np.ndarray]:
        shared, term = self.inputs.shared, self.group.term_group
        size = at.size[SIZED.index(BY_AMENDMENT)] + shared.size_term[BY_AMENDMENT][:, term]
        share, most, sd = shared.down[:, term], shared.most_size, shared.size_sd[BY_AMENDMENT]
        odds = share * np.exp(shared.reversion[2][:, None] * self._standing)
        down = odds / (1 - share + odds)
        place = shared.size_reversion[BY_AMENDMENT][:, None] * self._standing
        fewer, fewer_slope = expected_ratio(size + place, sd, -1, most)
        more, more_slope = expected_ratio(size - place, sd, 1, most)
        return down * fewer + (1 - down) * more - 1, down * fewer_slope + (1 - down) * more_slope

    def _renewal(
        self, at: PredictorPosition
    ) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Return R and the slopes of its logarithm, by the two logits and by the two sizes."""
        shared = self.inputs.shared
        fixed = self.group.term_group > 0
        faded = np.take_along_axis(shared.fade, self.group.to_end[None, None], axis=2)
        term = self.group.term_group
        eta = at.own + shared.term[:N_PREDICTORS, :, term] + at.strength * faded[:N_PREDICTORS]
        eta = eta + shared.shock[:N_PREDICTORS][:, :, self.group.shaken, self.group.to_end]
        place = shared.size_reversion[list(SIZED)][:, :, None] * self._standing
        size = at.size + shared.size_term[list(SIZED)][:, :, term]
        size = size + place * np.array([1.0, -1.0, 0.0])[:, None, None]
        log_odds = eta[[CONTRACT_IDX, EXPAND_IDX]]
        log_odds = log_odds + shared.reversion[:2][..., None] * self._standing
        odds = np.exp(np.minimum(log_odds, 30.0))
        chance = odds / (1 + odds.sum(axis=0))
        share, mean, sd = (part[:, None] for part in shared.price)
        flat, most = 1 - share + share * np.exp(mean + sd**2 / 2), shared.most_size
        less, less_slope = expected_ratio(size[0], shared.size_sd[BY_CONTRACTION], -1, most)
        more, more_slope = expected_ratio(size[1], shared.size_sd[BY_EXPANSION], 1, most)
        ratio = (1 - chance.sum(axis=0)) * flat + chance[0] * less + chance[1] * more
        slopes = (
            chance[0] * (less / ratio - 1) * fixed,
            chance[1] * (more / ratio - 1) * fixed,
            chance[0] * less_slope / ratio * fixed,
            chance[1] * more_slope / ratio * fixed,
        )
        return np.where(fixed, ratio, 1.0), slopes[:2], slopes[2:]


def expected_ratio(
    mean: np.ndarray, sd: np.ndarray, sign: int, most: float = MOST_LOG_RATIO
) -> tuple[np.ndarray, np.ndarray]:
    """Return E[exp(sign min(exp(mean + sd z), most))] over normal z, and its slope by the mean.

    Parameters
    ----------
    mean : ndarray, shape (draw, line)
    sd : ndarray, shape (draw,)
    sign : {-1, 1}
    most : float
        The largest log-ratio of a change.

    Examples
    --------
    >>> [round(float(part[0, 0]), 4) for part in expected_ratio(np.zeros((1, 1)), np.zeros(1), 1)]
    [2.7183, 2.7183]
    """
    size = np.exp(mean[..., None] + sd[:, None, None] * _NODES)
    ratio = np.exp(sign * np.minimum(size, most)) * _SHARES
    return ratio.sum(axis=2), sign * (ratio * size * (size < most)).sum(axis=2)
