"""What the net growth report may be told."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from workbench.core.settings import HindsightSettings, MoneySettings, Report, blank


def _level(value: Any) -> Any:
    """Take what YAML makes of an unquoted "grouping: level" for the text that it was."""
    if isinstance(value, dict) and len(value) == 1:
        [(grouping, level)] = value.items()
        return f"{grouping}: {level}"
    return blank(value)


class NetGrowthSettings(HindsightSettings, MoneySettings):
    """Settings of the net growth report."""

    breakdowns: list[str] = Field(
        ["segment", "owner", "parent", "product"],
        title="account columns, or product",
        description="Parts of the book told apart; those the data lacks are left out",
    )
    definition: str = Field(
        "account-level",
        pattern="^(account-level|line-level|eligible-for-renewal|with-returning)$",
        title="or line-level, eligible-for-renewal, with-returning",
        description="Definition of NRR and GRR in the answer; the tables hold all four",
        json_schema_extra={
            "form": "account-level, line-level, eligible-for-renewal or with-returning"
        },
    )
    scheduler: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="address of a Dask scheduler; empty computes here",
        description="Address of a Dask scheduler; empty computes here",
    )
    shock_where: Annotated[str, BeforeValidator(_level)] = Field(
        "",
        title='"industry: Airlines", or all; empty: nobody',
        description="Scenario: who is hit, as 'industry: Airlines' or 'all'; empty: nobody",
    )
    shock_hazard_ratio: float = Field(
        1.0,
        gt=0,
        le=100,
        title="factor on the hazard of leaving",
        description="Scenario: those hit leave so many times as often",
    )
    shock_from_month: int = Field(
        1, ge=1, le=36, title="month to come, 1 to 36", description="Scenario: first month hit"
    )
    shock_months: int = Field(
        6, ge=1, le=36, title="months, 1 to 36", description="Scenario: how long the shock lasts"
    )
    price_rise: float = Field(
        0.0,
        gt=-1,
        le=10,
        title="share, at renewals within a year",
        description="Scenario: share by which prices rise at renewals for a year",
    )
    price_hazard_ratio: float = Field(
        1.0,
        gt=0,
        le=100,
        title="factor on the hazard of leaving meanwhile",
        description="Scenario: customers leave so many times as often meanwhile",
    )
    price_from_month: int = Field(
        1,
        ge=1,
        le=36,
        title="month to come, 1 to 36",
        description="Scenario: first month of new prices",
    )
    new_business: float = Field(
        1.0,
        ge=0,
        le=100,
        title="factor on new customers whose offer is still to be opened",
        description="Scenario: factor on new customers whose offer is still to be opened",
    )


REPORT = Report(
    "net_growth",
    "Where does revenue go: new, grown, dearer, smaller, gone?",
    "30_net_growth.ipynb",
    NetGrowthSettings,
)
