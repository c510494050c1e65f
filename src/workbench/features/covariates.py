"""Which signals and attributes a model takes, as asked for or by usage."""

from __future__ import annotations

from workbench.core.errors import ParameterError, Problem, nearest
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
