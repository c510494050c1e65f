"""The contracts as they are written: opened, renewed, amended, closed."""

from __future__ import annotations

import numpy as np

from workbench.data.simulator.population import CandidateSubscriptions
from workbench.data.simulator.span import Span
from workbench.data.simulator.true_process import TrueProcess

OPEN_ENDED = -1
RENEWED, AMENDED = 100, 101
NO_REASON = -1
NOT_ENDED = np.iinfo("int64").min


class ContractWriter:
    """Contract rows in the order of writing, and the terms on which each subscription stands.

    Rows are written for steps before the window's end only; prices and quantities go on after it.

    Parameters
    ----------
    offered : CandidateSubscriptions
        First terms of every subscription.
    process : TrueProcess
        How quantities and prices move.
    span : Span
        The simulated months.
    """

    def __init__(self, offered: CandidateSubscriptions, process: TrueProcess, span: Span) -> None:
        self.arr = offered.arr.astype("float64")
        self.units_month = offered.units_month.astype("float64")
        self._offered = offered
        self._process = process
        self._span = span
        self._row = np.full(offered.size, -1)
        self._anchor = np.zeros(offered.size, dtype="int64")
        self._rows: list[dict[str, np.ndarray]] = []
        self._ends: list[dict[str, np.ndarray]] = []
        self._written = 0

    def open(self, subs: np.ndarray, step: int, rng: np.random.Generator) -> None:
        """Write the first contract of each subscription.

        Parameters
        ----------
        subs : ndarray of int, shape (subscription,)
            Positions among the candidates.
        step : int
            Position of the month, from 0.
        rng : Generator
            Drawn from in a fixed order, so that one seed gives one company.
        """
        self._anchor[subs] = step
        start = self._span.day(step, self._offered.day[subs])
        signed = start - rng.integers(0, 21, len(subs))
        self._write(subs, step, start, signed, np.full(len(subs), -1))

    def renew(
        self, subs: np.ndarray, step: int, consumption: np.ndarray, rng: np.random.Generator
    ) -> None:
        """Begin the next term: new price and quantity, some days late or early, or silently.

        Parameters
        ----------
        subs : ndarray of int, shape (subscription,)
            Positions among the candidates.
        step : int
            Position of the month, from 0.
        consumption : ndarray, shape (subscription,)
            Log of units used to units entitled.
        rng : Generator
            Drawn from in a fixed order, so that one seed gives one company.
        """
        draw = rng.random((4, len(subs)))
        self._anchor[subs] = step
        # A contract that renews by itself often leaves no new row behind.
        spoken = ~(self._offered.auto_renew[subs] & (draw[0] < 0.5))
        subs, consumption, draw = subs[spoken], consumption[spoken], draw[:, spoken]
        quantity = _renewed_quantity(consumption, self._process.quantity, rng)
        price = np.where(
            draw[1] < self._process.price_rise_share, 1 + rng.uniform(0.02, 0.07, len(subs)), 1.0
        )
        self._change(subs, quantity, price)
        day = self._offered.day[subs]
        # Late and early by days within the month, so that its end finds the renewal in the book.
        late = np.where((draw[2] < 0.04) & (day < 20), rng.integers(1, 9, len(subs)), 0)
        early = np.where((draw[2] > 0.96) & (day > 8), rng.integers(1, 8, len(subs)), 0)
        start = self._span.day(step, day) + late - early
        signed = np.maximum(start - rng.integers(0, 30, len(subs)), self._span.day(step))
        previous = np.where(draw[3] < 0.92, self._row[subs], -1)
        moved = early > 0
        self._end(self._row[subs[moved]], start[moved], np.full(moved.sum(), RENEWED), step)
        self._write(subs, step, start, signed, previous)

    def amend(
        self, subs: np.ndarray, step: int, consumption: np.ndarray, rng: np.random.Generator
    ) -> None:
        """Extend some contracts within their term, which keeps its end.

        Parameters
        ----------
        subs : ndarray of int, shape (subscription,)
            Positions among the candidates.
        step : int
            Position of the month, from 0.
        consumption : ndarray, shape (subscription,)
            Log of units used to units entitled.
        rng : Generator
            Drawn from in a fixed order, so that one seed gives one company.
        """
        process = self._process.quantity
        rate = process["amend_rate"] * np.exp(process["amend_consumption"] * consumption)
        subs = subs[rng.random(len(subs)) < np.minimum(rate, 0.2)]
        grown = np.maximum(rng.normal(process["amend_log_ratio"], 0.06, len(subs)), 0.02)
        self._change(subs, np.exp(grown), np.ones(len(subs)))
        start = self._span.day(step, rng.integers(2, 28, len(subs)))
        signed = np.maximum(start - rng.integers(0, 10, len(subs)), self._span.day(step))
        self._end(self._row[subs], start, np.full(len(subs), AMENDED), step)
        self._write(subs, step, start, signed, self._row[subs])

    def close(
        self,
        subs: np.ndarray,
        step: int,
        at_end: np.ndarray,
        reason: np.ndarray,
        rng: np.random.Generator,
    ) -> None:
        """End contracts: at the term's end on its own day, else on any day of the month.

        Parameters
        ----------
        subs : ndarray of int, shape (subscription,)
            Positions among the candidates.
        step : int
            Position of the month, from 0.
        at_end : ndarray of bool, shape (subscription,)
            Whether it is left when the term ends.
        reason : ndarray of int, shape (subscription,)
            Position among the reasons.
        rng : Generator
            Drawn from in a fixed order, so that one seed gives one company.
        """
        day = np.where(at_end, self._offered.day[subs], rng.integers(1, 29, len(subs)))
        self._end(self._row[subs], self._span.day(step, day), reason, step)

    def rows(self) -> dict[str, np.ndarray]:
        """Return all rows as columns; `ended` is `NOT_ENDED` where nothing ended the contract."""
        names = self._rows[0]
        rows = {name: np.concatenate([part[name] for part in self._rows]) for name in names}
        rows["ended"] = np.full(self._written, NOT_ENDED)
        rows["reason"] = np.full(self._written, NO_REASON)
        for part in self._ends:
            rows["ended"][part["row"]] = part["ended"]
            rows["reason"][part["row"]] = part["reason"]
        return rows

    def _change(self, subs: np.ndarray, quantity: np.ndarray, price: np.ndarray) -> None:
        self.units_month[subs] = np.round(self.units_month[subs] * quantity)
        # Rounded to 12 cents, so that a month's share of the year is exact in cents.
        self.arr[subs] = np.round(self.arr[subs] * quantity * price / 0.12) * 12 / 100

    def _write(
        self,
        subs: np.ndarray,
        step: int,
        start: np.ndarray,
        signed: np.ndarray,
        previous: np.ndarray,
    ) -> None:
        if step >= self._span.end:
            return
        term = self._offered.term_months[subs]
        end = self._span.day(self._anchor[subs] + term, self._offered.day[subs])
        rows = {
            "sub": subs,
            "start": start,
            "end": np.where(term > 1, end, OPEN_ENDED),
            "arr": self.arr[subs],
            "entitlement": self.units_month[subs] * term,
            "signed": signed,
            "previous": previous,
        }
        self._rows.append(rows)
        self._row[subs] = self._written + np.arange(len(subs))
        self._written += len(subs)

    def _end(self, row: np.ndarray, day: np.ndarray, reason: np.ndarray, step: int) -> None:
        if step < self._span.end:
            self._ends.append({"row": row, "ended": day, "reason": reason})


def _renewed_quantity(
    consumption: np.ndarray, process: dict[str, float], rng: np.random.Generator
) -> np.ndarray:
    """Draw the factor on the quantity: less, the same or more, by how much was used."""
    size = len(consumption)
    more = np.exp(process["more"] + process["more_consumption"] * consumption)
    less = np.exp(process["less"] + process["less_consumption"] * consumption)
    draw = rng.random(size) * (1 + more + less)
    grown = np.exp(np.maximum(rng.normal(process["more_log_ratio"], 0.08, size), 0.02))
    shrunk = np.exp(np.minimum(rng.normal(process["less_log_ratio"], 0.1, size), -0.02))
    return np.select([draw < more, draw < more + less], [grown, shrunk], 1.0)
