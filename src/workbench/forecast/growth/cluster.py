"""The forecast on a Dask cluster; the same numbers, whatever the number of workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from distributed import Client

from workbench.core.errors import ParameterError, Problem

PATIENCE_SECONDS = 20


def spread_over(
    scheduler: str, patience_seconds: float = PATIENCE_SECONDS
) -> Callable[..., list[Any]] | None:
    """Return what spreads tasks over a cluster's workers.

    Parameters
    ----------
    scheduler : str
        Address such as "tcp://127.0.0.1:8786"; empty: this process does the work.
    patience_seconds : float
        How long an answer is waited for.

    Returns
    -------
    callable or None
        To be given to `forecast.growth.forecast.forecast_book`.

    Raises
    ------
    ParameterError
        When it is called and no scheduler answers at the address.
    """
    if not scheduler:
        return None

    def spread(
        work: Callable[..., Any], inputs: Any, tasks: Iterable[Any], *rest: Any
    ) -> list[Any]:
        with _client(scheduler, patience_seconds) as client:
            shared = client.scatter(inputs, broadcast=True)
            parts: Any = client.scatter(list(tasks), hash=False)
            futures = [client.submit(work, shared, part, *rest, pure=False) for part in parts]
            done: Any = client.gather(futures)
            return done

    return spread


def _client(scheduler: str, patience_seconds: float) -> Client:
    try:
        return Client(scheduler, timeout=patience_seconds, set_as_default=False)
    except (OSError, ValueError) as fault:
        problem = Problem(
            "no scheduler answers",
            "scheduler",
            "the address of a running Dask scheduler, such as tcp://127.0.0.1:8786",
            f"{scheduler} ({type(fault).__name__})",
            "Start one (dask scheduler) or leave the parameter empty.",
        )
        raise ParameterError("The forecast cannot be spread over a cluster.", [problem]) from None
