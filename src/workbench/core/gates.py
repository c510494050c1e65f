"""Gates as everyone sees them: what was checked, how it came out, and whether to go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from workbench.core.errors import GateError, Problem


@dataclass(frozen=True)
class Gate:
    """One check and how it came out.

    Parameters
    ----------
    name : str
    value, limit : float
        What was found and what is allowed.
    passed : bool
    where : str
        The variable, or chain, with the worst value.
    advice : str
        What to do when it fails.
    """

    name: str
    value: float
    limit: float
    passed: bool
    where: str
    advice: str


def of_models(gates: Mapping[str, Iterable[Gate]]) -> tuple[Gate, ...]:
    """Return the gates of several models in one row, each named after its model.

    Parameters
    ----------
    gates : mapping of str to iterable of Gate
        By the name of the model.
    """
    return tuple(
        replace(gate, name=f"{model}: {gate.name}") for model, own in gates.items() for gate in own
    )


def gate_table(gates: Iterable[Gate]) -> pd.DataFrame:
    """Return gates as a table: gate, value, limit, passed, worst at.

    Parameters
    ----------
    gates : iterable of Gate
        One row for each, in their order.
    """
    return pd.DataFrame(
        [(g.name, g.value, g.limit, g.passed, g.where) for g in gates],
        columns=["gate", "value", "limit", "passed", "worst at"],
    )


def require(gates: Iterable[Gate]) -> None:
    """Stop publication unless every gate passed.

    Parameters
    ----------
    gates : iterable of Gate
        Of everything that is to be published.

    Raises
    ------
    GateError
        Naming every gate that failed, where, and what to do.
    """
    failed = [gate for gate in gates if not gate.passed]
    if failed:
        problems = [
            Problem(
                "gate failed",
                gate.name,
                f"{gate.limit:g}",
                f"{gate.value:.4g} at {gate.where}",
                gate.advice,
            )
            for gate in failed
        ]
        raise GateError("The posterior must not be published.", problems)
