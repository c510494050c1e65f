"""What a plan or a scenario of the world changes in the course of customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core.processes import PROCESSES
from workbench.forecast.simulation.arrays import InterventionArrays


@dataclass(frozen=True)
class Intervention:
    """Changes by line and month to come; every array is broadcast to full shape.

    A dimension may have length 1: the same for all draws, lines or months.

    Parameters
    ----------
    log_rate_shift : ndarray of float32, shape (process, draw, line, month), optional
        Added to the predictors of `core.processes.PROCESSES`.
    renewal_price : ndarray of float64, shape (line, month), optional
        Log factor on the price of whatever is renewed in that month, larger or smaller, after its
        usual changes; of a month-to-month line in that month itself. A movement `price`.
    amend : ndarray of float64, shape (draw, line, month), optional
        Log factor on the quantity in that month, of who is still a customer after it: expansion or
        contraction.
    sale_cents : ndarray of int64, shape (draw, line, month), optional
        Yearly revenue of a further product, sold in that month to an account that is still a
        customer; it counts at the account's first line only.
    arrivals : ndarray of float64, shape (month,), optional
        Factor on the expected number of new customers.
    newcomers : ndarray of float32, shape (process, month), optional
        Added to the predictors of customers who come within the horizon.
    """

    log_rate_shift: np.ndarray | None = None
    renewal_price: np.ndarray | None = None
    amend: np.ndarray | None = None
    sale_cents: np.ndarray | None = None
    arrivals: np.ndarray | None = None
    newcomers: np.ndarray | None = None

    def of_lines(self, which: np.ndarray) -> Intervention:
        """Return the same change for some of the lines.

        Parameters
        ----------
        which : ndarray of int
            Positions of the lines, or a flag for each.
        """
        return Intervention(
            log_rate_shift=_some(self.log_rate_shift, which, 2),
            renewal_price=_some(self.renewal_price, which, 0),
            amend=_some(self.amend, which, 1),
            sale_cents=_some(self.sale_cents, which, 1),
            arrivals=self.arrivals,
            newcomers=self.newcomers,
        )

    def of_newcomers(self) -> Intervention:
        """Return what changes for customers who come within the horizon."""
        log_rate_shift = self.newcomers
        return (
            Intervention()
            if log_rate_shift is None
            else Intervention(log_rate_shift=log_rate_shift[:, None, None, :])
        )

    def arrays(self, draws: int, lines: int, months: int) -> InterventionArrays:
        """Return the arrays that the course reads, broadcast, without copies.

        Parameters
        ----------
        draws, lines, months : int
            The full shape.
        """
        full = (draws, lines, months)
        return InterventionArrays(
            log_rate_shift=_full(self.log_rate_shift, (len(PROCESSES), *full), "float32"),
            renewal_price=_full(self.renewal_price, (lines, months), "float64"),
            amend=_full(self.amend, full, "float64"),
            sale=_full(self.sale_cents, full, "int64"),
        )


NO_INTERVENTION = Intervention()


def _full(values: np.ndarray | None, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    given = np.zeros((1,) * len(shape), dtype) if values is None else values.astype(dtype)
    return np.broadcast_to(given, shape)


def _some(values: np.ndarray | None, which: np.ndarray, axis: int) -> np.ndarray | None:
    if values is None or values.shape[axis] == 1:
        return values
    return np.take(values, which, axis=axis)
