"""The file of measured effects that plans read: only what passed every check is in it."""

from __future__ import annotations

import pandas as pd
import yaml

from workbench.impact.checks import MEASURED
from workbench.impact.measure import ALL_KINDS

_HEAD = """\
# Measured effects of actions: factors on the hazard of leaving while an action lasts. A lever reads
# one as  source: {kind: measured, file: effects.yaml, effect: NAME}.
"""


def effects_file(effects: pd.DataFrame, prob: float) -> str:
    """Return the text of the file.

    Parameters
    ----------
    effects : DataFrame
        From `workbench.impact.measure.effect_table`, with word.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    str
        YAML: ``effects``, by kind of action, each with estimate, low, high and probability.

    Examples
    --------
    >>> effects = pd.DataFrame({"action": ["call"], "word": ["association"], "ratio": [0.8],
    ...                      "ratio_low": [0.6], "ratio_high": [1.0]})
    >>> effects_file(effects, 0.9).splitlines()[-1]
    'effects: {}'
    """
    kept = effects[(effects["word"] == MEASURED) & (effects["action"] != ALL_KINDS)]
    stated = {
        str(row["action"]): {
            "estimate": round(float(row["ratio"]), 4),
            "low": round(float(row["ratio_low"]), 4),
            "high": round(float(row["ratio_high"]), 4),
            "probability": float(prob),
        }
        for _, row in kept.iterrows()
    }
    return _HEAD + yaml.safe_dump({"effects": stated}, sort_keys=True, allow_unicode=True)
