"""Every report that can be made: the registry, in the order in which they are told."""

from __future__ import annotations

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.settings import Report
from workbench.report.account_health.settings import REPORT as ACCOUNT_HEALTH
from workbench.report.account_plan.settings import REPORT as ACCOUNT_PLAN
from workbench.report.account_review.settings import REPORT as ACCOUNT_REVIEW
from workbench.report.aggregates.settings import REPORT as AGGREGATES
from workbench.report.backtest.settings import REPORT as BACKTEST
from workbench.report.cohorts.settings import REPORT as COHORTS
from workbench.report.data_audit.settings import REPORT as DATA_AUDIT
from workbench.report.model_check.settings import REPORT as MODEL_CHECK
from workbench.report.net_growth.settings import REPORT as NET_GROWTH
from workbench.report.plan_impact.settings import REPORT as PLAN_IMPACT
from workbench.report.planning_practice.settings import REPORT as PLANNING_PRACTICE
from workbench.report.reasons.settings import REPORT as REASONS
from workbench.report.renewals.settings import REPORT as RENEWALS
from workbench.report.revenue.settings import REPORT as REVENUE

REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        DATA_AUDIT,
        RENEWALS,
        MODEL_CHECK,
        REASONS,
        REVENUE,
        NET_GROWTH,
        BACKTEST,
        COHORTS,
        AGGREGATES,
        ACCOUNT_PLAN,
        ACCOUNT_HEALTH,
        ACCOUNT_REVIEW,
        PLAN_IMPACT,
        PLANNING_PRACTICE,
    )
}


def find_report(name: str) -> Report:
    """Return a report by name.

    Parameters
    ----------
    name : str
        As ``workbench reports`` lists them.

    Raises
    ------
    ParameterError
        When there is none of that name.
    """
    if name not in REPORTS:
        problem = Problem(f"unknown report {name}", hint=nearest(name, REPORTS))
        raise ParameterError("The report is unknown.", [problem])
    return REPORTS[name]


# What each may be told.
KNOWN = {
    name: frozenset(each.settings.model_fields) - {"run_dir"} for name, each in REPORTS.items()
}
