"""What each report may be told: names, types, units, ranges, defaults.

Here are the classes that reports share; each report's own stands in its folder, as
`report.renewals.settings`. A field added to a class is all that a new parameter takes: the command
line, `workbench reports` and the checks in the notebook read it from there, and ``make parameters``
writes ``params/base.yaml`` and the notebooks' parameters cells, where a field's title is its
comment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

SIMULATED = "simulated"
BOOK_PARAMETERS = ("source", "mapping", "simulated_accounts", "simulated_months", "data_seed")
"""Parameters that name a book, whatever its rows are today."""


def blank(value: Any) -> Any:
    """Take nothing for an empty text.

    Parameters
    ----------
    value : Any
        As it came from YAML or a notebook, in which null stands for nothing.

    Returns
    -------
    Any
        An empty text for None, else the value.
    """
    return "" if value is None else value


def missing(value: Any) -> Any:
    """Take an empty text for nothing.

    Parameters
    ----------
    value : Any
        As it came from YAML or a notebook, in which an empty text stands for nothing.

    Returns
    -------
    Any
        None for an empty text, else the value.
    """
    return None if value == "" else value


class ReportSettings(BaseModel):
    """Settings that every report has.

    Values are never converted: 24.0 is no whole number, "24" and true are no numbers.

    >>> ReportSettings(as_of="2026-01-01").as_of
    '2026-01-01'
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    as_of: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="ISO date; empty: the day after the last complete month in the data",
        description="Nothing known on or after this day is used; empty takes the day after the "
        "last complete month in the data",
        json_schema_extra={"form": "an ISO date such as 2026-01-31, or empty"},
    )
    run_dir: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="set by the runner; empty writes nothing",
        description="Folder that receives tables and figures; empty writes nothing",
    )

    def require_for_report(self) -> None:
        """Refuse, before anything is read, what a page can be opened with and no report made of.

        Raises
        ------
        ParameterError
            Where a report needs more than its notebook does.
        """

    @field_validator("as_of", "observed_from", check_fields=False)
    @classmethod
    def _iso_date(cls, text: str) -> str:
        try:
            return date.fromisoformat(text.strip()).isoformat() if text.strip() else ""
        except ValueError:
            raise ValueError("not accepted") from None


class SourceSettings(ReportSettings):
    """Settings of every report that reads a book from its source."""

    # Not in the repr: a database address may carry a password.
    source: str = Field(
        SIMULATED,
        min_length=1,
        repr=False,
        title="folder, file, database address, env:NAME, or simulated",
        description="Folder, file, database address, env:NAME for an address kept in an "
        f"environment variable, or '{SIMULATED}' for the embedded simulated book",
    )
    mapping: Annotated[str | None, BeforeValidator(missing)] = Field(
        None,
        title="shipped mapping or YAML file",
        description="Shipped mapping or YAML file that feeds the canonical tables",
    )
    max_lost_share: float = Field(
        0.05,
        ge=0,
        le=1,
        title="share of rows, 0 to 1",
        description="Share of rows that a load may lose before it stops",
    )
    simulated_accounts: int = Field(
        600, ge=10, le=1_000_000, title="accounts", description="Accounts in the simulated book"
    )
    simulated_months: int = Field(
        48, ge=12, le=240, title="months", description="Months of history in the simulated book"
    )
    data_seed: int = Field(
        20260101,
        ge=0,
        le=2**32 - 1,
        title="seed of the simulated book",
        description="Seed of the simulated book",
    )


# Of every report that samples, and of every one that reads months at risk.
_SEED: Any = Field(
    20260101, ge=0, le=2**32 - 1, title="seed of the sampler", description="Seed of the sampler"
)
_INTERVAL_PROB: Any = Field(
    0.9,
    ge=0.01,
    le=0.99,
    title="probability inside each interval, 0.01 to 0.99",
    description="Probability inside each interval",
)


class SampledSettings(SourceSettings):
    """Settings of every report that samples a model and judges the sample."""

    draws: int = Field(
        2000,
        ge=50,
        le=100_000,
        title="most kept draws per chain; it ends once the gates hold",
        description="Most kept draws per chain; sampling ends once the gates hold with a margin",
    )
    tune: int = Field(
        400,
        ge=10,
        le=100_000,
        title="warm-up draws per chain",
        description="Warm-up draws per chain",
    )
    chains: int = Field(2, ge=2, le=16, title="chains", description="Chains")
    target_accept: float = Field(
        0.8,
        ge=0.5,
        le=0.999,
        title="acceptance rate that NUTS aims for, 0.5 to 0.999",
        description="Acceptance rate NUTS aims for",
    )
    seed: int = _SEED
    interval_prob: float = _INTERVAL_PROB
    max_rhat: float = Field(
        1.01,
        ge=1,
        le=2,
        title="gate: the largest R-hat allowed",
        description="Gate: the largest R-hat allowed",
    )
    min_ess: float = Field(
        400,
        ge=1,
        title="gate: effective draws, bulk and tail",
        description="Gate: the smallest bulk or tail effective sample size allowed",
    )
    max_divergences: int = Field(
        0,
        ge=0,
        title="gate: divergent transitions allowed",
        description="Gate: divergent transitions allowed",
    )
    smoke: bool = Field(
        False,
        title="true: mock sampler, never publishes",
        description="Mock sampler: proves that the code runs, never publishes",
    )


class ContractSettings(SourceSettings):
    """Settings of every report that reads months at risk out of contracts."""

    seed: int = _SEED
    interval_prob: float = _INTERVAL_PROB
    horizon_months: int = Field(
        24, ge=1, le=36, title="months, 1 to 36", description="Months forecast after the as-of date"
    )
    covariates: list[str] = Field(
        [],
        title="empty: the usual ones",
        description="Features in the model, also one that tells the outcome; empty takes the usual",
    )
    curves: bool = Field(
        False,
        title="true: effects on leaving may bend",
        description="Whether what a number does to leaving may bend; false: lines only",
    )
    groups: list[str] | None = Field(
        None,
        title="account columns; null: industry, segment, region, owner, parent",
        description="Columns pooled partially, also one that tells the outcome; those the data "
        "lacks are left out. Null takes industry, segment, region, owner and parent",
        json_schema_extra={"form": "a list of texts, or null"},
    )
    observed_from: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="ISO date; empty: the month in which the first account left",
        description="Endings are on record from this day on; empty takes the month in which the "
        "first account left",
        json_schema_extra={"form": "an ISO date such as 2022-01-01, or empty"},
    )


class ForecastSettings(ContractSettings, SampledSettings):
    """Settings of every report that forecasts the book from its contracts."""

    method: str = Field(
        "auto",
        pattern="^(auto|nuts|laplace)$",
        title="auto, nuts, or laplace; auto: laplace beyond 200,000 rows with signals",
        description="How the posterior is found; auto: nuts up to 200,000 rows that have signals, "
        "laplace beyond",
        json_schema_extra={"form": "auto, nuts or laplace"},
    )
    min_endings: int = Field(
        1,
        ge=0,
        le=1_000_000,
        title="gate: endings on record; 0 also publishes the prior alone",
        description="Gate: endings on record; 0 also publishes what is the prior's answer alone",
    )


class JudgedSettings(ForecastSettings):
    """Settings of every report that holds the model of leaving against the past."""

    min_calibrated: int = Field(
        7,
        ge=0,
        le=10,
        title="gate: groups of ten",
        description="Gate: groups of rising risk, of ten, that the model describes",
    )
    min_curve_prob: float = Field(
        0.01,
        ge=0,
        lt=1,
        title="gate: posterior-predictive probability, 0 to 1",
        description="Gate: the smallest predictive probability of the curves",
    )


class HindsightSettings(ForecastSettings):
    """Settings of every report that says how past forecasts of its model would have done."""

    hindsight_origins: int = Field(
        4,
        ge=0,
        le=12,
        title="past days, three months apart, 0 to 12",
        description="Past days, three months apart, from which the model of leaving is made to "
        "forecast; 0 leaves the look back out",
    )


class MoneySettings(ForecastSettings):
    """Settings of every report that forecasts what customers pay."""

    max_money_factor: float = Field(
        1.5,
        ge=1,
        le=100,
        title="gate: times that changes moved more or less than modelled",
        description="Gate: times by which changes may have moved more or less money than the "
        "model gives them, beyond chance",
    )


@dataclass(frozen=True)
class Report:
    """A report: its name, the question it answers, its notebook and its settings."""

    name: str
    question: str
    notebook: str
    settings: type[ReportSettings]
