"""What the report on what actions do may be told."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from workbench.core.settings import ForecastSettings, Report, blank


class PlanImpactSettings(ForecastSettings):
    """Settings of the report on what actions do."""

    effect_months: int = Field(
        6,
        ge=1,
        le=24,
        title="months after an action in which its effect is looked for, 1 to 24",
        description="Months after an action in which its effect is looked for",
    )
    washout_months: int = Field(
        6,
        ge=1,
        le=24,
        title="months without an action before a comparison begins, 1 to 24",
        description="Months without an action before a comparison begins",
    )
    least_endings: int = Field(
        10,
        ge=1,
        le=1_000_000,
        title="endings to be expected among those acted upon; fewer measure nothing",
        description="Endings to be expected among those acted upon, below which a kind of "
        "action is not called measured",
    )
    tosses: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="CSV or Parquet file of a recorded coin; empty: none",
        description="CSV or Parquet file of a recorded coin: account_id, tossed_on, probability "
        "that something was done, taken (true or false)",
    )


REPORT = Report(
    "plan_impact",
    "Which actions change who stays, by how much, and may the number be trusted?",
    "80_plan_impact.ipynb",
    PlanImpactSettings,
)
