"""What each report may be told: names, types, units, ranges, defaults.

A field added here is all it takes for a new knob: the command line, `workbench reports` and the
checks in the notebook read it from the class. The notebook's parameters cell and
``params/base.yaml`` must name it too; a test holds the three together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

SIMULATED = "simulated"


def _blank(value: Any) -> Any:
    return "" if value is None else value


def _level(value: Any) -> Any:
    """Take what YAML makes of an unquoted "grouping: level" for the text that it was."""
    if isinstance(value, dict) and len(value) == 1:
        [(grouping, level)] = value.items()
        return f"{grouping}: {level}"
    return _blank(value)


def _missing(value: Any) -> Any:
    return None if value == "" else value


class ReportSettings(BaseModel):
    """Settings that every report has.

    Values are never converted: 24.0 is no whole number, "24" and true are no numbers.

    >>> ReportSettings(as_of="2026-01-01").as_of
    '2026-01-01'
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    as_of: Annotated[str, BeforeValidator(_blank)] = Field(
        "",
        description="Nothing known on or after this day is used; empty takes the day after the "
        "last complete month in the data",
        json_schema_extra={"form": "an ISO date such as 2026-01-31, or empty"},
    )
    run_dir: Annotated[str, BeforeValidator(_blank)] = Field(
        "", description="Folder that receives tables and figures; empty writes nothing"
    )

    @field_validator("as_of", "observed_from", check_fields=False)
    @classmethod
    def _iso_date(cls, text: str) -> str:
        return date.fromisoformat(text.strip()).isoformat() if text.strip() else ""


class SourceSettings(ReportSettings):
    """Settings of every report that reads a book from its source."""

    # Not in the repr: a database address may carry a password.
    source: str = Field(
        SIMULATED,
        min_length=1,
        repr=False,
        description="Folder, file, database address, env:NAME for an address kept in an "
        f"environment variable, or '{SIMULATED}' for the embedded simulated book",
    )
    mapping: Annotated[str | None, BeforeValidator(_missing)] = Field(
        None, description="Shipped mapping or YAML file that feeds the canonical tables"
    )
    max_lost_share: float = Field(
        0.05, ge=0, le=1, description="Share of rows that a load may lose before it stops"
    )
    simulated_accounts: int = Field(
        600, ge=10, le=1_000_000, description="Accounts in the simulated book"
    )
    simulated_months: int = Field(
        48, ge=12, le=240, description="Months of history in the simulated book"
    )
    data_seed: int = Field(20260101, ge=0, le=2**32 - 1, description="Seed of the simulated book")


class DataAuditSettings(SourceSettings):
    """Settings of the data audit."""


class SampledSettings(SourceSettings):
    """Settings of every report that samples a model and judges the sample."""

    draws: int = Field(
        2000,
        ge=10,
        le=100_000,
        description="Most kept draws per chain; sampling ends once the gates hold with a margin",
    )
    tune: int = Field(600, ge=10, le=100_000, description="Warm-up draws per chain")
    chains: int = Field(2, ge=2, le=16, description="Chains")
    target_accept: float = Field(0.9, gt=0, lt=1, description="Acceptance rate NUTS aims for")
    seed: int = Field(20260101, ge=0, le=2**32 - 1, description="Seed of the sampler")
    interval_prob: float = Field(0.9, gt=0, lt=1, description="Probability inside each interval")
    max_rhat: float = Field(1.01, ge=1, le=2, description="Gate: the largest R-hat allowed")
    min_ess: float = Field(
        400, ge=1, description="Gate: the smallest bulk or tail effective sample size allowed"
    )
    max_divergences: int = Field(0, ge=0, description="Gate: divergent transitions allowed")
    smoke: bool = Field(
        False, description="Mock sampler: proves that the code runs, never publishes"
    )


class ForecastSettings(SampledSettings):
    """Settings of every report that forecasts the book from its contracts."""

    horizon_months: int = Field(24, ge=1, le=36, description="Months forecast after the as-of date")
    covariates: list[str] = Field([], description="Features in the model; empty takes the usual")
    groups: list[str] = Field(
        ["industry", "segment", "region", "owner"],
        description="Columns pooled partially; those the data lacks are left out",
    )
    observed_from: Annotated[str, BeforeValidator(_blank)] = Field(
        "",
        description="Endings are on record from this day on; empty takes the month in which the "
        "first account left",
        json_schema_extra={"form": "an ISO date such as 2022-01-01, or empty"},
    )
    method: str = Field(
        "auto",
        pattern="^(auto|nuts|laplace)$",
        description="How the posterior is found; auto: nuts up to 200,000 rows that have signals, "
        "laplace beyond",
        json_schema_extra={"form": "auto, nuts or laplace"},
    )


class JudgedSettings(ForecastSettings):
    """Settings of every report that holds the model of leaving against the past."""

    min_calibrated: int = Field(
        7, ge=0, le=10, description="Gate: groups of rising risk, of ten, that the model describes"
    )
    min_curve_prob: float = Field(
        0.01, ge=0, lt=1, description="Gate: the smallest predictive probability of the curves"
    )


class RenewalsSettings(JudgedSettings):
    """Settings of the renewals report."""

    due_months: int = Field(
        6, ge=1, le=36, description="Months ahead for which renewals due are listed"
    )


class ModelCheckSettings(JudgedSettings):
    """Settings of the model check."""


class ReasonsSettings(ForecastSettings):
    """Settings of the reasons report."""

    min_reason_endings: int = Field(
        5, ge=1, le=1_000_000, description="Reasons given less often are pooled as other"
    )
    min_predictive_prob: float = Field(
        0.01, ge=0, lt=1, description="Gate: the smallest posterior-predictive probability allowed"
    )


class MoneySettings(ForecastSettings):
    """Settings of every report that forecasts what customers pay."""

    max_money_factor: float = Field(
        1.5,
        ge=1,
        le=100,
        description="Gate: times by which changes may have moved more or less money than the "
        "model gives them, beyond chance",
    )


class RevenueSettings(MoneySettings):
    """Settings of the revenue report."""

    due_months: int = Field(
        6, ge=1, le=36, description="Months ahead for which renewals due are listed"
    )


class NetGrowthSettings(MoneySettings):
    """Settings of the net growth report."""

    breakdowns: list[str] = Field(
        ["segment", "owner", "parent", "product"],
        description="Parts of the book told apart; those the data lacks are left out",
    )
    definition: str = Field(
        "account-level",
        pattern="^(account-level|line-level|eligible-for-renewal)$",
        description="Definition of NRR and GRR in the answer; the tables hold all three",
        json_schema_extra={"form": "account-level, line-level or eligible-for-renewal"},
    )
    scheduler: Annotated[str, BeforeValidator(_blank)] = Field(
        "", description="Address of a Dask scheduler; empty computes here"
    )
    shock_where: Annotated[str, BeforeValidator(_level)] = Field(
        "",
        description="Scenario: who is hit, as 'industry: Airlines' or 'all'; empty: nobody",
    )
    shock_hazard_ratio: float = Field(
        1.0, gt=0, le=100, description="Scenario: those hit leave so many times as often"
    )
    shock_from_month: int = Field(1, ge=1, le=36, description="Scenario: first month hit")
    shock_months: int = Field(6, ge=1, le=36, description="Scenario: how long the shock lasts")
    price_rise: float = Field(
        0.0, gt=-1, le=10, description="Scenario: share by which prices rise at renewals for a year"
    )
    price_hazard_ratio: float = Field(
        1.0, gt=0, le=100, description="Scenario: customers leave so many times as often meanwhile"
    )
    price_from_month: int = Field(1, ge=1, le=36, description="Scenario: first month of new prices")
    new_business: float = Field(
        1.0,
        ge=0,
        le=100,
        description="Scenario: factor on new customers whose offer is still to be opened",
    )


class BacktestSettings(ForecastSettings):
    """Settings of the backtest."""

    origins: int = Field(4, ge=1, le=60, description="Past days from which the future is forecast")
    step_months: int = Field(6, ge=1, le=24, description="Months between origins")
    horizons: list[int] = Field(
        [3, 6, 12],
        description="Months ahead that are scored, none beyond horizon_months",
        json_schema_extra={"form": "a list of whole numbers from 1 to horizon_months"},
    )
    refit: bool = Field(
        True, description="Fit at each origin; false: fit at the first one and use that fit again"
    )
    simulated_forecasts: bool = Field(
        True, description="The simulated book's account managers forecast their renewals"
    )

    @field_validator("horizons")
    @classmethod
    def _within_reach(cls, months: list[int], info: ValidationInfo) -> list[int]:
        if not months or not all(1 <= m <= info.data.get("horizon_months", 36) for m in months):
            raise ValueError("beyond horizon_months, or none")
        return sorted(set(months))


class CohortsSettings(SampledSettings):
    """Settings of the cohorts report; the source is a retention table, so nothing is mapped."""

    cohort_size: int = Field(
        1000, ge=1, le=1_000_000_000, description="Customers of a cohort whose table is in percent"
    )
    horizon_periods: int = Field(
        8, ge=1, le=120, description="Periods forecast after each cohort's last observed one"
    )
    holdout_periods: int = Field(
        4, ge=0, le=120, description="Last periods hidden from a first fit, to test its forecast"
    )
    min_predictive_prob: float = Field(
        0.01, ge=0, lt=1, description="Gate: the smallest posterior-predictive probability allowed"
    )


class AccountPlanSettings(ReportSettings):
    """Settings of account plans; the planbook holds the book, so no source is read."""

    planbook: Annotated[str, BeforeValidator(_blank)] = Field(
        "", description="File that a growth report wrote; empty takes the newest"
    )
    plan: Annotated[str, BeforeValidator(_blank)] = Field(
        "", description="YAML or JSON file of a plan; empty opens the planner's page"
    )
    plans_dir: str = Field(
        "outputs/plans", min_length=1, description="Folder of plans that the page saves and opens"
    )
    interval_prob: float = Field(0.9, gt=0, lt=1, description="Probability inside each interval")


@dataclass(frozen=True)
class Report:
    """A report: its name, the question it answers, its notebook and its settings."""

    name: str
    question: str
    notebook: str
    settings: type[ReportSettings]


REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        Report(
            "data_audit",
            "Can this data carry a forecast, and what is wrong with it?",
            "00_data_audit.ipynb",
            DataAuditSettings,
        ),
        Report(
            "renewals",
            "Who will still be a customer, and what is at risk?",
            "10_renewals.ipynb",
            RenewalsSettings,
        ),
        Report(
            "model_check",
            "Can the model be believed?",
            "11_model_check.ipynb",
            ModelCheckSettings,
        ),
        Report(
            "reasons",
            "Why do customers leave, and what could be saved?",
            "12_reasons.ipynb",
            ReasonsSettings,
        ),
        Report(
            "revenue",
            "What is a renewal worth, and what will the next contracts bring?",
            "20_revenue.ipynb",
            RevenueSettings,
        ),
        Report(
            "net_growth",
            "Where does revenue go: new, grown, dearer, smaller, gone?",
            "30_net_growth.ipynb",
            NetGrowthSettings,
        ),
        Report(
            "backtest",
            "Had we forecast then, would it have come true?",
            "40_backtest.ipynb",
            BacktestSettings,
        ),
        Report(
            "cohorts",
            "How many customers of each cohort will stay, and for how long?",
            "50_cohorts.ipynb",
            CohortsSettings,
        ),
        Report(
            "account_plan",
            "Will this customer renew, and what changes if we act?",
            "60_account_plan.ipynb",
            AccountPlanSettings,
        ),
    )
}
