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
    "PlanReport": "workbench.analysis.plan_report",
    "RevenuePriors": "workbench.models.priors.revenue",
    "account_health": "workbench.analysis.health",
    "audit": "workbench.analysis.audit",
    "backtest": "workbench.analysis.backtest",
    "book_from_frames": "workbench.analysis.book",
    "examine": "workbench.analysis.model_check",
    "fit_aggregates": "workbench.analysis.aggregates",
    "fit_cohorts": "workbench.analysis.cohorts",
    "fit_pipeline": "workbench.analysis.offers",
    "fit_reasons": "workbench.analysis.reasons",
    "fit_renewals": "workbench.analysis.renewals",
    "fit_revenue": "workbench.analysis.revenue",
    "hazard_graph": "workbench.analysis.graph",
    "load_book": "workbench.analysis.book",
    "map_source": "workbench.analysis.map_source",
    "measure_actions": "workbench.analysis.measure",
    "open_run": "workbench.analysis.run",
    "past_revenue": "workbench.analysis.past",
    "planning_practice": "workbench.analysis.practice",
    "prepare": "workbench.analysis.prepare",
    "read_catalogue": "workbench.plans.plan.catalogue",
    "read_plan": "workbench.analysis.plan",
    "read_trace": "workbench.analysis.graph",
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
