"""Files and folders that come into place in one step, locks, and what killed writers leave.

Whatever is written stands aside first, under a hidden name that says who writes it, is synced to
disk, and is then renamed: at any moment there is the old file, the new one or none. A writer that
is killed leaves the hidden name behind, and `is_abandoned` tells it from one that is being written.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import socket
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

# A folder may be shared between machines, on each of which process numbers mean their own.
_HERE = f"{zlib.crc32(socket.gethostname().encode()):08x}"
_ASIDE = re.compile(r"\.aside-(?P<host>[0-9a-f]{8})-(?P<process>\d+)-[0-9a-f]{6}-.+", re.DOTALL)
_LONGEST = 100


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file in one step, with the mode that a new file has here; make its folder if need be.

    Parameters
    ----------
    path : Path
        Replaced where it is there.
    write : callable
        Takes the path to write to, which ends as `path` does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = aside_of(path)
    try:
        write(aside)
        _sync(aside)
        aside.replace(path)
        _sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, lines as they are, in one step; see `write_file`.

    Parameters
    ----------
    path : Path
        The file, replaced where it is there.
    text : str
        With the line ends that it is to have.
    """
    write_file(path, lambda aside: aside.write_text(text, encoding="utf-8", newline=""))


def write_folder(path: Path, fill: Callable[[Path], object]) -> None:
    """Write a whole folder in one step.

    Parameters
    ----------
    path : Path
        Where nothing stands, or an empty folder.
    fill : callable
        Takes the folder to fill.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = aside_of(path)
    aside.mkdir()
    try:
        fill(aside)
        move_folder(aside, path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def move_folder(folder: Path, target: Path) -> None:
    """Sync all that a folder holds to disk, then rename it in one step.

    Parameters
    ----------
    folder : Path
        What to move, on the same file system as `target`.
    target : Path
        Where nothing stands, or an empty folder.
    """
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place, name))
        _sync(Path(place))
    folder.replace(target)
    _sync(target.parent)


def point_link(link: Path, target: Path) -> None:
    """Let a symbolic link lead to a folder, in one step.

    Parameters
    ----------
    link : Path
        Made, or led elsewhere where it is there.
    target : Path
        Relative to the link's own folder.
    """
    aside = aside_of(link)
    try:
        aside.symlink_to(target, target_is_directory=True)
        aside.replace(link)
        _sync(link.parent)
    finally:
        aside.unlink(missing_ok=True)


def aside_of(path: Path) -> Path:
    """Return a hidden name beside a path that is this process's own and ends as the path does.

    Parameters
    ----------
    path : Path
        Of the file or folder to come; it need not be there.
    """
    own = f"{_HERE}-{os.getpid()}-{secrets.token_hex(3)}"
    return path.with_name(f".aside-{own}-{path.name[-_LONGEST:]}")


def is_abandoned(path: Path) -> bool | None:
    """Return whether the writer of a name of `aside_of` is gone; None for any other name.

    That of another machine cannot be asked, and is taken to be at work.

    Parameters
    ----------
    path : Path
        Only its name is looked at.

    Examples
    --------
    >>> is_abandoned(Path("table.csv")) is None
    True
    >>> is_abandoned(aside_of(Path("table.csv")))
    False
    """
    named = _ASIDE.fullmatch(path.name)
    if named is None:
        return None
    return named["host"] == _HERE and not is_running(int(named["process"]))


def is_running(process: int) -> bool:
    """Return whether a process of this machine is running.

    Parameters
    ----------
    process : int
        Number of the process.
    """
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, waiting for it; whoever may write to its folder may hold it too.

    Parameters
    ----------
    path : Path
        The lock's file, made if it is not there.
    """
    with hold(path):
        yield


def hold(path: Path, *, wait: bool = True) -> IO[bytes]:
    """Return a lock's open file: the lock is held until it is closed or the process ends.

    Parameters
    ----------
    path : Path
        Made if it is not there.
    wait : bool
        Wait for it, or else raise.

    Raises
    ------
    BlockingIOError
        When somebody else holds it, unless waited for.
    """
    file = _open_lock(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        file.close()
        raise
    return file


def is_held(path: Path) -> bool:
    """Return whether some process holds the lock of a file; one that is not there is not held.

    Parameters
    ----------
    path : Path
        The lock's file.
    """
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except (BlockingIOError, PermissionError):
        return True
    return False


def _open_lock(path: Path) -> IO[bytes]:
    try:
        file = path.open("xb")
    except FileExistsError:
        try:
            return path.open("r+b")
        except PermissionError:  # another user's, and it need only be open
            return path.open("rb")
    # Who may write to the folder may hold its lock, whatever the umask of who came first.
    with suppress(OSError):
        os.fchmod(file.fileno(), path.parent.stat().st_mode & 0o666)
    return file


def _sync(path: Path) -> None:
    if path.is_symlink():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():  # some file systems cannot sync a folder
            raise
    finally:
        os.close(handle)
