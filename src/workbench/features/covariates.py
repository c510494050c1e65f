"""Which signals and attributes a model takes, as asked for or by usage."""

from __future__ import annotations

import pandas as pd

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.features.encode import encoded_count
from workbench.features.human_forecast import METRIC
from workbench.features.signals.metrics import latest_name

# One or two of each family: most books have too few endings to tell sixty signals apart.
USUAL = (
    "consumption_3m",
    "active_users_trend",
    "arr_change_12m",
    "growth_offers_open",
    "renewal_refused_6m",
    "mean_days_late_6m",
    "disputes_12m",
    "ticket_rate_change",
    "severe_tickets_3m",
    "escalations_6m",
    "nps_latest",
    "inbound_messages_3m",
    "champion_present",
    "key_contacts_left_12m",
    "bad_news_6m",
)
ALL = "all"

MOST_UNASKED = 200
"""Encoded columns of attributes that a model takes unasked. Among more, some go with leaving by
chance alone, and no book of contracts has the endings to tell which."""


def _is_metric(name: str) -> bool:
    """Tell a team's own metrics, but for the forecast that stands beside the model's."""
    if name == latest_name(METRIC):
        return False
    return name.startswith("metric: ") and not name.endswith(", change")


def chosen_covariates(wanted: tuple[str, ...], known: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return which of the known signals and attributes are used.

    Parameters
    ----------
    wanted : tuple of str
        Names; empty for the usual ones, `("all",)` for everything.
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
        usual = [name for name in known["signals"] if name in USUAL or _is_metric(name)]
        return known | {"signals": usual}
    every = known["signals"] + known["attributes"]
    problems = [
        Problem(f"the book has no {name}", "covariates", hint=nearest(name, every))
        for name in wanted
        if name not in every
    ]
    if problems:
        raise ParameterError("A covariate is unknown.", problems)
    return {kind: [name for name in names if name in wanted] for kind, names in known.items()}


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
