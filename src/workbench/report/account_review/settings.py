"""What the account review may be told."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from workbench.core.settings import Report, blank
from workbench.report.account_health.settings import HealthSettings


class AccountReviewSettings(HealthSettings):
    """Settings of the account review."""

    account_id: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="key of the account; empty: the one with most money at stake",
        description="Key of the account; empty takes the one with most money at stake",
    )
    owner: Annotated[str, BeforeValidator(blank)] = Field(
        "",
        title="a review of each of this owner's accounts; empty: of one account",
        description="Makes a review of each account of this owner; empty makes that of one",
    )


REPORT = Report(
    "account_review",
    "Where does this customer stand, and what comes next?",
    "71_account_review.ipynb",
    AccountReviewSettings,
)
