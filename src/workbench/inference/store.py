"""Stored fits: a fit whose data, code and settings have not changed is read, not computed again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.files import write_file
from workbench.core.fingerprint import closure_digest

_PACKAGES = ("pymc", "pytensor", "nutpie", "numba", "numpy", "scipy")


def fit_key(parts: Iterable[Any], module: str) -> str:
    """Return a digest of everything a fit depends on.

    Parameters
    ----------
    parts : iterable
        Arrays, tables, numbers, texts and dataclasses of them.
    module : str
        Name of the module that fits: a change of it, or of anything it imports, makes a stored
        fit stale; see `workbench.core.fingerprint`.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for part in parts:
        _feed(digest, part)
    digest.update(closure_digest(module).encode())
    for package in _PACKAGES:
        digest.update(version(package).encode())
    return digest.hexdigest()[:32]


def save_fit(path: Path, posterior: xr.Dataset, facts: dict[str, Any]) -> None:
    """Write a posterior and its facts in one step: there is the whole file or none.

    Parameters
    ----------
    path : Path
        Of the netCDF file, replaced where it is there.
    posterior : Dataset
        With names and labels.
    facts : dict of str to Any
        Of the run; what JSON can hold.
    """
    stored = posterior.assign_attrs(facts=json.dumps(facts))
    write_file(path, lambda aside: stored.to_netcdf(aside, engine="h5netcdf"))


def read_fit(path: Path) -> tuple[xr.Dataset, dict[str, Any]] | None:
    """Return a stored posterior and its facts, or None where there is none that can be read.

    The file's time of change becomes that of its last use, by which old fits are told.

    Parameters
    ----------
    path : Path
        Of the netCDF file.
    """
    try:
        with xr.open_dataset(path, engine="h5netcdf") as stored:
            posterior = stored.load()
        facts = json.loads(posterior.attrs.pop("facts"))
    except (OSError, KeyError, ValueError):
        return None
    with suppress(OSError):  # a store that may only be read serves as well
        os.utime(path)
    return posterior, facts


def _feed(digest: Any, part: Any) -> None:
    if isinstance(part, np.ndarray):
        digest.update(f"{part.dtype}{part.shape}".encode())
        if part.dtype == object:
            digest.update("\0".join(map(str, part)).encode())
        else:
            digest.update(np.ascontiguousarray(part).tobytes())
    elif isinstance(part, pd.DataFrame):
        digest.update(repr(list(part.columns)).encode())
        digest.update(pd.util.hash_pandas_object(part).to_numpy().tobytes())
    elif is_dataclass(part):
        for field in fields(part):
            digest.update(field.name.encode())
            _feed(digest, getattr(part, field.name))
    else:
        digest.update(repr(part).encode())
