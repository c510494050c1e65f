"""One folder per run, worked on aside and moved into place in one step.

Killed at any moment, a run leaves the reports as they were, and a hidden ``.partial`` folder that
the next run removes. A run holds a lock on its folder for as long as its process lives, so runs
side by side leave each other alone.
"""

from __future__ import annotations

import secrets
import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from workbench.core.files import hold, is_held, locked, move_folder, point_link

LOCK = ".lock"


@dataclass(frozen=True)
class RunFolder:
    """A run under way.

    Parameters
    ----------
    base : Path
        The report's folder in ``outputs``.
    run_id : str
        UTC time of the start and a random part.
    lock : file
        Held until the run ends, however it ends.
    """

    base: Path
    run_id: str
    lock: IO[bytes]

    @property
    def path(self) -> Path:
        """Where the run writes."""
        return aside(self.base, self.run_id)


def aside(base: Path, name: str) -> Path:
    """Return where a folder stands that is not yet in place, or no longer.

    Parameters
    ----------
    base : Path
        The report's folder in ``outputs``.
    name : str
        Of the run.
    """
    return base / f".{name}.partial"


def open_run(base: Path) -> RunFolder:
    """Remove what dead runs left behind and start a folder of one's own.

    Parameters
    ----------
    base : Path
        The report's folder in ``outputs``; made if it is not there.

    Returns
    -------
    RunFolder
        With its lock held.
    """
    base.mkdir(parents=True, exist_ok=True)
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    with alone(base):
        for leftover in dead_runs(base):
            shutil.rmtree(leftover, ignore_errors=True)  # another user's may stay
        folder = aside(base, run_id)
        folder.mkdir()
        lock = hold(folder / LOCK)
    return RunFolder(base, run_id, lock)


def close_run(run: RunFolder, as_of: str, status: str) -> Path:
    """Move a run into place, and for a published one point ``latest`` at it.

    Parameters
    ----------
    run : RunFolder
        Its folder is complete.
    as_of : str
        ISO date, or another word when the run ended before it was known.
    status : str
        ``published``, or what is wrong with the run, which its folder's name will then say.

    Returns
    -------
    Path
        Where the run is now.
    """
    name = run.run_id if status == "published" else f"{run.run_id}-{status}"
    final = run.base / as_of / name
    with alone(run.base):
        final.parent.mkdir(exist_ok=True)
        (run.path / LOCK).unlink()
        move_folder(run.path, final)
        if status == "published":
            point_link(run.base / "latest", Path(as_of) / name)
    run.lock.close()
    return final


def dead_runs(base: Path) -> list[Path]:
    """Return the folders of runs that ended before they came into place; call it `alone`.

    Parameters
    ----------
    base : Path
        The report's folder in ``outputs``.
    """
    return [left for left in sorted(base.glob(".*.partial")) if not is_held(left / LOCK)]


def alone(base: Path) -> AbstractContextManager[None]:
    """Hold the lock of a report's folder: nothing is moved in or out meanwhile.

    Parameters
    ----------
    base : Path
        The report's folder in ``outputs``.

    Returns
    -------
    context manager
        Waits for whoever holds the lock.
    """
    return locked(base / LOCK)
