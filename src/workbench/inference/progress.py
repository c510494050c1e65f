"""One line that says what is sampled, how far it is, and how long it has taken and will take."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from IPython import get_ipython
from IPython.display import display

_WORDS = {
    "hazard": "the model of leaving",
    "revenue": "the model of revenue",
    "reasons": "the model of reasons",
    "cohorts": "the model of cohorts",
}
_EVERY_SECONDS = 0.5
_sampled: ContextVar[str] = ContextVar("sampled", default="a model")


@contextmanager
def sampling(kind: str) -> Iterator[None]:
    """Name what is sampled meanwhile.

    Parameters
    ----------
    kind : str
        Of model, as its stored fit is called.

    Yields
    ------
    None
    """
    token = _sampled.set(_WORDS.get(kind, kind))
    try:
        yield
    finally:
        _sampled.reset(token)


class ProgressLine:
    """The line, in a notebook's cell or on the terminal; it is written over as sampling goes on.

    Parameters
    ----------
    total : int
        Draws of all chains, warm-up counted.
    """

    def __init__(self, total: int) -> None:
        self._total, self._began, self._shown_at = total, time.monotonic(), 0.0
        self._what = _sampled.get()
        self._place = display({"text/plain": ""}, raw=True, display_id=True) if _kernel() else None

    def update(self, done: int, *, ended: bool = False) -> None:
        """Write the line anew, at most twice a second.

        Parameters
        ----------
        done : int
            Draws made so far, of all chains.
        ended : bool
            Whether sampling is over.
        """
        now = time.monotonic()
        if now - self._shown_at < _EVERY_SECONDS and not ended:
            return
        self._shown_at = now
        text = progress_text(self._what, done / self._total, now - self._began, ended=ended)
        if self._place is not None:
            self._place.update({"text/plain": text}, raw=True)
        else:
            sys.stderr.write(f"\r{text:<79}" + ("\n" if ended else ""))
            sys.stderr.flush()


def progress_text(what: str, share: float, seconds: float, *, ended: bool = False) -> str:
    """Say how far the sampling of a model is.

    Parameters
    ----------
    what : str
        Is sampled.
    share : float, 0 to 1
        Of the draws that may be needed; it may end before.
    seconds : float
        So far.
    ended : bool
        Whether sampling is over.

    Examples
    --------
    >>> progress_text("the model of leaving", 0.25, 10.0)
    'Sampling the model of leaving: 25% after 10 s, at most 30 s more'
    """
    if ended:
        return f"Sampled {what} in {seconds:.0f} s"
    left = f", at most {seconds / share - seconds:.0f} s more" if share > 0 else ""
    return f"Sampling {what}: {share:.0%} after {seconds:.0f} s{left}"


def _kernel() -> bool:
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")
