"""Which signals and attributes a model takes, as asked for or by usage."""

from __future__ import annotations

import pandas as pd

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.features.encode import encoded_count
from workbench.features.human_forecast import METRIC
from workbench.features.signals.metrics import CHANGE, latest_name

ALL = "all"

MOST_UNASKED = 200
"""Encoded columns of attributes, and signals, that a model takes unasked. Among more, some go with
leaving by chance alone, and no book of contracts has the endings to tell which."""


def chosen_covariates(wanted: tuple[str, ...], known: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return which of the known signals and attributes are used.

    Parameters
    ----------
    wanted : tuple of str
        Names; empty for all but the forecast of people, which stands beside the model's, and,
        among more than `MOST_UNASKED` signals, the changes of a team's own metrics; `("all",)`
        for everything.
    known : dict of str to list of str
        Names by kind, signals and attributes.

    Raises
    ------
    ParameterError
        When one is wanted that is not known.
    """
    if wanted == (ALL,):
        return known
    if not wanted:
        return known | {"signals": _unasked(known["signals"])}
    every = known["signals"] + known["attributes"]
    problems = [
        Problem(f"the book has no {name}", "covariates", hint=nearest(name, every))
        for name in wanted
        if name not in every
    ]
    if problems:
        raise ParameterError("A covariate is unknown.", problems)
    return {kind: [name for name in names if name in wanted] for kind, names in known.items()}


def _unasked(signals: list[str]) -> list[str]:
    said = latest_name(METRIC)
    own = [name for name in signals if name not in (said, said + CHANGE)]
    if len(own) > MOST_UNASKED:
        own = [name for name in own if not name.endswith(CHANGE)]
    return own


def crowded(wanted: tuple[str, ...], own: list[str], rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the attributes that are left out unasked, because they are too many.

    Which of them to keep is not for the data to say: picked by what went with leaving, the best of
    2,000 columns of noise would look like causes.

    Parameters
    ----------
    wanted : tuple of str
        Names asked for; empty where nobody asked.
    own : list of str
        Attributes that are the book's own, in `rows`.
    rows : DataFrame
        The rows at risk.

    Returns
    -------
    tuple of str
        All of them where they would fill more than `MOST_UNASKED` columns, else none.
    """
    first = rows.drop_duplicates("subscription_id")
    crowd = not wanted and encoded_count(first[own]) > MOST_UNASKED
    return tuple(own) if crowd else ()
