"""One folder per run, worked on aside and moved into place in one step.

Killed at any moment, a run leaves the reports as they were, and a hidden ``.partial`` folder that
the next run removes. A run holds a lock on its folder for as long as its process lives, so runs
side by side leave each other alone.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

_LOCK = ".lock"


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
    lock: IO[str]

    @property
    def path(self) -> Path:
        """Where the run writes."""
        return aside(self.base, self.run_id)


def aside(base: Path, name: str) -> Path:
    """Return where a folder stands that is not yet in place, or no longer."""
    return base / f".{name}.partial"


def open_run(base: Path) -> RunFolder:
    """Remove what dead runs left behind and start a folder of one's own."""
    base.mkdir(parents=True, exist_ok=True)
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    with alone(base):
        for leftover in base.glob(".*.partial"):
            if not _is_held(leftover):
                shutil.rmtree(leftover)
        folder = aside(base, run_id)
        folder.mkdir()
        lock = (folder / _LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
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
    final.parent.mkdir(exist_ok=True)
    with alone(run.base):
        (run.path / _LOCK).unlink()
        run.path.rename(final)
        if status == "published":
            _point(run.base / "latest", Path(as_of) / name)
    run.lock.close()
    return final


def _point(link: Path, target: Path) -> None:
    aside = link.with_name(f".latest.{os.getpid()}.{secrets.token_hex(3)}")
    aside.symlink_to(target, target_is_directory=True)
    aside.replace(link)


def _is_held(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def alone(base: Path) -> Iterator[None]:
    """Hold the lock of a report's folder: nothing is moved in or out meanwhile."""
    with (base / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
