"""What the account health report may be told."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from workbench.core.settings import JudgedSettings, Report, blank


class HealthSettings(JudgedSettings):
    """Settings of every report on the health of accounts."""

    horizon_months: int = Field(
        24, ge=12, le=36, title="months, 12 to 36", description="Months forecast after that date"
    )
    band_low: float = Field(
        0.7,
        gt=0,
        lt=1,
        title="renewal strength below which it is weak, 0 to 1",
        description="Renewal strength below which an account is called weak",
    )
    band_high: float = Field(
        0.85,
        gt=0,
        lt=1,
        title="renewal strength from which it is sound, 0 to 1",
        description="Renewal strength from which an account is called sound, above band_low",
    )
    due_months: int = Field(
        6,
        ge=1,
        le=36,
        title="months, 1 to 36",
        description="Months ahead for which renewals to decide are listed",
    )
    hour_cost: float = Field(
        50.0,
        ge=0,
        title="money that an hour of ours must bring; less is not worth doing",
        description="Money that an hour of work must bring, in the book's currency",
    )
    simulated_forecasts: bool = Field(
        True,
        title="the simulated book's account managers forecast their renewals",
        description="The simulated book's account managers forecast their renewals",
    )
    signs: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="YAML file of a team's own signs; empty: the shipped ones",
        description="YAML file of signs; empty takes the shipped ones",
    )

    words: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="YAML file of a team's own themes and words; empty: the shipped ones",
        description="YAML file of themes and words; empty takes the shipped ones",
    )
    tone_examples: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="table of texts with their tone, to learn tone from; empty: words alone",
        description="Table of labelled texts that tone is learnt from; empty reads tone by words",
    )
    tone_confidence: float = Field(
        0.6,
        ge=0,
        lt=1,
        title="probability of a tone below which it is unsure, 0 to 1",
        description="Probability of a tone below which it is called unsure",
    )
    listen_months: int = Field(
        6,
        ge=1,
        le=24,
        title="months of texts that are of late, 1 to 24",
        description="Months of messages and tickets that are read as of late",
    )
    keep_texts: bool = Field(
        False,
        title="true: what customers wrote stands in the table texts",
        description="Puts what customers wrote into the table of texts; else scores only",
    )

    @field_validator("band_high")
    @classmethod
    def _ordered(cls, high: float, info: ValidationInfo) -> float:
        if high <= info.data.get("band_low", 0.0):
            raise ValueError("band_high must lie above band_low")
        return high


class AccountHealthSettings(HealthSettings):
    """Settings of the account health report."""

    calls: int = Field(
        5,
        ge=1,
        le=50,
        title="accounts to call, listed first",
        description="How many accounts the page tells to call",
    )
    track_months: int = Field(
        18,
        ge=0,
        le=60,
        title="past months by which the score is judged, 0 to 60",
        description="Past months by which the score is judged; the model is fitted before them",
    )
    alerts_per_month: int = Field(
        10,
        ge=1,
        le=10_000,
        title="customers warned of each month, by the score and by its rivals",
        description="Customers warned of each month, by the score and by its rivals",
    )


REPORT = Report(
    "account_health",
    "Whom to call today, why, and what to say?",
    "70_account_health.ipynb",
    AccountHealthSettings,
)
