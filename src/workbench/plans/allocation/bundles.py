"""Bundles of actions for each account, with what the engine says that they bring.

Actions for one account do not simply add up, so a bundle is simulated whole. For each account stand
its suggested actions alone, and the best of them together, two, three and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.plans.allocation.problem import AllocationProblem
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.revenue_at_risk import revenue_at_risk
from workbench.plans.levers.product import ProductLever
from workbench.plans.levers.registry import Lever
from workbench.plans.levers.source import Assumed
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Action, Plan
from workbench.plans.planbook.thinned import thinned

UNOWNED = "(no owner)"
Kinds = tuple[str, ...]


@dataclass(frozen=True)
class BundleSettings:
    """Which bundles are considered.

    Parameters
    ----------
    month : str
        When actions are done; empty takes the first month to come.
    draws : int
        How many of the book's draws are simulated, 2 or more: half to choose, half to tell.
    most_actions : int
        Of one bundle, 1 or more.
    most_bundles : int
        Of one account, 1 or more.
    """

    month: str = ""
    draws: int = 400
    most_actions: int = 3
    most_bundles: int = 8


USUAL = BundleSettings()


@dataclass(frozen=True)
class BookProblem:
    """A book's problem, and what its numbers stand for.

    Parameters
    ----------
    problem : AllocationProblem
        Values are gains of yearly revenue at the horizon, less the actions' cost.
    halved : AllocationProblem
        The same with effects that are marked `assumed` at half their strength.
    accounts : DataFrame
        account_id, name, owner, worth, at_risk, in the order of the problem's accounts.
    owners : tuple of str
        In the order of the problem's owners.
    bundles : tuple of tuple of str
        Kinds of action, by option.
    month : str
        In which they are done.
    hours_of, cost_of : mapping of str to float
        What an action of a kind takes for one account.
    """

    problem: AllocationProblem
    halved: AllocationProblem
    accounts: pd.DataFrame
    owners: tuple[str, ...]
    bundles: tuple[Kinds, ...]
    month: str
    hours_of: Mapping[str, float]
    cost_of: Mapping[str, float]


def book_problem(
    planner: Planner,
    hours: tuple[float, Mapping[str, float]],
    budget: float = np.inf,
    settings: BundleSettings = USUAL,
    on_progress: Callable[[str], None] = lambda text: None,
) -> BookProblem:
    """Make bundles for every account of a book, and simulate them.

    Parameters
    ----------
    planner : Planner
    hours : tuple of (float, mapping)
        Those that every owner has, and by name those of some owners who have others.
    budget : float
        Money for all actions together.
    settings : BundleSettings
    on_progress : callable
        Takes a sentence about how far it is.

    Returns
    -------
    BookProblem

    Raises
    ------
    ParameterError
        When a named owner has no account, or the month is none of the forecast's.
    """
    thin = replace(planner, book=thinned(planner.book, settings.draws))
    month = settings.month or thin.book.months[0]
    if month not in thin.book.months:
        ends = f"{thin.book.months[0]} to {thin.book.months[-1]}"
        problem = Problem("no month to come", "month", ends, month)
        raise ParameterError("Hours cannot be allocated.", [problem])
    table = _accounts(thin)
    owners = tuple(sorted(set(table["owner"])))
    own_hours = _hours(hours, owners)
    gains = _Gains(thin, month)
    suggested = _suggested(thin, table)
    on_progress(
        f"simulating {len(set().union(*suggested))} kinds of action for {len(table)} accounts"
    )
    singles = gains.of({(kind,) for kinds in suggested for kind in kinds}, suggested)
    bundles = [_bundles(kinds, singles, at, settings, thin) for at, kinds in enumerate(suggested)]
    together = {bundle for some in bundles for bundle in some}
    on_progress(f"simulating {len(together)} bundles")
    found = gains.of(together, bundles)
    weaker = gains.of(together, bundles, halved(thin.catalogue))
    account = np.repeat(np.arange(len(table)), [len(some) for some in bundles])
    options = tuple(bundle for some in bundles for bundle in some)
    effort = np.array([bundle_effort(thin.catalogue, bundle) for bundle in options]).reshape(-1, 2)
    owner = np.array([owners.index(name) for name in table["owner"]], "int64")

    def with_values(values: dict[tuple[Kinds, int], np.ndarray]) -> AllocationProblem:
        columns = [values[bundle, at] for bundle, at in zip(options, account.tolist(), strict=True)]
        value = np.array(columns).T if columns else np.zeros((len(thin.book.inputs), 0))
        return AllocationProblem(
            account, owner, effort[:, 0], effort[:, 1], value - effort[:, 1], own_hours, budget
        )

    entries = thin.catalogue.entries
    return BookProblem(
        with_values(found), with_values(weaker), table, owners, options, month,
        hours_of={kind: entry.hours for kind, entry in entries.items()},
        cost_of={kind: entry.cost for kind, entry in entries.items()},
    )  # fmt: skip


def bundle_effort(catalogue: Catalogue, bundle: Kinds) -> tuple[float, float]:
    """Return the hours and the money that a bundle takes for one account.

    Parameters
    ----------
    catalogue : Catalogue
    bundle : tuple of str
        Kinds of action.
    """
    entries = [catalogue.entries[kind] for kind in bundle]
    return sum(one.hours for one in entries), sum(one.cost for one in entries)


def halved(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue whose assumed effects are half as strong; others stay as they are.

    Parameters
    ----------
    catalogue : Catalogue

    Examples
    --------
    A factor of 0.64 on the rate of leaving becomes 0.8: half of its logarithm.
    """
    entries = {
        kind: entry.model_copy(update={"levers": tuple(map(_halved, entry.levers))})
        for kind, entry in catalogue.entries.items()
    }
    return Catalogue(entries)


def _halved(lever: Lever) -> Lever:
    source = getattr(lever, "source", None)
    if not isinstance(source, Assumed):
        return lever
    # A chance is halved, a factor in its logarithm.
    half = (lambda end: end / 2) if isinstance(lever, ProductLever) else np.sqrt
    ends = {"low": float(half(source.low)), "high": float(half(source.high))}
    return lever.model_copy(update={"source": source.model_copy(update=ends)})


def _accounts(planner: Planner) -> pd.DataFrame:
    book = planner.book
    table = revenue_at_risk(book).drop(columns=["renewal"])
    owner = book.accounts["owner"] if "owner" in book.accounts else pd.Series(dtype="object")
    named = owner.reindex(range(len(table))).astype(object)
    return table.assign(owner=named.where(named.notna() & (named != ""), UNOWNED).astype(str))


def _hours(hours: tuple[float, Mapping[str, float]], owners: tuple[str, ...]) -> np.ndarray:
    usual, own = hours
    unknown = [name for name in own if name not in owners]
    if unknown:
        problems = [
            Problem("no account has this owner", name, hint=nearest(name, owners))
            for name in unknown
        ]
        raise ParameterError("Hours cannot be allocated.", problems)
    return np.array([float(own.get(name, usual)) for name in owners])


def _suggested(planner: Planner, table: pd.DataFrame) -> list[Kinds]:
    found = []
    for account, renews in zip(table["account_id"], table["renews"], strict=True):
        facts = planner.book.facts(account) | {"probability": float(renews)}
        fits = planner.catalogue.suggested(facts)
        found.append(tuple(kind for kind in fits if _can_act(planner, kind)))
    return found


def _can_act(planner: Planner, kind: str) -> bool:
    """Tell whether an action takes hours, and moves anything in this book."""
    entry = planner.catalogue.entries[kind]
    acts = [lever for lever in entry.levers if not any(lever.faults(planner.book))]
    return bool(entry.hours and acts)


class _Gains:
    """What bundles bring by account and draw: each set of actions is simulated once."""

    def __init__(self, planner: Planner, month: str) -> None:
        self._planner, self._month = planner, month
        keys = planner.book.accounts["account_id"]
        self._position = {key: at for at, key in enumerate(keys)}
        every = self._plan((), tuple(keys))
        self._before = planner.by_account(every, -1)

    def of(
        self,
        wanted: Iterable[Kinds],
        by_account: list[tuple[Kinds, ...]] | list[Kinds],
        catalogue: Catalogue | None = None,
    ) -> dict[tuple[Kinds, int], np.ndarray]:
        """Return gains in money by bundle and account position, shape (draw,)."""
        planner = self._planner
        planner = replace(planner, catalogue=catalogue) if catalogue else planner
        keys = planner.book.accounts["account_id"].to_numpy()
        found: dict[tuple[Kinds, int], np.ndarray] = {}
        for bundle in sorted(wanted):
            whose = [
                at for at, some in enumerate(by_account)
                if bundle in some or (len(bundle) == 1 and bundle[0] in some)
            ]  # fmt: skip
            after = planner.by_account(self._plan(bundle, tuple(keys[whose])), -1)
            gain = (after - self._before[:, whose]) / 100
            found |= {(bundle, at): gain[:, nth] for nth, at in enumerate(whose)}
        return found

    def _plan(self, bundle: Kinds, accounts: tuple[str, ...]) -> Plan:
        actions = tuple(Action(kind=kind, month=self._month) for kind in bundle)
        return Plan(version=1, name="bundle", accounts=accounts, actions=actions)


def _bundles(
    kinds: Kinds, singles: Mapping[tuple[Kinds, int], np.ndarray], at: int,
    settings: BundleSettings, planner: Planner,
) -> tuple[Kinds, ...]:  # fmt: skip
    """Return an account's bundles: actions alone, and the best by gain per hour together."""

    def rate(kind: str) -> float:
        hours = planner.catalogue.entries[kind].hours
        # Of the draws that will choose: the others must not have been asked.
        return float(singles[(kind,), at][::2].mean()) / hours

    best = sorted(kinds, key=rate, reverse=True)
    nested = [tuple(sorted(best[:n])) for n in range(2, min(settings.most_actions, len(best)) + 1)]
    alone = [(kind,) for kind in best[: max(settings.most_bundles - len(nested), 1)]]
    return tuple([*alone, *nested][: settings.most_bundles])
