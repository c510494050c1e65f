"""What the report on how accounts are planned may be told."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from workbench.core.settings import ContractSettings, Report, blank


class PlanningPracticeSettings(ContractSettings):
    """Settings of the report on how accounts are planned."""

    plan_store: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        repr=False,  # an address may carry a password
        title="SQLite file, or env:NAME for an address; empty: outputs/plans/plans.db",
        description="Plan store: an SQLite file, an address, or env:NAME for an address kept in an "
        "environment variable; empty takes outputs/plans/plans.db, if there is one",
    )
    living_days: int = Field(
        90,
        ge=1,
        le=3650,
        title="days since the last change up to which a plan lives",
        description="Days since the last change up to which a plan lives",
    )
    team_by: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="account column that names the team; empty: attr_team, else region",
        description="Column of accounts that names the team an account belongs to; empty takes "
        "attr_team where the book has one, else region",
        json_schema_extra={"form": "the name of a column, or empty"},
    )


REPORT = Report(
    "planning_practice",
    "How well are accounts planned, and do planned customers stay more often?",
    "81_planning_practice.ipynb",
    PlanningPracticeSettings,
)
