"""How well each parameter was sampled."""

from __future__ import annotations

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr

from workbench.inference.gates import varying


def parameter_diagnostics(posterior: xr.Dataset) -> pd.DataFrame:
    """Return R-hat and effective sample sizes of every parameter that varies.

    Parameters
    ----------
    posterior : Dataset
        Dimensions chain and draw.

    Returns
    -------
    DataFrame
        parameter, rhat, bulk_ess, tail_ess; worst R-hat first (Vehtari et al. 2021, Bayesian
        Analysis 16, 667-718).
    """
    kept = varying(posterior)
    found = {
        "rhat": az.rhat(kept),
        "bulk_ess": az.ess(kept, method="bulk"),
        "tail_ess": az.ess(kept, method="tail"),
    }
    table = pd.DataFrame({name: np.concatenate(_flat(values)) for name, values in found.items()})
    labels = [label for array in kept.data_vars.values() for label in _labels(array)]
    table.insert(0, "parameter", labels)
    return table.sort_values("rhat", ascending=False, kind="stable", ignore_index=True)


def _flat(values: xr.Dataset) -> list[np.ndarray]:
    return [np.atleast_1d(array.values) for array in values.data_vars.values()]


def _labels(array: xr.DataArray) -> list[str]:
    if array.ndim == 2:
        return [str(array.name)]
    return [f"{array.name}[{label}]" for label in array[array.dims[2]].values]
