"""What the renewals report may be told."""

from __future__ import annotations

from pydantic import Field

from workbench.core.settings import HindsightSettings, JudgedSettings, Report


class RenewalsSettings(HindsightSettings, JudgedSettings):
    """Settings of the renewals report."""

    due_months: int = Field(
        6,
        ge=1,
        le=36,
        title="months, 1 to 36",
        description="Months ahead for which renewals due are listed",
    )


REPORT = Report(
    "renewals",
    "Who will still be a customer, and what is at risk?",
    "10_renewals.ipynb",
    RenewalsSettings,
)
