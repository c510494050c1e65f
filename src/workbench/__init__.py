"""Bayesian renewal, churn and net-growth forecasting in parameterised notebooks.

``import workbench as wb`` offers what an analyst calls, from the floor `analysis`. Each name loads
its module when it is first asked for, so that who only plans never loads what samples.
"""

# pyright: reportUnsupportedDunderAll=false

from importlib import import_module

_HOMES = {
    "Catalogue": "workbench.plans.plan.catalogue",
    "HazardPriors": "workbench.models.priors.hazard",
    "Plan": "workbench.plans.plan.document",
    "PlanReport": "workbench.analysis.plans.plan_report",
    "RevenuePriors": "workbench.models.priors.revenue",
    "account_health": "workbench.analysis.health.account_health",
    "audit": "workbench.analysis.audit",
    "backtest": "workbench.analysis.backtest.rolling",
    "book_from_frames": "workbench.analysis.book",
    "examine": "workbench.analysis.leaving.model_check",
    "fit_aggregates": "workbench.analysis.totals.aggregates",
    "fit_cohorts": "workbench.analysis.totals.cohorts",
    "fit_pipeline": "workbench.analysis.revenue.offers",
    "fit_reasons": "workbench.analysis.leaving.reasons",
    "fit_renewals": "workbench.analysis.leaving.renewals",
    "fit_revenue": "workbench.analysis.revenue.revenue_fit",
    "hazard_graph": "workbench.analysis.leaving.graph",
    "load_book": "workbench.analysis.book",
    "map_source": "workbench.analysis.map_source",
    "measure_actions": "workbench.analysis.impact.measure",
    "open_run": "workbench.analysis.run",
    "past_revenue": "workbench.analysis.revenue.past",
    "planning_practice": "workbench.analysis.impact.practice",
    "prepare": "workbench.analysis.prepare",
    "read_catalogue": "workbench.plans.plan.catalogue",
    "read_plan": "workbench.analysis.plans.plan",
    "read_trace": "workbench.analysis.leaving.graph",
    "simulate": "workbench.analysis.book",
}
__all__ = [
    "Catalogue",
    "HazardPriors",
    "Plan",
    "PlanReport",
    "RevenuePriors",
    "account_health",
    "audit",
    "backtest",
    "book_from_frames",
    "examine",
    "fit_aggregates",
    "fit_cohorts",
    "fit_pipeline",
    "fit_reasons",
    "fit_renewals",
    "fit_revenue",
    "hazard_graph",
    "load_book",
    "map_source",
    "measure_actions",
    "open_run",
    "past_revenue",
    "planning_practice",
    "prepare",
    "read_catalogue",
    "read_plan",
    "read_trace",
    "simulate",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
