"""One family of errors: what is wrong, where, what was expected, what is there, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from workbench.core.plain_text import printable


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    what : str
        What is wrong, in one clause.
    where : str
        Table, column, row, file, line or notebook cell.
    expected, found : str
        What was expected and what is there instead.
    hint : str
        What to do about it.
    """

    what: str
    where: str = ""
    expected: str = ""
    found: str = ""
    hint: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.found:
            parts.append(f"found {self.found}")
        line = "; ".join(parts) + "."
        # What was found may come from anywhere, and a terminal obeys what it prints.
        return printable(f"{line} {self.hint}" if self.hint else line)


class WorkbenchError(Exception):
    """Base of every error that the workbench raises on purpose.

    Parameters
    ----------
    headline : str
        What could not be done.
    problems : iterable of Problem
        Everything that stood in the way, reported together.
    """

    exit_status = 1

    def __init__(self, headline: str, problems: Iterable[Problem] = ()) -> None:
        self.headline = headline
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        return "\n".join([self.headline, *(f"  - {problem}" for problem in self.problems)])

    def __reduce__(self):
        return (type(self), (self.headline, self.problems))


class ParameterError(WorkbenchError):
    """A parameter or setting is unknown, missing, mistyped or out of range."""

    exit_status = 2


class DataError(WorkbenchError):
    """The data cannot be read, or too much of it is wrong."""

    exit_status = 3


class GateError(WorkbenchError):
    """The model ran, but a gate says that its answer must not be published."""

    exit_status = 4


class MachineError(WorkbenchError):
    """What is asked for is right, but the machine cannot do it now: tried again, it may work."""

    exit_status = 5


# A full disk, a used-up quota, no memory left: as the system numbers them.
_MACHINE_FAULTS = ("[Errno 28]", "[Errno 122]", "[Errno 12]")
# The last two are how a database's session ends that was begun.
_MACHINE_KINDS = ("MemoryError", "OperationalError", "AdminShutdown")


def is_machine_fault(kind: str, text: str) -> bool:
    """Return whether an error tells of a full disk, memory that ran out or a lost database.

    Parameters
    ----------
    kind : str
        Name of the class of an error that is not the workbench's own.
    text : str
        What it says.

    Examples
    --------
    >>> is_machine_fault("OSError", "[Errno 28] No space left on device")
    True
    >>> is_machine_fault("KeyError", "'arr'")
    False
    """
    return kind in _MACHINE_KINDS or text.startswith(_MACHINE_FAULTS)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest known name, or lists all of them.

    Parameters
    ----------
    name : str
        What was written, in any case.
    known : iterable of str
        Names that would have been accepted; at least one.

    Examples
    --------
    >>> nearest("horizn_months", ["horizon_months", "as_of"])
    'Did you mean horizon_months?'
    """
    names = sorted(known)
    lower = {other.casefold(): other for other in reversed(names)}
    close = get_close_matches(name.casefold(), lower, n=1, cutoff=0.6)
    return f"Did you mean {lower[close[0]]}?" if close else f"Valid names: {', '.join(names)}."
