"""What code makes a number: the modules it is computed by, found from their imports, as one digest.

A stored fit, a compiled kernel and a published page are used again only while nothing that they
were made by has changed. Which files those are is read from the import statements, wherever they
stand in a file, so that no list can forget one. Files that a module reads are not followed: what is
in them must reach the digest as data.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


@cache
def closure_digest(*modules: str, package: Path = PACKAGE) -> str:
    """Return a digest of modules and of all modules of the package that they import, however far.

    Parameters
    ----------
    *modules : str
        Full names, such as ``"workbench.inference.fit"``.
    package : Path
        Folder of the package.

    Returns
    -------
    str
        64 hexadecimal digits. Files are read once in a process, for it goes on with the code that
        it has loaded.

    Raises
    ------
    ValueError
        When a module is not one of the package.
    """
    digest = hashlib.sha256()
    for name, path in import_closure(*modules, package=package).items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def import_closure(*modules: str, package: Path = PACKAGE) -> dict[str, Path]:
    """Return modules and all modules of the package that they import, with their files, by name.

    Importing a module also runs the ``__init__`` of every folder above it, so those belong to it.

    Parameters
    ----------
    *modules : str
        Full dotted names, of which each must be there.
    package : Path, optional
        Folder of the package; what is imported from elsewhere is left out.

    Raises
    ------
    ValueError
        Naming the modules that are not there.

    Examples
    --------
    >>> sorted(import_closure("workbench.core.masking"))
    ['workbench', 'workbench.core', 'workbench.core.masking']
    """
    unknown = [name for name in modules if _file_of(name, package) is None]
    if unknown:
        raise ValueError(f"no modules of {package.name}: {', '.join(unknown)}")
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        path = _file_of(name, package)
        if path is None or name in found:  # `from module import name`: most names are no modules
            continue
        found[name] = path
        folder = name if path.name == "__init__.py" else name.rpartition(".")[0]
        waiting += _imported(folder, path.read_bytes())
        waiting.append(name.rpartition(".")[0])
    return dict(sorted(found.items()))


def module_of(path: Path, package: Path = PACKAGE) -> str | None:
    """Return the name of the module in a file, or None where it is none of the package.

    Parameters
    ----------
    path : Path
        Of a file that need not be there.
    package : Path, optional
        Folder of the package.

    Examples
    --------
    >>> module_of(Path(__file__))
    'workbench.core.fingerprint'
    """
    path = path.resolve()
    if path.suffix != ".py" or not path.is_relative_to(package):
        return None
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def files_digest(files: Iterable[Path]) -> str:
    """Return a digest of the names and the bytes of files, in the order given.

    Parameters
    ----------
    files : iterable of Path
        Of which the names count, but not the folders in which they stand.
    """
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def files_within(place: Path) -> list[Path]:
    """Return a file itself, or every file of a folder in order, compiled ones left out.

    Parameters
    ----------
    place : Path
        A file or a folder, which is searched to any depth.
    """
    if place.is_file():
        return [place]
    return sorted(
        path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )


def _file_of(name: str, package: Path) -> Path | None:
    steps = name.split(".")
    if steps[0] != package.name:
        return None
    place = package.joinpath(*steps[1:])
    candidates = (place / "__init__.py", place.with_name(f"{place.name}.py"))
    return next((path for path in candidates if path.is_file()), None)


@cache
def _imported(folder: str, source: bytes) -> tuple[str, ...]:
    """Return every name that the imports of a file may mean as a module."""
    return tuple(
        imported
        for node in _statements(ast.parse(source))
        for imported in _named(node, folder.split("."))
    )


def _statements(within: ast.AST) -> Iterator[ast.AST]:
    """Yield every statement, wherever it stands; expressions, most of a file, hold none."""
    for parts in ("body", "orelse", "finalbody", "handlers", "cases"):
        for part in getattr(within, parts, ()):
            yield part
            yield from _statements(part)


def _named(node: ast.AST, folder: list[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        start = folder[: len(folder) - node.level + 1] if node.level else []
        base = ".".join([*start, *([node.module] if node.module else [])])
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)
