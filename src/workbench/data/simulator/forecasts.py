"""What account managers forecast of their renewals: a little insight, much confidence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.simulator.choices import risk
from workbench.data.simulator.columns import dates, labels
from workbench.data.simulator.law import Law
from workbench.data.simulator.scene import Scene

METRIC = "renewal forecast"
# A logit of 2.7 says 94 %: more than renew. Half of what the signals tell is seen, and as much
# again is imagined; owners differ in temper.
_CONFIDENCE, _INSIGHT, _FANCY, _TEMPER = 2.7, 0.5, 0.6, 0.4
_STEP = 5


def forecasts_table(scene: Scene, law: Law, rng: np.random.Generator) -> pd.DataFrame:
    """Return the chance of renewal that each account's owner states each month, as a metric.

    Percent, in steps of five. The owner knows the account's signals of the month, sees half of what
    they mean, and neither the term nor the company's own record of losses.
    """
    seen = {
        name: values[scene.month, scene.keep[scene.account]]
        for name, values in scene.course.signals.items()
    }
    told = risk(seen, law).astype("float64")
    owner = scene.people.owner[scene.keep]
    temper = rng.normal(0, _TEMPER, int(owner.max()) + 1)[owner[scene.account]]
    fancy = rng.normal(0, _FANCY, len(scene.keep))[scene.account]
    logit = _CONFIDENCE + temper + fancy - _INSIGHT * (told - told.mean())
    percent = np.round(100 / (1 + np.exp(-logit)) / _STEP) * _STEP
    return pd.DataFrame(
        {
            "account_id": labels(scene.account_key, scene.account),
            "month": dates(scene.span.day(scene.span.window + scene.month)),
            "metric": labels((METRIC,), np.zeros(len(percent))),
            "value": percent,
        }
    )
