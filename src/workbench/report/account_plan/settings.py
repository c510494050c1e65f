"""What the account plan report may be told."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from workbench.core.errors import ParameterError, Problem
from workbench.core.settings import Report, ReportSettings, blank


class AccountPlanSettings(ReportSettings):
    """Settings of account plans; the planbook holds the book, so no source is read."""

    planbook: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="file that a growth report wrote; empty: the newest",
        description="File that a growth report wrote; empty takes the newest",
    )
    plan: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="file of a plan; empty: the planner's page",
        description="YAML or JSON file of a plan; empty opens the planner's page",
    )
    plans_dir: str = Field(
        "outputs/plans",
        min_length=1,
        title="folder of plans that the page saves and opens",
        description="Folder of plans that the page saves and opens",
    )
    interval_prob: float = Field(
        0.9,
        ge=0.01,
        le=0.99,
        title="probability inside each interval, 0.01 to 0.99",
        description="Probability inside each interval",
    )

    def require_for_report(self) -> None:
        """Refuse a report without a plan; the planner's page begins without one.

        Raises
        ------
        ParameterError
            When no plan is named.
        """
        if not self.plan:
            hint = "workbench run account_plan -p plan=FILE; workbench app opens the page."
            problem = Problem("missing", "plan", "a plan's file", "nothing", hint)
            raise ParameterError("A report is made of a plan.", [problem])


REPORT = Report(
    "account_plan",
    "Will this customer renew, and what changes if we act?",
    "60_account_plan.ipynb",
    AccountPlanSettings,
)
