"""A discount or price rise, from a renewal on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, Self

import numpy as np

from workbench.core.processes import LEAVE_IDX
from workbench.forecast.simulation.intervention import Intervention
from workbench.plans.levers import effects
from workbench.plans.levers.context import LeverContext, Placement, log_rate_shift
from workbench.plans.levers.control import Control, number_control
from workbench.plans.levers.kind import FastMove, LeverKind
from workbench.plans.levers.part import Percent, When
from workbench.plans.levers.rate import LEAVING
from workbench.plans.levers.source import Stated
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.renewal_dates import next_renewal

# What a price change does to the hazard at the renewal that it meets, if the planner says nothing:
# the hazard is multiplied by (new price / old price) ** elasticity. From 0 (nobody minds) to 5 (a
# rise of 10 % means 1.6 times as many leavers) in eight cases of ten: wide, since prices are
# raised where they can be, and the past shows little else.
PRICE_ELASTICITY = (0.0, 5.0, 0.8)


class PriceLever(LeverKind):
    """A discount (below 0) or price rise, from the first renewal in its month or later.

    A stated range is a factor on the hazard of leaving at the renewal that the new price meets;
    without one the workbench's own wide range stands there, see `PRICE_ELASTICITY`.
    """

    lever: Literal["price"] = "price"
    change_percent: Percent
    month: When = None
    source: Stated | None = None

    def change(self, context: LeverContext, at: Placement) -> Intervention:
        """Return what a price change does to money and to the renewal that it meets.

        Where the term is signed in the very month, the price holds from then on, and no renewal is
        at stake: that the customer signs is the plan's assumption.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        lines, months = context.lines, context.months
        log_price, factor = self._log_change(context), self._log_factor(context, at)
        own = context.acts_on_each(at)
        now = own & (np.asarray(context.signed_month) == at.month_idx)
        due = next_renewal(lines, at.month_idx, months)
        meets = (np.arange(months) == due[:, None]) & (own & ~now)[:, None]
        at_once = (np.arange(months) == at.month_idx) & now[:, None]
        moved = log_rate_shift(LEAVE_IDX, factor[:, None, None] * meets)
        return replace(
            moved,
            renewal_price=log_price * meets,
            amend=(log_price * at_once)[None] if now.any() else None,
        )

    def _log_change(self, context: LeverContext) -> float:
        return float(np.log1p(np.maximum(self.change_percent * context.strength, -99.0) / 100))

    def _log_factor(self, context: LeverContext, at: Placement) -> np.ndarray:
        """Return draws of the log factor on leaving at the renewal that it meets."""
        factor = context.log_factor(self.source, at)
        if factor is not None:
            return factor
        z = effects.belief(context.book.inputs, at.name)
        return log_price_factor(self._log_change(context), z)

    def lever_text(self, book: Planbook) -> str:
        """Say by how much the price changes.

        Parameters
        ----------
        book : Planbook
        """
        when = " at the next renewal" if book.has_terms else ""
        return f"price {self.change_percent:+g} %{when}"

    def _unstated_text(self) -> str:
        low, high, prob = PRICE_ELASTICITY
        new = self.change_percent or 10.0
        few, many = sorted(np.maximum(1 + new / 100, 0.01) ** np.array([low, high]))
        return (
            f"at {new:+g} %, {few:.2g} to {many:.2g} times as many leave at the new price, with "
            f"probability {prob:.0%}"
        )

    def cautions(self, book: Planbook, at: Placement, accounts: np.ndarray) -> Iterator[str]:
        """Yield that its effect is a guess, and who does not renew within the forecast.

        Parameters
        ----------
        book : Planbook
        at : Placement
        accounts : ndarray of str, shape (account,)
        """
        if self.source is None:
            yield "What it does to the renewal is the workbench's wide guess: the plan states none."
        lines = book.lines.take(book.lines_of(accounts))
        due = next_renewal(lines, at.month_idx, book.inputs.months)
        late = int((due >= book.inputs.months).sum())
        if late:
            yield f"{late} of {len(lines)} subscriptions do not renew within the forecast."

    def _number_controls(self, book: Planbook, accounts: np.ndarray) -> Iterator[Control]:
        yield number_control(
            "change_percent", _called(book, "New price"), "% more or less", (-30, 30, 0.5),
            self.change_percent,
        )  # fmt: skip

    def _range_of_what(self, book: Planbook) -> tuple[str, str, tuple[float, float]]:
        return LEAVING

    @classmethod
    def fresh(cls, book: Planbook) -> Iterator[tuple[str, Self]]:
        """Yield a price that stays as it is.

        Parameters
        ----------
        book : Planbook
        """
        yield _called(book, "Price"), cls(change_percent=0.0)

    @property
    def is_fast(self) -> bool:
        """Known: a price, and a hazard in one month."""
        return True

    def fast_moves(self, context: LeverContext, at: Placement) -> Iterator[FastMove]:
        """Yield the new price from the renewal on, and the hazard of leaving at it.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        due = next_renewal(context.lines, at.month_idx, context.months)
        factor = self._log_factor(context, at)
        # A renewal beyond the horizon is no month of it.
        yield FastMove(
            size=context.acts_on_each(at).astype("float32"),
            effect=np.repeat(factor[:, None], context.months, axis=1),
            month_idx=due,
            log_price=self._log_change(context),
        )


def _called(book: Planbook, price: str) -> str:
    return f"{price} at the next renewal" if book.has_terms else price


def log_price_factor(change: float, z: np.ndarray) -> np.ndarray:
    """Return draws of the log factor on the hazard of a log price change, nothing being stated.

    Parameters
    ----------
    change : float
        Log of the new price against the old.
    z : ndarray, shape (draw,)
        Standard normal numbers; see `workbench.plans.levers.effects.belief`.
    """
    return change * effects.normal_between(*PRICE_ELASTICITY, z)
