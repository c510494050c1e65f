"""How a value shows itself: what it is, what passed, and what to call next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from workbench.core.plain_text import printable


@dataclass(frozen=True)
class Card:
    """A few lines about a value.

    Parameters
    ----------
    title : str
    facts : mapping of str
        By label, in the order in which they are shown.
    calls : tuple of str
        What to call next, as code.
    warnings : tuple of str
        Sentences that nobody should miss.
    """

    title: str
    facts: Mapping[str, object]
    calls: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default_factory=tuple)

    def text(self) -> str:
        """Return the card for a terminal.

        >>> print(Card("Book", {"accounts": 2}, ("wb.prepare(book)",)).text())
        Book
          accounts: 2
          next: wb.prepare(book)
        """
        lines = [self.title, *(f"  {name}: {value}" for name, value in self.facts.items())]
        lines += [f"  beware: {warning}" for warning in self.warnings]
        lines += [f"  next: {' · '.join(self.calls)}"] if self.calls else []
        return "\n".join(" ".join(printable(line).splitlines()) for line in lines)

    def html(self) -> str:
        """Return the card for a notebook, all text of others escaped."""
        rows = [
            f"<tr><th style='text-align:left'>{_shown(name)}</th>"
            f"<td style='text-align:left'>{_shown(value)}</td></tr>"
            for name, value in self.facts.items()
        ]
        parts = [f"<strong>{_shown(self.title)}</strong>", f"<table>{''.join(rows)}</table>"]
        parts += [f"<div><strong>Beware:</strong> {_shown(text)}</div>" for text in self.warnings]
        calls = " · ".join(f"<code>{_shown(call)}</code>" for call in self.calls)
        parts += [f"<div>Next: {calls}</div>"] if calls else []
        return f"<div>{''.join(parts)}</div>"


class Shown:
    """What shows itself by a card, in a notebook and in a terminal alike."""

    def card(self) -> Card:
        """Return what is shown.

        Raises
        ------
        NotImplementedError
            Unless a subclass says what it shows.
        """
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.card().text()

    def _repr_html_(self) -> str:
        return self.card().html()


class Prose(str):
    """A paragraph or more that shows itself as Markdown in a notebook.

    >>> Prose("**Nobody** leaves.")._repr_markdown_()
    '**Nobody** leaves.'
    """

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)


def gates_text(gates: pd.DataFrame) -> str:
    """Say how many gates passed.

    Parameters
    ----------
    gates : DataFrame
        From `workbench.core.gates.gate_table`.
    """
    return f"{int(gates['passed'].sum())} of {len(gates)} passed"


def gate_warnings(gates: pd.DataFrame, *, mock: bool) -> tuple[str, ...]:
    """Name the gates that failed, and draws that mean nothing; empty where all is well.

    Parameters
    ----------
    gates : DataFrame
        From `workbench.core.gates.gate_table`; gate and passed are read.
    mock : bool
        Whether the draws come from the prior: they say nothing about the data.

    Returns
    -------
    tuple of str
        At most two sentences: the failed gates together, then the mock draws.
    """
    failed = gates.loc[~gates["passed"].astype(bool), "gate"]
    failures = (f"gates failed, do not publish: {', '.join(failed)}",) if len(failed) else ()
    return (*failures, *(("mock draws: the numbers mean nothing",) if mock else ()))


def _shown(value: object) -> str:
    return escape(printable(value), quote=True)
