"""Measure what actions do to leaving, from the history of actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from workbench.analysis.impact.action_impact import KNOBS, ActionImpact, known_tables
from workbench.analysis.impact.nothing_measured import NothingMeasured
from workbench.analysis.prepare import PreparedData
from workbench.analysis.run import ReportRun
from workbench.analysis.settings import run_settings
from workbench.core.errors import DataError
from workbench.impact.measure import compare
from workbench.impact.trials import TrialRules, at_risk_months, lay_out_trials
from workbench.inference.fit_actions import fit_actions
from workbench.inference.from_settings import sampling_of
from workbench.report.plan_impact.settings import PlanImpactSettings


def measure_actions(
    data: PreparedData,
    draws: int | None = None,
    *,
    run: ReportRun | None = None,
    store: Path | None = None,
    **settings: Any,
) -> ActionImpact | NothingMeasured:
    """Measure what actions do to leaving, by sequential target trials.

    Parameters
    ----------
    data : PreparedData
        Of a book with the table `actions`.
    draws : int, optional
        Most kept draws per chain, at least 50; 1,000 if left out.
    run : ReportRun, optional
        Of the report `plan_impact`: its parameters hold where none is named here.
    store : Path, optional
        Folder in which the fit is kept, and found again while nothing has changed.
    **settings
        Parameters of the report `plan_impact` by their names: ``effect_months``,
        ``washout_months``, ``least_endings``, ``tosses``, and those of the sampler and its gates.

    Returns
    -------
    ActionImpact or NothingMeasured
        The first also where checks failed: `ActionImpact.effects` says of each kind which. The
        second when no action is on record, or none could be compared: its answer says why.

    Raises
    ------
    ParameterError
        Naming every unknown, mistyped and out-of-range parameter.

    Examples
    --------
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(80, months=36), covariates=["nps_latest"])
    >>> wb.measure_actions(data, draws=50, smoke=True).fit.draws  # mock draws, for speed
    50
    """
    given, own = {"draws": draws, **settings}, run.settings if run else None
    asked = run_settings(PlanImpactSettings, PlanImpactSettings, own, given, KNOBS)
    history = actions_known(data)
    rows = at_risk_months(data.book, data.hazard)
    rules = TrialRules(asked.effect_months, asked.washout_months, seed=asked.seed)
    try:
        trials, months = lay_out_trials(rows, data.hazard, history, rules)
    except DataError as error:
        return NothingMeasured(error.problems[0])
    found = compare(trials, months)
    fit = fit_actions(found.treated, sampling_of(asked), store or (run.fits if run else None))
    return ActionImpact(data, rows, history, months, found, fit, asked)


def actions_known(data: PreparedData) -> pd.DataFrame:
    """Return the actions that were on record on the as-of date; none where there is no table.

    Parameters
    ----------
    data : PreparedData
    """
    columns = ["action_id", "account_id", "kind", "done_on", "hours", "cost"]
    empty = pd.DataFrame(columns=columns)
    empty = empty.astype({"done_on": "datetime64[us]", "hours": "float64"})
    return known_tables(data, "actions").get("actions", empty)
