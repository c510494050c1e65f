"""What the backtest report may be told."""

from __future__ import annotations

from pydantic import Field, ValidationInfo, field_validator

from workbench.core.settings import ForecastSettings, Report


class BacktestSettings(ForecastSettings):
    """Settings of the backtest."""

    origins: int = Field(
        4,
        ge=1,
        le=60,
        title="past days from which the future is forecast, 1 to 60",
        description="Past days from which the future is forecast",
    )
    step_months: int = Field(
        6, ge=1, le=24, title="months between them, 1 to 24", description="Months between origins"
    )
    horizons: list[int] = Field(
        [3, 6, 12],
        title="months ahead that are scored, none beyond horizon_months",
        description="Months ahead that are scored, none beyond horizon_months",
        json_schema_extra={"form": "a list of whole numbers from 1 to horizon_months"},
    )
    refit: bool = Field(
        True,
        title="fit at each origin; false: fit at the first one, use it again",
        description="Fit at each origin; false: fit at the first one and use that fit again",
    )
    simulated_forecasts: bool = Field(
        True,
        title="the simulated book's account managers forecast their renewals",
        description="The simulated book's account managers forecast their renewals",
    )

    @field_validator("horizons")
    @classmethod
    def _within_reach(cls, months: list[int], info: ValidationInfo) -> list[int]:
        if not months or not all(1 <= m <= info.data.get("horizon_months", 36) for m in months):
            raise ValueError("beyond horizon_months, or none")
        return sorted(set(months))


REPORT = Report(
    "backtest",
    "Had we forecast then, would it have come true?",
    "40_backtest.ipynb",
    BacktestSettings,
)
