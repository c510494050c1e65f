"""A further product, sold with a chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field
from scipy.special import ndtr

from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.intervention import Intervention
from workbench.forecast.simulation.random_numbers import key_of, normals
from workbench.plans.levers import effects
from workbench.plans.levers.context import LeverContext, Placement
from workbench.plans.levers.control import Control
from workbench.plans.levers.kind import FastMove, LeverKind
from workbench.plans.levers.part import Name, Positive, When
from workbench.plans.levers.source import Stated
from workbench.plans.planbook.book import Planbook


class ProductLever(LeverKind):
    """A further product sold in its month, with the chance that is owed to the plan.

    A stated range is a range of that chance.
    """

    effect_unit: ClassVar[str] = "chance"

    lever: Literal["product"] = "product"
    product: Name
    arr: Positive
    win_probability: Annotated[float, Field(ge=0, le=1)]
    month: When = None
    source: Stated | None = None

    @property
    def target(self) -> str:
        """The product."""
        return self.product

    def change(self, context: LeverContext, at: Placement) -> Intervention:
        """Return the sales of the product: in a draw it is sold or not.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        inputs, lines = context.book.inputs, context.lines
        chance = np.array([self.win_probability])
        if self.source is not None:
            stated = effects.range_of(self.source, context.measured)
            chance = effects.chance(stated, effects.belief(inputs, at.name))
        chance = np.minimum(chance * context.strength, 1.0)
        names = np.array([f"{account}/{at.name}" for account in lines.accounts], dtype=object)
        first = lines.begin[:-1]
        own = context.acts_on_each(at)[first]
        won = (sale_uniforms(inputs, names) < chance[:, None]) & own
        sale = np.zeros((len(inputs), len(lines), context.months), "int64")
        sale[:, first, at.month_idx] = np.where(won, round(100 * self.arr), 0)
        return Intervention(sale_cents=sale)

    def lever_text(self, book: Planbook) -> str:
        """Say what is sold, for how much.

        Parameters
        ----------
        book : Planbook
        """
        return f"{self.product} for {self.arr:,.0f} {book.currency}".rstrip() + " a year"

    def _unstated_text(self) -> str:
        return f"chance {self.win_probability:g}, taken as certain"

    def cautions(self, book: Planbook, at: Placement, accounts: np.ndarray) -> Iterator[str]:
        """Yield that the chance is taken as certain.

        Parameters
        ----------
        book : Planbook
        at : Placement
        accounts : ndarray of str, shape (account,)
        """
        if self.source is None:
            yield "Taken as certain: the plan states no range."

    def _number_controls(self, book: Planbook, accounts: np.ndarray) -> Iterator[Control]:
        if self.source is None:
            yield Control("win_probability", f"Chance to sell {self.product}",
                          "probability, 0 to 1", 0.0, 1.0, 0.01, self.win_probability)  # fmt: skip

    def _range_of_what(self, book: Planbook) -> tuple[str, str, tuple[float, float]]:
        return f"Chance to sell {self.product}", "probability", (0.01, 0.99)

    @classmethod
    def fresh(cls, book: Planbook) -> Iterator[tuple[str, Self]]:
        """Yield nothing: what is sold, only an action or an opportunity says.

        Parameters
        ----------
        book : Planbook
        """
        yield from ()

    @property
    def is_fast(self) -> bool:
        """Not known: a sale is revenue that does not run today."""
        return False

    def fast_moves(self, context: LeverContext, at: Placement) -> Iterator[FastMove]:
        """Yield nothing.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        yield from ()


def sale_uniforms(inputs: ForecastInputs, names: np.ndarray) -> np.ndarray:
    """Return uniform numbers that decide sales, shape (draw, name): sold where below the chance.

    Parameters
    ----------
    inputs : ForecastInputs
        Its seed and number of draws.
    names : ndarray of str, shape (name,)
        Of the sales: the same name, the same numbers.
    """
    return ndtr(normals(inputs.seed, key_of(names), len(inputs), effects.SALE))
