"""What account managers forecast of their renewals: a little insight, much confidence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.simulator.choices import risk
from workbench.data.simulator.columns import dates, labels
from workbench.data.simulator.observed_window import ObservedWindow
from workbench.data.simulator.true_process import TrueProcess

METRIC = "renewal forecast"
# A logit of 2.7 says 94 %: more than renew. Half of what the signals tell is seen, and as much
# again is imagined; owners differ in temper.
_CONFIDENCE, _INSIGHT, _FANCY, _TEMPER = 2.7, 0.5, 0.6, 0.4
_STEP = 5


def forecasts_table(
    observed: ObservedWindow, process: TrueProcess, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the chance of renewal that each account's owner states each month, as a metric.

    Percent, in steps of five. The owner knows the account's signals of the month, sees half of what
    they mean, and neither the term nor the company's own record of losses.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    process : TrueProcess
        Numbers of the true process.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    seen = {
        name: values[observed.month, observed.keep[observed.account]]
        for name, values in observed.history.signals.items()
    }
    true_risk = risk(seen, process).astype("float64")
    owner = observed.people.owner[observed.keep]
    temper = rng.normal(0, _TEMPER, int(owner.max()) + 1)[owner[observed.account]]
    fancy = rng.normal(0, _FANCY, len(observed.keep))[observed.account]
    logit = _CONFIDENCE + temper + fancy - _INSIGHT * (true_risk - true_risk.mean())
    percent = np.round(100 / (1 + np.exp(-logit)) / _STEP) * _STEP
    return pd.DataFrame(
        {
            "account_id": labels(observed.account_key, observed.account),
            "month": dates(observed.span.day(observed.span.window + observed.month)),
            "metric": labels((METRIC,), np.zeros(len(percent))),
            "value": percent,
        }
    )
