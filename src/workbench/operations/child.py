"""A report made by a process of its own: started, watched, ended with its children."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from workbench.core.errors import MachineError
from workbench.core.project import JOB_VARIABLE, read_manifest

_LONGEST = 4000


@dataclass(frozen=True)
class JobOutcome:
    """What came of a try.

    Parameters
    ----------
    exit_status : int
        0 done, 1 failed, 2 wrong usage or parameters, 3 bad data, 4 a gate failed, 5 the machine.
    seconds : float
        How long it took.
    reason : str
        Why it failed; empty when it is done.
    folder : str
        The run's folder in ``outputs``; empty when there is none.
    """

    exit_status: int
    seconds: float
    reason: str = ""
    folder: str = ""


@dataclass
class Child:
    """A process that makes a report.

    Parameters
    ----------
    command : sequence of str
        What to run.
    claim : str
        What it is made for; its run's manifest will say so.
    lock : file
        Of the claim; the process holds it too, so that nobody takes over what still runs.
    log : Path
        Receives what it prints to stderr.
    environment : mapping of str to str
        Variables that it has beside those of this process.
    """

    command: Sequence[str]
    claim: str
    lock: IO[bytes]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.log.parent.mkdir(exist_ok=True)
        self.began = time.monotonic()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, **self.environment, JOB_VARIABLE: self.claim},
                pass_fds=[self.lock.fileno()],
                start_new_session=True,
            )

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.began

    def outcome(self, base: Path, minutes: float) -> JobOutcome | None:
        """Return what came of it, or None while it runs; end it when its time is over.

        Parameters
        ----------
        base : Path
            The report's folder in ``outputs``.
        minutes : float
            The longest it may take.
        """
        status = self._process.poll()
        if status is None and self.seconds < 60 * minutes:
            return None
        if status is None:
            self.end()
            return JobOutcome(
                1, self.seconds, f"took longer than {minutes:g} minutes and was ended"
            )
        found = finished_run(base, self.claim)
        if found is not None and (found.exit_status != 0) == (status != 0):
            return JobOutcome(status, self.seconds, found.reason, found.folder)
        if status < 0:
            return JobOutcome(
                MachineError.exit_status, self.seconds, f"was killed by signal {-status}"
            )
        if status == 0:  # nothing had changed, and the last published run stands
            return JobOutcome(0, self.seconds, folder=str((base / "latest").resolve()))
        text = self.log.read_bytes()[-_LONGEST:].decode(errors="replace").strip()
        return JobOutcome(status, self.seconds, text)

    def end(self) -> None:
        """End the process, its kernel and whatever these have started."""
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(self._process.pid)
            family = [first, *first.children(recursive=True)]
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(family, timeout=10)
        self._process.wait()


def finished_run(base: Path, claim: str) -> JobOutcome | None:
    """Return what came of the last run that was made for a claim; None where there is none.

    Parameters
    ----------
    base : Path
        A report's folder in ``outputs``.
    claim : str
        As in the runs' manifests.
    """
    for path in sorted(base.glob("[!.]*/[!.]*/manifest.json"), key=_newest, reverse=True):
        if path.parents[1].is_symlink() or path.parent.is_symlink():
            continue
        manifest = read_manifest(path.parent)
        if manifest.get("job") == claim:
            failure = manifest.get("failure") or {}
            seconds = sum(manifest.get("seconds", {}).values())
            status = int(failure.get("exit_status", 0))
            return JobOutcome(status, seconds, failure.get("words", ""), str(path.parent))
    return None


def _newest(path: Path) -> str:
    return path.parent.name
