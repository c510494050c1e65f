"""What goes with leaving: hazard ratios of signals, attributes and group levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import binom, norm

from workbench.core import names
from workbench.core.intervals import interval
from workbench.core.plain_text import plain
from workbench.features.design import Coding
from workbench.features.signals.catalogue import meaning_of

_KINDS = (
    (names.SIGNAL, names.SIGNAL_NAME, "signal"),
    (names.STATIC, names.STATIC_NAME, "attribute"),
    (names.GROUP, names.GROUP_LEVEL, "group"),
)


def driver_table(posterior: xr.Dataset, prob: float, coding: Coding | None = None) -> pd.DataFrame:
    """Return how much faster or slower subscriptions leave with each driver.

    Parameters
    ----------
    posterior : Dataset
        Named effects.
    prob : float
        Probability inside each equal-tailed interval.
    coding : Coding, optional
        Tells curves, which are no drivers of their own: the line is what a driver does on average,
        and `workbench.forecast.leaving.curves` tells the rest. Left out, there are none.

    Returns
    -------
    DataFrame
        driver, kind, hazard_ratio (posterior median; for one standard deviation of a number, for
        having an indicator, against the average for a group level), low, high, clear (the interval
        excludes 1); strongest first. It says what goes with leaving, not what causes it.
    """
    parts = []
    curves = [] if coding is None else [*coding.signals.curves, *coding.attributes.curves]
    for variable, dim, kind in _KINDS:
        effect = posterior[variable]
        effect = effect[..., ~np.isin(effect[dim].values.astype("str"), curves)]
        if effect.sizes[dim]:
            drawn = effect.transpose("chain", "draw", dim).values.reshape(-1, effect.sizes[dim])
            low, high = interval(drawn, prob)
            parts.append(
                pd.DataFrame(
                    {
                        "driver": effect[dim].values,
                        "kind": kind,
                        "hazard_ratio": np.exp(np.median(drawn, axis=0)),
                        "low": np.exp(low),
                        "high": np.exp(high),
                    }
                )
            )
    columns = ["driver", "kind", "hazard_ratio", "low", "high"]
    table = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    table["clear"] = (table["low"] > 1) | (table["high"] < 1)
    strength = -np.abs(np.log(table["hazard_ratio"].astype(float)))
    return table.iloc[np.argsort(strength, kind="stable")].reset_index(drop=True)


def drivers_finding(drivers: pd.DataFrame, prob: float) -> str:
    """Say in a line how many drivers stand out, by the rule of `drivers_text`.

    Parameters
    ----------
    drivers : DataFrame
        From `driver_table`.
    prob : float, between 0 and 1
        Inside the intervals that say what is clear.
    """
    tried = drivers[drivers["kind"] != "group"]
    clear, levels = int(tried["clear"].sum()), drivers[drivers["kind"] == "group"]
    beyond = stand_out(drivers, prob)
    finding = f"{clear} of {len(tried)} signals and attributes stand out"
    if not beyond:
        finding = (
            f"No signal stands out beyond chance ({clear} of {len(tried)} intervals are clear)"
        )
    held = (
        f"; {int(levels['clear'].sum())} of {len(levels)} levels of groups" if len(levels) else ""
    )
    return f"{finding}{held}"


def stand_out(drivers: pd.DataFrame, prob: float) -> bool:
    """Tell whether more signals are clear than chance gives, or one clearer than chance gives.

    Parameters
    ----------
    drivers : DataFrame
        From `driver_table`.
    prob : float, between 0 and 1
        Inside the intervals that say what is clear.
    """
    tried = drivers[drivers["kind"] != "group"]
    many = tried["clear"].sum() > binom.ppf(0.95, len(tried), 1 - prob)
    return len(tried) > 0 and bool(many or _one_beyond_chance(tried, prob))


def drivers_text(drivers: pd.DataFrame, prob: float) -> str:
    """Say in one or two sentences which drivers stand out, or that none does.

    With many drivers some intervals exclude 1 by chance; the sentence says how many would. Drivers
    stand out when more are clear than chance gives in 95 of 100 such tables, or when one is so
    clear that it is the best of as many by chance in at most 5 of 100 (Bonferroni). Their names are
    escaped for Markdown.

    Parameters
    ----------
    drivers : DataFrame
        One row per driver: driver (name), kind, hazard_ratio and clear (its interval excludes 1).
        Rows of kind ``group`` are passed over.
    prob : float, between 0 and 1
        Inside the intervals that say what is clear.

    Returns
    -------
    str
        Markdown.
    """
    tried = drivers[drivers["kind"] != "group"]
    clear = tried[tried["clear"]]
    by_chance = (1 - prob) * len(tried)
    if len(tried) == 0:
        return "The model has no signals or attributes."
    if not stand_out(drivers, prob):
        return (
            f"No signal found: {len(clear)} of {len(tried)} {prob:.0%} intervals exclude no "
            f"effect; chance alone would make it about {by_chance:.0f}."
        )
    worst = _named(clear.loc[clear["hazard_ratio"] > 1, "driver"])
    best = _named(clear.loc[clear["hazard_ratio"] < 1, "driver"])
    return (
        f"{len(clear)} of {len(tried)} signals and attributes stand out. Leaving goes most with: "
        f"{worst}; staying with: {best}. This is association, not cause."
    )


def _named(drivers: pd.Series) -> str:
    """Name the first three by what they mean; a meaning may hold commas."""
    return ", ".join(f"“{plain(meaning_of(name))}”" for name in drivers.head(3)) or "none"


def _one_beyond_chance(tried: pd.DataFrame, prob: float) -> bool:
    """Tell whether any driver is too clear to be the best of so many by chance."""
    width = np.log(tried["high"] / tried["low"])
    sd = width / (norm.ppf((1 + prob) / 2) * 2)
    distance = np.abs(np.log(tried["hazard_ratio"])) / sd
    return bool((distance > norm.ppf(1 - 0.025 / len(tried))).any())
