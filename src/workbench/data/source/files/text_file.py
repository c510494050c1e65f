"""A text file as UTF-8 with one kind of line end: as it is where it is so, else as a copy.

The copy lives in the system's temporary folder and only as long as it is read. Nothing is ever
written beside a source.
"""

from __future__ import annotations

import codecs
import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import DataError, Problem

LARGEST_UNPACKED = 20 * 2**30
"""Bytes; a packed file that becomes larger is taken for an accident or an attack."""

_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HINT = "Save it as UTF-8, or state encoding: windows-1252 (or what it is in) in a mapping."
_HINT_UTF16 = "Every second byte is zero: state encoding: utf-16-le (or utf-16-be) in a mapping."


@dataclass(frozen=True)
class _Scan:
    """What a pass over the bytes under one encoding found."""

    problem: Problem | None
    ascii_only: bool
    one_line_end: bool


def refused(what: str, shown: str, **rest: str) -> DataError:
    """Return the error of a file that cannot be read, to be raised.

    Parameters
    ----------
    what : str
        What is wrong, in one clause.
    shown : str
        The file's name in messages.
    **rest : str
        Further fields of a `Problem`.
    """
    return DataError("The source could not be read.", [Problem(what, shown, **rest)])


@contextmanager
def utf8_text(file: Path, shown: str, encoding: str = "") -> Iterator[Path]:
    """Give a file as UTF-8 text with one kind of line end.

    Parameters
    ----------
    file : Path
        Plain, or packed by gzip where its name ends in ``.gz``.
    shown : str
        The file's name in messages.
    encoding : str
        What texts that are not UTF-8 are written in. A byte order mark says more than that, and
        so do bytes beyond ASCII that are sound UTF-8: no text of another encoding looks so by
        chance.

    Yields
    ------
    Path
        The file itself, or a copy that is gone when the context ends.

    Raises
    ------
    DataError
        When it is empty, unreadable, or not text in that encoding; with line and byte.
    """
    encoding = _encoding(file, shown, encoding)
    found = _scan(file, shown, encoding)
    if found.problem is not None:
        raise DataError("The source could not be read.", [found.problem])
    plain = encoding in ("utf-8", "utf-8-sig") and found.one_line_end
    if plain and file.suffix.lower() != ".gz":
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        copy = Path(folder) / "text.csv"
        # Without an argument, universal line ends: each kind becomes a line feed.
        with (
            _opened(file) as packed,
            io.TextIOWrapper(packed, encoding) as text,
            copy.open("w", encoding="utf-8", newline="\n") as handle,
        ):
            shutil.copyfileobj(text, handle, _CHUNK)
        yield copy


def _opened(file: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(file, "rb") if file.suffix.lower() == ".gz" else file.open("rb")


def _encoding(file: Path, shown: str, stated: str) -> str:
    """Decide in what a file is written: its own mark, UTF-8 where it is that, else as stated."""
    try:
        with _opened(file) as handle:
            start = handle.read(4)
    except PermissionError:
        raise refused("no permission to read", shown) from None
    except (OSError, EOFError, zlib.error):
        raise refused("not a readable gzip file", shown) from None
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if not stated or codecs.lookup(stated).name == "utf-8":
        return "utf-8"
    found = _scan(file, shown, "utf-8")
    return stated if found.problem or found.ascii_only else "utf-8"


def _scan(file: Path, shown: str, encoding: str) -> _Scan:
    decoder = codecs.getincrementaldecoder(encoding)()
    wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    line, offset, last = 1, 0, b""
    returns = feeds = pairs = 0
    ascii_only = True
    try:
        with _opened(file) as handle:
            while chunk := handle.read(_CHUNK):
                waiting = len(decoder.getstate()[0])
                bad = -1 if wide else chunk.find(b"\0")
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    bad = max(error.start - waiting, 0)
                if bad >= 0:
                    where = f"line {line + chunk[:bad].count(10)}, byte {offset + bad + 1}"
                    problem = _not_text(shown, encoding, chunk, bad, where)
                    return _Scan(problem, False, False)
                ascii_only = ascii_only and chunk.isascii()
                returns += chunk.count(b"\r")
                feeds += chunk.count(b"\n")
                pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
                line, offset, last = line + chunk.count(b"\n"), offset + len(chunk), chunk[-1:]
                if offset > LARGEST_UNPACKED and file.suffix.lower() == ".gz":
                    return _Scan(too_large(shown), False, False)
    except (OSError, EOFError, zlib.error):
        return _Scan(Problem("not a readable gzip file, or cut off", shown), False, False)
    problem = None
    if decoder.getstate()[0]:
        what = f"not {_named(encoding)} text: it ends inside a character"
        problem = Problem(what, shown, hint=_HINT)
    if offset == 0:
        problem = Problem("is empty (0 bytes)", shown, "a header line and data rows")
    return _Scan(problem, ascii_only, returns == 0 or returns == feeds == pairs)


def too_large(shown: str) -> Problem:
    """Return the problem of a packed file that grows beyond all measure.

    Parameters
    ----------
    shown : str
        The file's name in messages.
    """
    return Problem("too large when unpacked", shown, f"at most {LARGEST_UNPACKED / 2**30:.0f} GiB")


def _not_text(shown: str, encoding: str, chunk: bytes, bad: int, where: str) -> Problem:
    looks_wide = bad < 2 and chunk[:200].count(0) * 3 > len(chunk[:200])
    return Problem(
        f"not {_named(encoding)} text",
        shown,
        found=f"byte 0x{chunk[bad]:02X} at {where}",
        hint=_HINT_UTF16 if looks_wide else _HINT,
    )


def _named(encoding: str) -> str:
    return encoding.upper().removesuffix("-SIG")
