"""Forecast inputs: posterior draws, months to come and chance, as the simulation reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import nbinom

from workbench.core.calendar import quarter_number
from workbench.core.errors import ParameterError, Problem
from workbench.core.processes import LEAVE_IDX, REVENUE_PROCESSES
from workbench.core.revenue_names import TERM_KINDS
from workbench.features.design import Coding
from workbench.features.standing import SEGMENT, usual_position
from workbench.forecast.posterior.revenue import Effects, RevenueDraws, Reversion
from workbench.forecast.posterior.survival import Draws, shocks_ahead
from workbench.forecast.simulation.arrays import LineBatch, SharedParameters
from workbench.forecast.simulation.arrivals import Arrivals
from workbench.forecast.simulation.lines import Lines, coded_segments, term_groups
from workbench.forecast.simulation.measures import NEW, REACTIVATION
from workbench.forecast.simulation.random_numbers import FOR_SHOCK, key_of, normals


@dataclass(frozen=True)
class ForecastInputs:
    """What a forecast of any part of the book rests on.

    Parameters
    ----------
    hazard : Draws
    revenue : RevenueDraws
        As many draws.
    coding : Coding
        Of the rows that the models were fitted to.
    first_month : int
        Number of the first month to come.
    months : int
    seed : int
        The same seed gives the same random numbers, whatever else changes.
    """

    hazard: Draws
    revenue: RevenueDraws
    coding: Coding
    first_month: int
    months: int
    seed: int

    def __post_init__(self) -> None:
        if len(self.hazard) != len(self.revenue):
            problem = Problem(
                "the two posteriors differ in draws",
                "revenue",
                str(len(self.hazard)),
                str(len(self.revenue)),
                "Read both with the same number of draws.",
            )
            raise ParameterError("A forecast pairs the draws of its models.", [problem])

    def __len__(self) -> int:
        return len(self.hazard)

    @cached_property
    def shared(self) -> SharedParameters:
        """What all lines share; shocks of quarters to come are drawn here, once for all."""
        revenue = self.revenue
        # A signal read today is as fresh in the first month to come as at a lead of 0.
        lead = np.arange(self.months)
        fades, shocks = [part.fade for part in self.predictors], self._shocks()
        return SharedParameters(
            exit=np.ascontiguousarray(self.hazard.exit, "float64"),
            tenure=np.ascontiguousarray(self.hazard.tenure, "float64"),
            shock=np.stack([_loaded(part, shocks) for part in self.predictors]),
            fade=np.stack([fade[:, None] ** lead for fade in fades]),
            frailty=np.ascontiguousarray(self.hazard.frailty, "float64"),
            size_sd=np.ascontiguousarray(revenue.size_sd, "float64"),
            term=np.ascontiguousarray([part.term for part in self.predictors], "float64"),
            size_term=np.ascontiguousarray(revenue.size_term, "float64"),
            down=np.ascontiguousarray(revenue.amend_down, "float64"),
            price=np.stack([revenue.price_share, revenue.price_mean, revenue.price_sd]),
            most_size=float(revenue.most_size),
            reversion=np.ascontiguousarray(self._reversion.log_odds, "float64"),
            size_reversion=np.ascontiguousarray(self._reversion.size, "float64"),
        )

    def group(self, lines: Lines, survived: np.ndarray, level: np.ndarray) -> LineBatch:
        """Return lines as the course follows them.

        Parameters
        ----------
        lines : Lines
        survived : ndarray, shape (draw, line)
            Cumulative hazard so far.
        level : ndarray of int, shape (line, grouping)

        Returns
        -------
        Group
        """
        parts = self.predictors
        return LineBatch(
            key=lines.key,
            begin=lines.begin,
            cents=lines.cents,
            tenure=lines.tenure_months,
            to_end=lines.months_to_end,
            term=lines.term_months,
            term_group=lines.term_group,
            level=np.ascontiguousarray(level, "int64"),
            shaken=np.ascontiguousarray(self.coding.shaken_idx(lines.group_idx), "int64"),
            usual=np.log(100) + self._usual(lines.group_idx),
            own=np.stack([_own(part, lines) for part in parts]),
            strength=np.stack(
                [_single(part.signal) @ _single(lines.signal_value.T) for part in parts]
            ),
            size_own=np.stack(
                [self._size(kind, lines.group_idx) for kind in range(len(REVENUE_PROCESSES))]
            ),
            survived=_single(survived),
            signed=np.ascontiguousarray(lines.signed),
        )

    def newcomers(self, level: np.ndarray, source: tuple[str, ...] | None = None) -> LineBatch:
        """Return one line per source of new customers, average but for its segment.

        Parameters
        ----------
        level : ndarray of int, shape (source, grouping)
        source : tuple of str, optional
            Segments; left out, those of the count of new customers.
        """
        source = self.revenue.new.source if source is None else source
        n, nothing = len(source), len(self.coding.flat_levels)
        group_idx = np.full((n, len(self.coding.groupings)), nothing)
        if SEGMENT in self.coding.groupings:
            at = self.coding.groupings.index(SEGMENT)
            group_idx[:, at] = coded_segments(self.coding, SEGMENT, np.asarray(source, object))
        names = np.asarray([f"new: {name}" for name in source], dtype=object)
        zero = np.zeros(n, dtype="int64")
        lines = Lines(
            subscription_id=names,
            account_id=names,
            product=names,
            cents=zero,
            tenure_months=zero,
            months_to_end=zero,
            term_months=zero.copy(),
            term_group=zero.copy(),
            attribute_value=np.zeros((n, self.hazard.attribute.shape[1])),
            group_idx=group_idx,
            signal_value=np.zeros((n, self.hazard.signal.shape[1])),
        )
        return self.group(lines, np.zeros((len(self), n)), level)

    def arrivals(self, factor: np.ndarray | None = None) -> Arrivals:
        """Draw how many customers come from each source in each month.

        Parameters
        ----------
        factor : ndarray, optional
            On the expected number, broadcast to (draw, source, month).

        Returns
        -------
        Arrivals
        """
        new = self.revenue.new
        key = key_of([f"new: {name}" for name in new.source])
        rate = new.rate * (1.0 if factor is None else factor)
        if new.loading is not None:
            shaken = np.exp(new.loading[:, None] * self.shared.shock[LEAVE_IDX, :, -1])
            rate = np.where(new.returning[:, None], rate, rate * shaken[:, None])
        counts = np.stack(
            [self._counts(int(k), rate[:, s], new.dispersion[:, s]) for s, k in enumerate(key)],
            axis=1,
        )
        return Arrivals(
            key=key,
            count=counts,
            size_mean=np.ascontiguousarray(new.size_mean, "float64"),
            size_sd=np.ascontiguousarray(new.size_sd, "float64"),
            movement=np.where(new.returning, REACTIVATION, NEW),
            term_share=np.minimum(np.cumsum(new.term_share, axis=1), 1.0),
            term=np.asarray(new.term_months, "int64"),
            term_group=term_groups(new.term_months, new.month_to_month),
        )

    @property
    def predictors(self) -> tuple[Effects, ...]:
        """Predictors of `core.processes.PROCESSES`, in their order; leaving has no base."""
        hazard, revenue = self.hazard, self.revenue
        leave = Effects(
            base=np.zeros(len(self)),
            attribute=hazard.attribute,
            group=hazard.group,
            signal=hazard.signal,
            fade=hazard.fade,
            term=np.zeros((len(self), len(TERM_KINDS))),
            loading=np.ones(len(self)),
        )
        return leave, *(getattr(revenue, process) for process in REVENUE_PROCESSES)

    def _shocks(self) -> np.ndarray:
        """Return the shocks of leaving in the months to come, shape (draw, level + 1, month).

        Quarters after the last that was seen are drawn one by one, those between it and the first
        to come among them.
        """
        quarter = quarter_number(np.arange(self.first_month, self.first_month + self.months))
        seen, hazard = self.coding.quarters, self.hazard
        first = seen[-1] + 1 if seen else int(quarter[0])
        unseen = np.arange(first, int(quarter[-1]) + 1)
        keys = [key_of([f"{level} {q}" for q in unseen]) for level in self.coding.shaken_levels]
        new = normals(self.seed, np.append(keys, unseen).astype("uint64"), len(self), FOR_SHOCK)
        # None is unseen where all months to come lie in the quarter of the last that was seen.
        levels = len(self.coding.shaken_levels) + 1
        ahead = shocks_ahead(hazard, new.reshape(len(self), levels, len(unseen)))
        every = np.concatenate([hazard.shock[..., :-1], ahead], axis=2)
        return every[..., quarter - (seen[0] if seen else first)]

    @cached_property
    def _reversion(self) -> Reversion:
        """What standing does; nothing, where the draws know of none."""
        kinds = len(REVENUE_PROCESSES), len(self)
        none = Reversion(np.zeros((3, len(self))), np.zeros(kinds), np.zeros(1))
        return self.revenue.reversion or none

    def _usual(self, group_idx: np.ndarray) -> np.ndarray:
        usual = self._reversion.usual
        position = usual_position(self.coding, group_idx)
        return usual[np.minimum(position, len(usual) - 1)]

    def _counts(self, key: int, rate: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        """Draw counts by their quantiles, so that a higher rate never brings fewer."""
        rng = np.random.default_rng([self.seed, key])
        size = alpha[:, None]
        return nbinom.ppf(rng.random(rate.shape), size, size / (size + rate)).astype("int64")

    def _size(self, kind: int, group_idx: np.ndarray) -> np.ndarray:
        revenue = self.revenue
        size = np.repeat(_single(revenue.size_mean[kind][:, None]), len(group_idx), axis=1)
        for column in group_idx.T:
            size += _single(revenue.size_group[kind][:, column])
        return size


def _loaded(part: Effects, shocks: np.ndarray) -> np.ndarray:
    if part.loading is None:
        return np.zeros_like(shocks)
    return part.loading[:, None, None] * shocks


def _own(part: Effects, lines: Lines) -> np.ndarray:
    own = _single(part.base[:, None]) + _single(part.attribute) @ _single(lines.attribute_value.T)
    for column in lines.group_idx.T:
        own += _single(part.group[:, column])
    return own


def _single(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, dtype="float32")
