"""The kinds of lever: the one list of them."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from workbench.core.errors import ParameterError, Problem
from workbench.plans.levers.kind import LeverKind
from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.product import ProductLever
from workbench.plans.levers.rate import RateLever
from workbench.plans.levers.seats import SeatsLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.levers.term import TermLever
from workbench.plans.planbook.book import Planbook

Lever = Annotated[
    SignalLever | RateLever | PriceLever | TermLever | ProductLever | SeatsLever,
    Field(discriminator="lever"),
]
KINDS: tuple[type[LeverKind], ...] = get_args(get_args(Lever)[0])


def require_known(lever: object) -> None:
    """Refuse what is no lever of a registered kind: it would change nothing, and not say so.

    Raises
    ------
    ParameterError
        When it is none.
    """
    if not isinstance(lever, KINDS):
        expected = ", ".join(kind.__name__ for kind in KINDS)
        problem = Problem("unknown kind of lever", "plan", expected, type(lever).__name__)
        raise ParameterError("The plan cannot be applied.", [problem])


def fresh_levers(book: Planbook) -> dict[str, LeverKind]:
    """Return levers that change nothing yet, by what they move: controls move them from there."""
    kinds = sorted(KINDS, key=lambda kind: kind.fresh_order)
    return {text: lever for kind in kinds for text, lever in kind.fresh(book)}
