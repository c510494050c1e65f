"""The open pipeline in words, made from the tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.features.pipeline import NEW_LOGO
from workbench.report.amounts import money


def pipeline_text(stages: pd.DataFrame, months: pd.DataFrame, currency: str) -> str:
    """Say what the open opportunities are expected to bring, and how that meets the count.

    Parameters
    ----------
    stages : DataFrame
        From `workbench.forecast.pipeline.tables.stage_table`; empty where there is no pipeline.
    months : DataFrame
        From `workbench.forecast.pipeline.tables.new_customer_table`.
    currency : str
        Code shown with amounts; may be empty.
    """
    if stages.empty:
        year = months.head(12)
        if not year["counted"].sum():
            return "Neither offers nor new customers are on record: none are forecast."
        return (
            "No offers are on record: new customers are forecast from their past count alone, "
            f"{year['counted'].sum():.0f} in the next {len(year)} months."
        )
    own = stages[stages["kind"] == NEW_LOGO]
    others = stages[stages["kind"] != NEW_LOGO]
    year = months.head(12)
    text = (
        f"**{int(own['open'].sum())} offers** to new customers, worth "
        f"{money(own['amount'].sum(), currency)}, are open; "
        f"**{money(own['expected'].sum(), currency)}** of it is expected to be won. In the next "
        f"{len(year)} months {year['from_pipeline'].sum():.0f} customers are to come from them and "
        f"{year['opened_later'].sum():.0f} from offers still to be opened; the count of the past "
        f"alone would say {year['counted'].sum():.0f}."
    )
    if not others["open"].sum():
        return text
    return text + (
        f" A further {int(others['open'].sum())} offers to customers, worth "
        f"{money(others['amount'].sum(), currency)}, are expected to bring "
        f"{money(others['expected'].sum(), currency)}: part of the expansion that is forecast for "
        "their accounts, and not added to it."
    )
