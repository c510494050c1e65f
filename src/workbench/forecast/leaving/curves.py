"""Effects that bend: what a number does to leaving along its values, where it is not a line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import chi2

from workbench.core.intervals import interval
from workbench.core.plain_text import plain
from workbench.features.design import Coding
from workbench.features.encode import EncodedColumn, Encoder, encode
from workbench.features.signals.catalogue import meaning_of
from workbench.forecast.posterior.survival import Draws

POINTS = 41
COLUMNS = ["driver", "kind", "value", "hazard_ratio", "low", "high", "line", "distance", "bends"]


def curve_table(draws: Draws, coding: Coding, prob: float) -> pd.DataFrame:
    """Return how fast subscriptions leave along the values of each number that may bend.

    Parameters
    ----------
    draws : Draws
    coding : Coding
        Of the design to which the draws belong.
    prob : float
        Probability inside each equal-tailed interval.

    Returns
    -------
    DataFrame
        driver, kind (signal or attribute), value (in the number's own unit, between its outer
        knots, where nine in ten rows lie), hazard_ratio (posterior median, against the mean value;
        of a signal when it is read), low, high, line (what the line alone would say), distance
        (how far the curve's coefficients are from none, squared, in posterior standard deviations)
        and bends: that distance is beyond what the ellipsoid of `prob` holds, with as many numbers
        asked as may bend (Bonferroni). The clearest bend first; none without curves.
    """
    known = (
        (coding.signals, draws.signal, "signal"),
        (coding.attributes, draws.attribute, "attribute"),
    )
    found = [
        _along(number, curves, effect[:, own], prob).assign(kind=kind)
        for encoder, effect, kind in known
        for number, curves, own in _may_bend(encoder)
    ]
    if not found:
        return pd.DataFrame(columns=COLUMNS).astype({"bends": bool})
    table = pd.concat(found, ignore_index=True)
    numbers, freedom = len(found), table.pop("curves")
    table["bends"] = table["distance"] > chi2.ppf(1 - (1 - prob) / numbers, freedom)
    order = np.argsort(-table["distance"] / freedom, kind="stable")
    return table.iloc[order].reset_index(drop=True)[COLUMNS]


def curves_text(curves: pd.DataFrame) -> str:
    """Say which effects bend; an empty text where none was asked to.

    Parameters
    ----------
    curves : DataFrame
        From `curve_table`.

    Returns
    -------
    str
        Markdown; names are escaped.
    """
    if curves.empty:
        return ""
    asked = curves["driver"].nunique()
    bent = list(dict.fromkeys(curves.loc[curves["bends"], "driver"]))
    if not bent:
        return f"None of the {asked} numbers acts otherwise than along a line beyond chance."
    named = ", ".join(f"“{plain(meaning_of(name))}”" for name in bent)
    return f"{len(bent)} of {asked} numbers do not act along a line: {named}."


def _may_bend(encoder: Encoder) -> Iterator[tuple[EncodedColumn, list[EncodedColumn], list[int]]]:
    """Yield each number that has curves, its curves, and the positions of both."""
    for at, number in enumerate(encoder.columns):
        own = encoder.curves_of(number) if number.kind == "number" else {}
        if own:
            yield number, list(own.values()), [at, *own]


def _along(
    number: EncodedColumn, curves: list[EncodedColumn], drawn: np.ndarray, prob: float
) -> pd.DataFrame:
    first, *_, last = curves[0].knots
    value = number.mean + number.sd * np.linspace(first, last, POINTS)
    coded = encode(Encoder((number, *curves)), pd.DataFrame({number.source: value}))
    eta = drawn @ coded.T
    low, high = interval(eta, prob)
    return pd.DataFrame(
        {
            "driver": number.name,
            "value": value,
            "hazard_ratio": np.exp(np.median(eta, axis=0)),
            "low": np.exp(low),
            "high": np.exp(high),
            "line": np.exp(np.median(drawn[:, 0]) * coded[:, 0]),
            "distance": _distance(drawn[:, 1:]),
            "curves": len(curves),
        }
    )


def _distance(drawn: np.ndarray) -> float:
    """Return how far draws are from zero, squared, in their own standard deviations."""
    middle = drawn.mean(axis=0)
    spread = np.atleast_2d(np.cov(drawn.T))
    return float(middle @ np.linalg.pinv(spread) @ middle)
