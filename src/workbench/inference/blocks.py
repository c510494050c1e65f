"""Chains that go on block by block: the same draws, however far they are taken and when.

A chain depends on its seed and on nothing that runs beside it, so its first draws are the same
whether it is stopped after them or not. What is decided looks at whole blocks only: a machine that
is busy takes longer and decides alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import nutpie
import xarray as xr

from workbench.inference.progress import ProgressLine

BLOCK = 250
# Of all chains: what forecasts read of a posterior, so that stopping early costs them nothing.
AT_LEAST = 1000
_WAIT_SECONDS = 0.05
_LOOK_MILLISECONDS = 20


def stops(most: int, chains: int) -> Iterator[int]:
    """Return the draws per chain after which sampling may end.

    Parameters
    ----------
    most : int
        Draws per chain that are never exceeded.
    chains : int
        Which share the fewest draws that a stop is worth.

    Examples
    --------
    >>> list(stops(1200, 2)), list(stops(300, 2)), list(stops(500, 4))
    ([500, 750, 1000, 1200], [300], [250, 500])
    """
    first = math.ceil(AT_LEAST / chains)
    yield from range(min(first, most), most, BLOCK)
    yield most


class Chains:
    """Chains of one model; they rest between blocks.

    Parameters
    ----------
    compiled : nutpie model
    most : int
        Draws per chain that are never exceeded.
    tune : int
        Warm-up draws per chain.
    settings : any
        Further settings of `nutpie.sample`.
    """

    def __init__(self, compiled: Any, most: int, tune: int, **settings: Any) -> None:
        self._tune, self._most = tune, most
        self._least = 0
        self._taken: xr.DataTree | None = None
        self._ended = False
        shown = settings["progress_bar"]
        self._line = ProgressLine((tune + most) * settings["chains"]) if shown else None
        self._done = 0
        self._run: Any = nutpie.sample(
            compiled, draws=most, tune=tune, blocking=False, progress_callback=self._look,
            progress_rate=_LOOK_MILLISECONDS, **(settings | {"progress_bar": False}),
        )  # fmt: skip

    def reach(self, draws: int) -> tuple[xr.Dataset, xr.Dataset]:
        """Return the first so many draws of each chain and their statistics; the chains then rest.

        Parameters
        ----------
        draws : int
            Per chain; fewer come back where the chains have ended before.

        Raises
        ------
        RuntimeError
            When the model has no density where the chains start, as `nutpie.sample` does.
        """
        while not self._ended and not _has(self._taken, draws):
            if self._taken is not None:
                self._run.resume()
            self._taken = self._take(draws)
        tree: Any = self._taken
        kept = slice(draws)
        return (
            tree["posterior"].to_dataset().isel(draw=kept),
            tree["sample_stats"].to_dataset().isel(draw=kept),
        )

    def stop(self) -> None:
        """Give up what has not been taken."""
        if self._line:
            self._line.update(self._done, ended=True)
        if not self._ended:
            self._run.cancel()
            self._ended = True

    def _look(self, chains: list[Any]) -> None:
        finished = [chain.finished_draws for chain in chains]
        self._least, self._done = min(finished), sum(finished)

    def _take(self, draws: int) -> xr.DataTree:
        while draws == self._most or self._least < self._tune + draws:
            try:
                whole = self._run.wait(timeout=_WAIT_SECONDS)
            except TimeoutError:
                if self._line:
                    self._line.update(self._done)
                continue
            self._ended = True
            return whole
        self._run.pause()
        return self._run.inspect()


def _has(tree: xr.DataTree | None, draws: int) -> bool:
    """Tell whether all chains have so many draws stored: those that have fewer end in NaN."""
    if tree is None or tree["sample_stats"].sizes["draw"] < draws:
        return False
    return bool(np.isfinite(tree["sample_stats"]["energy"].isel(draw=slice(draws))).all())
