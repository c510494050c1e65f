"""Functions that numba compiles once and keeps, until a file that they are made of changes.

numba's own cache looks at the file in which a function stands and at no other: a change in a
function that it calls from elsewhere, or in a constant that it imports, left the old machine code
in force.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba import types
from numba.core.caching import CacheImpl, _CacheLocator

from workbench.core.fingerprint import closure_digest, module_of


def jit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator: `numba.njit` with these options, cached on disk by the import closure.

    Numba compiles what a compiled function calls with a written number anew for each such number;
    here a number's type decides, as it does from Python.

    Parameters
    ----------
    **options
        Of `numba.njit`, but for `cache`.
    """
    if ClosureLocator not in CacheImpl._locator_classes:
        CacheImpl._locator_classes.insert(0, ClosureLocator)

    def decorate(function: Callable[..., Any]) -> Any:
        made: Any = numba.njit(cache=True, **options)(function)
        resolve = made.get_call_template

        def by_type(args: Any, kws: Any) -> Any:
            kws = {name: types.unliteral(kind) for name, kind in kws.items()}
            return resolve([types.unliteral(kind) for kind in args], kws)

        made.get_call_template = by_type
        return made

    return decorate


def kernel_version(module: str) -> int:
    """Return a number for PyTensor's cache: another one when the closure of a module changes.

    Parameters
    ----------
    module : str
        In which the operation stands that runs a compiled function.
    """
    return int(closure_digest(module)[:15], 16)


class ClosureLocator(_CacheLocator):
    """Say where numba keeps a function of the workbench, and what makes a kept one stale.

    Parameters
    ----------
    place : object
        numba's own locator, which knows where it can write.
    module : str
        In which the function stands.
    """

    def __init__(self, place: Any, module: str) -> None:
        self._place, self._module = place, module
        self._py_file = place._py_file  # numba names it where a function cannot be kept

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> ClosureLocator | None:
        """Return a locator for a function of the workbench, None for any other.

        Parameters
        ----------
        py_func : callable
            What is to be compiled, as it was written.
        py_file : str
            The file in which it stands.
        """
        module = module_of(Path(py_file))
        if module is None:
            return None
        others = (locator for locator in CacheImpl._locator_classes if locator is not cls)
        places = (locator.from_function(py_func, py_file) for locator in others)
        place = next((found for found in places if found is not None), None)
        return None if place is None else cls(place, module)

    def ensure_cache_path(self) -> None:
        """Make the folder, and see that it can be written to."""
        self._place.ensure_cache_path()

    def get_cache_path(self) -> str:
        """Return the folder."""
        return self._place.get_cache_path()

    def get_source_stamp(self) -> str:
        """Return what a kept function must agree in to be used."""
        return closure_digest(self._module)

    def get_disambiguator(self) -> str:
        """Return what tells functions of one name apart."""
        return self._place.get_disambiguator()
