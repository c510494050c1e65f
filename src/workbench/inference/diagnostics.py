"""How well each parameter was sampled."""

from __future__ import annotations

import arviz as az
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
    found = az.summary(varying(posterior), kind="diagnostics", round_to="none")
    names = {"r_hat": "rhat", "ess_bulk": "bulk_ess", "ess_tail": "tail_ess"}
    table = pd.DataFrame(found)[list(names)].rename(columns=names)
    table = table.rename_axis("parameter").reset_index()
    return table.sort_values("rhat", ascending=False, kind="stable", ignore_index=True)
