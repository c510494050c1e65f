"""A small book with contracts that are signed and have not begun, and draws made by hand for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from quiet import quiet_shocks

from workbench.core.calendar import month_number
from workbench.core.names import EXIT_KINDS
from workbench.core.revenue_names import TERM_KINDS
from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.forecast.growth.committed import book_lines
from workbench.forecast.growth.forecast import Growth, forecast_book
from workbench.forecast.growth.holdings import Holdings
from workbench.forecast.growth.levels import levels_of
from workbench.forecast.growth.setup import hold
from workbench.forecast.posterior.revenue import Effects, NewBusinessDraws, RevenueDraws
from workbench.forecast.posterior.survival import Draws
from workbench.forecast.simulation.inputs import ForecastInputs

AS_OF = "2025-07-01"
FIRST = month_number(pd.Timestamp(AS_OF))
MONTHS, DRAWS = 18, 60
SEGMENTS = ("large", "small")


def row(
    account: str,
    start: str,
    end: str | None,
    arr: float,
    signed: str | None = "start",
    **given: str,
) -> dict[str, object]:
    """Return one contract, signed on the day it starts unless stated."""
    return {
        "contract_id": f"{account} {given.get('product', 'core')} {start}",
        "account_id": account,
        "product": given.get("product", "core"),
        "start_on": start,
        "end_on": end,
        "arr": arr,
        "currency": "EUR",
        "signed_on": start if signed == "start" else signed,
        "ended_on": given.get("ended_on"),
    }


def history() -> list[dict[str, object]]:
    """Twenty yearly customers since 2021, a start in every month, of whom some have left."""
    rows = []
    for number in range(20):
        account, month = f"a{number:02d}", number % 12 + 1
        last = 2025 if month < 7 else 2024
        if number % 4 == 3:
            last = 2022 + number // 4 % 2
        for year in range(2021, last + 1):
            start = f"{year}-{month:02d}-01"
            one = row(account, start, f"{year + 1}-{month:02d}-01", 1000.0 * (number + 1))
            gone = number % 4 == 3 and year == last
            rows.append(one | {"ended_on": one["end_on"] if gone else None})
    return rows


def data_of(*signed: dict[str, object], as_of: str = AS_OF, **without: str) -> HazardData:
    """Read the history with further contracts, as of a day; ``without`` drops a column."""
    asked = DataSpecification(as_of=as_of, horizon_months=MONTHS, groups=("segment",))
    return hazard_data(book_of(*signed, **without), asked)


def book_of(*signed: dict[str, object], **without: str) -> Book:
    """Write the history and further contracts as a book."""
    rows = pd.DataFrame([*history(), *signed]).drop(columns=list(without.values()))
    for name in {"start_on", "end_on", "ended_on", "signed_on"} & set(rows):
        rows[name] = pd.to_datetime(rows[name])
    names = sorted(rows["account_id"].unique())
    accounts = pd.DataFrame({"account_id": names, "name": [f"Customer {n}" for n in names]})
    accounts["segment"] = [SEGMENTS[at % 2] for at in range(len(names))]
    return book_from_frames({"accounts": accounts, "contracts": rows})


def effects(data: HazardData, base: float) -> Effects:
    coding = data.coding
    return Effects(
        base=np.full(DRAWS, base),
        attribute=np.zeros((DRAWS, len(coding.attributes.columns))),
        group=np.zeros((DRAWS, len(coding.flat_levels) + 1)),
        signal=np.zeros((DRAWS, len(coding.signals.columns))),
        fade=np.full(DRAWS, 0.9),
        term=np.zeros((DRAWS, len(TERM_KINDS))),
    )


def hazard_draws(data: HazardData, leave: float = -1.5) -> Draws:
    coding = data.coding
    return Draws(
        exit=np.full((DRAWS, len(EXIT_KINDS)), leave),
        tenure=np.zeros((DRAWS, coding.max_tenure_months + 1)),
        **quiet_shocks(DRAWS, coding, 0.3),
        attribute=np.zeros((DRAWS, len(coding.attributes.columns))),
        group=np.zeros((DRAWS, len(coding.flat_levels) + 1)),
        signal=np.zeros((DRAWS, len(coding.signals.columns))),
        fade=np.full(DRAWS, 0.9),
        frailty=np.full(DRAWS, 0.01),
    )


def committed_inputs(data: HazardData, arrivals: float = 0.0, **given: float) -> ForecastInputs:
    """Return draws in which a good deal happens by chance: a sixth leaves in a month."""
    source = (*SEGMENTS, "(returning)")
    new = NewBusinessDraws(
        source=source,
        returning=np.array([False, False, True]),
        rate=np.full((DRAWS, 3, MONTHS), arrivals),
        dispersion=np.full((DRAWS, 3), 2.0),
        size_mean=np.full((DRAWS, 3), 9.0),
        size_sd=np.full((DRAWS, 3), 0.5),
        term_share=np.ones((3, 1)),
        term_months=np.array([12]),
        month_to_month=np.array([False]),
    )
    revenue = RevenueDraws(
        contract=effects(data, -1.0),
        expand=effects(data, -1.0),
        amend=effects(data, given.get("amend", -2.0)),
        cross_sell=effects(data, given.get("cross_sell", -3.0)),
        size_mean=np.full((4, DRAWS), -1.6),
        size_sd=np.full((4, DRAWS), 0.4),
        size_group=np.zeros((4, DRAWS, len(data.coding.flat_levels) + 1)),
        size_term=np.zeros((4, DRAWS, len(TERM_KINDS))),
        amend_down=np.full((DRAWS, len(TERM_KINDS)), 0.3),
        price_share=np.full(DRAWS, 0.7),
        price_mean=np.full(DRAWS, 0.04),
        price_sd=np.full(DRAWS, 0.01),
        new=new,
    )
    hazard = hazard_draws(data, given.get("leave", -1.5))
    return ForecastInputs(hazard, revenue, data.coding, FIRST, MONTHS, seed=3)


def forecast_of(data: HazardData, **given: float) -> tuple[ForecastInputs, Holdings, Growth]:
    inputs = committed_inputs(data, **given)
    lines = book_lines(data)
    parts = levels_of(lines, data.accounts, ("segment", "product"), inputs.revenue.new.source)
    holdings = hold(data, inputs, lines, parts, None)
    return inputs, holdings, forecast_book(inputs, holdings)
