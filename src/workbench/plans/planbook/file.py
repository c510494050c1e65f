"""Store a planbook as one file, in one step, and read it back."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem
from workbench.core.files import write_file
from workbench.plans.planbook.book import Planbook

VERSION = 2
NAME = "planbook.zip"
_VALUES = "planbook.json"


def write_planbook(book: Planbook, path: str | Path) -> None:
    """Write a planbook in one step: at any moment the file is the old one, the new one or absent.

    Parameters
    ----------
    book : Planbook
    path : str or Path
        A ZIP file of plain values (JSON), arrays (NPY) and tables (Parquet), uncompressed.
    """
    path = Path(path)
    arrays: dict[str, np.ndarray] = {}
    tables: dict[str, pd.DataFrame] = {}
    content = {"version": VERSION, "values": _packed(book, "", arrays, tables)}

    def write(aside: Path) -> None:
        with zipfile.ZipFile(aside, "w") as pack:
            pack.writestr(_VALUES, json.dumps(content, ensure_ascii=False))
            for name, array in arrays.items():
                with pack.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
            for name, table in tables.items():
                pack.writestr(f"{name}.parquet", table.to_parquet(index=False))

    write_file(path, write)


def read_planbook(path: str | Path) -> Planbook:
    """Read a planbook.

    Raises
    ------
    ParameterError
        When there is none, or one of another version.
    """
    path = Path(path)
    if not path.is_file() or not zipfile.is_zipfile(path):
        hint = "Run the report that writes it."
        problem = Problem("no planbook here", str(path), "a file that a report wrote", hint=hint)
        raise ParameterError("The planbook could not be found.", [problem])
    with zipfile.ZipFile(path) as pack:
        content = json.loads(pack.read(_VALUES))
        if content["version"] != VERSION:
            found, hint = str(content["version"]), "Run the report that writes it."
            problem = Problem("another version", str(path), str(VERSION), found, hint)
            raise ParameterError("The planbook could not be read.", [problem])
        return _unpacked(Planbook, content["values"], "", pack)


def newest_planbook(root: Path) -> Path:
    """Return the planbook that a report published last.

    Raises
    ------
    ParameterError
        When there is none.
    """
    found = sorted(root.glob(f"outputs/*/latest/{NAME}"), key=lambda path: path.stat().st_mtime)
    if found:
        return found[-1]
    hint = "Run a report that writes one, such as net_growth, or name the file."
    problem = Problem("no planbook", f"outputs/*/latest/{NAME}", hint=hint)
    raise ParameterError("There is no book to plan on.", [problem])


def _packed(
    value: Any, path: str, arrays: dict[str, np.ndarray], tables: dict[str, pd.DataFrame]
) -> dict[str, Any]:
    """Split a dataclass into plain values, arrays and tables; the latter two by their path."""
    plain = {}
    for field in fields(value):
        part, name = getattr(value, field.name), f"{path}{field.name}"
        if isinstance(part, np.ndarray):
            arrays[name] = part.astype("str") if part.dtype == object else part
        elif isinstance(part, pd.DataFrame):
            tables[name] = part
        else:
            plain[field.name] = _plain(part, name, arrays, tables)
    return plain


def _plain(part: Any, name: str, arrays: Any, tables: Any) -> Any:
    if isinstance(part, tuple):
        return [_plain(item, f"{name}.{at}", arrays, tables) for at, item in enumerate(part)]
    return _packed(part, f"{name}.", arrays, tables) if is_dataclass(part) else part


def _unpacked(kind: Any, plain: dict[str, Any], path: str, pack: zipfile.ZipFile) -> Any:
    found: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if hint is np.ndarray:
            member = io.BytesIO(pack.read(f"{path}{name}.npy"))
            array = np.lib.format.read_array(member, allow_pickle=False)
            found[name] = array.astype(object) if array.dtype.kind == "U" else array
        elif hint is pd.DataFrame:
            found[name] = pd.read_parquet(io.BytesIO(pack.read(f"{path}{name}.parquet")))
        elif name in plain:
            found[name] = _value(hint, plain[name], f"{path}{name}", pack)
    return kind(**found)


def _value(hint: Any, plain: Any, path: str, pack: zipfile.ZipFile) -> Any:
    if is_dataclass(hint):
        return _unpacked(hint, plain, f"{path}.", pack)
    if isinstance(plain, list):
        inner = get_args(hint)[0]
        return tuple(_value(inner, item, f"{path}.{at}", pack) for at, item in enumerate(plain))
    return plain
