"""What a round says while it runs, and when it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

import structlog
from rich.console import Console
from rich.status import Status

from workbench.apps.log import terminal_text
from workbench.operations.journal import Journal
from workbench.operations.journal_tables import Entry
from workbench.operations.run_all import Event
from workbench.operations.tasks import ReportTask

_FINISHED = ("done", "found done", "failed", "blocked")


class Teller:
    """Writes a log line per event, and on a terminal a line of progress below them.

    Parameters
    ----------
    journal : Journal
        Knows how long each task took last time.
    tasks : sequence of Task
        All of the round.
    live : bool
        Whether stderr is a terminal.
    """

    def __init__(self, journal: Journal, tasks: Sequence[ReportTask], live: bool) -> None:
        self._usual = {task.name: journal.usual_seconds(task.name) for task in tasks}
        self._left = [
            task.name
            for task in tasks
            if (entry := journal.read(task.name, task.occasion)) is None or not entry.finished
        ]
        self._all = len(tasks)
        self._running: list[str] = []
        self._status = Status("", console=Console(stderr=True)) if live else None

    def __enter__(self) -> Teller:
        """Begin to show progress."""
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop showing progress."""
        if self._status:
            self._status.stop()

    def __call__(self, event: Event) -> None:
        """Tell of an event.

        Parameters
        ----------
        event : Event
            What happened.
        """
        name = event.task.name
        if event.what == "started":
            self._running.append(name)
        elif name in self._running:
            self._running.remove(name)
        if event.what in _FINISHED and name in self._left:
            self._left.remove(name)
        shown = {key: value for key, value in event.facts.items() if value not in ("", None)}
        log = structlog.get_logger()
        (log.error if event.what in ("failed", "blocked") else log.info)(
            event.what, job=name, **{k: v for k, v in shown.items() if k != "not_before"}
        )
        if self._status:
            self._status.update(terminal_text(self._progress_text()))

    def _progress_text(self) -> str:
        done = self._all - len(self._left)
        running = f"; running {', '.join(self._running)}" if self._running else ""
        known = [self._usual[name] for name in self._left]
        seconds = [each for each in known if each is not None]
        left = f"; about {sum(seconds):.0f} s of work left" if len(seconds) == len(known) else ""
        return f"{done} of {self._all} done{running}{left}"


def summary_text(entries: Sequence[Entry]) -> str:
    """Return a line per task: what came of it, how long it took, where it lies, why it failed.

    Parameters
    ----------
    entries : sequence of Entry
        Settled.

    Returns
    -------
    str
    """
    width = max(len(entry.job) for entry in entries)
    lines = []
    for entry in entries:
        seconds = "" if entry.seconds is None else f"{entry.seconds:.0f} s"
        lines.append(
            f"{entry.job:<{width}}  {entry.state:<7}  {seconds:>6}  {entry.folder}".rstrip()
        )
        lines += [f"    {line}" for line in entry.reason.splitlines()]
    done = sum(entry.state == "done" for entry in entries)
    return "\n".join([*lines, f"{done} of {len(entries)} done."])
