"""A book and posterior draws made by hand, for forecasts in milliseconds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from quiet import quiet_shocks

from workbench.core.names import EXIT_KINDS
from workbench.core.revenue_names import TERM_KINDS
from workbench.features.design import Coding
from workbench.features.encode import Encoder
from workbench.forecast.growth.holdings import Holdings, Past
from workbench.forecast.growth.levels import levels_of
from workbench.forecast.posterior.revenue import Effects, NewBusinessDraws, RevenueDraws
from workbench.forecast.posterior.survival import Draws
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines, term_groups

JANUARY = 2026 * 12
SEGMENTS = ("Large", "Small")
GROUPINGS = ("segment", "owner", "parent", "product", "absent")
CODING = Coding(
    signals=Encoder(()),
    attributes=Encoder(()),
    groupings=("segment",),
    group_levels=(SEGMENTS,),
    quarters=(),
    max_tenure_months=24,
)


def effects(draws: int, base: float) -> Effects:
    return Effects(
        base=np.full(draws, base),
        attribute=np.zeros((draws, 0)),
        group=np.tile([0.1, -0.1, 0.0], (draws, 1)),
        signal=np.zeros((draws, 0)),
        fade=np.full(draws, 0.9),
        term=np.zeros((draws, len(TERM_KINDS))),
    )


def forecast_inputs(
    draws: int = 200, months: int = 18, seed: int = 1, **given: float
) -> ForecastInputs:
    rng = np.random.default_rng(seed)
    hazard = Draws(
        exit=np.full((draws, len(EXIT_KINDS)), given.get("leave", -3.0)),
        tenure=np.zeros((draws, 25)),
        **quiet_shocks(draws, CODING, given.get("shock_sd", 0.2)),
        attribute=np.zeros((draws, 0)),
        group=np.tile([0.2, -0.2, 0.0], (draws, 1)),
        signal=np.zeros((draws, 0)),
        fade=np.full(draws, 0.9),
        frailty=np.full(draws, given.get("frailty", 0.4)),
    )
    new = NewBusinessDraws(
        source=(*SEGMENTS, "(returning)"),
        returning=np.array([False, False, True]),
        rate=np.full((draws, 3, months), given.get("arrivals", 1.5)),
        dispersion=rng.uniform(1, 4, (draws, 3)),
        size_mean=np.full((draws, 3), 9.0),
        size_sd=np.full((draws, 3), 0.5),
        term_share=np.tile([0.2, 0.5, 0.3], (3, 1)),
        term_months=np.array([1, 12, 24]),
        month_to_month=np.array([True, False, False]),
    )
    revenue = RevenueDraws(
        contract=effects(draws, given.get("contract", -1.5)),
        expand=effects(draws, given.get("expand", -1.0)),
        amend=effects(draws, given.get("amend", -3.5)),
        cross_sell=effects(draws, given.get("cross_sell", -4.0)),
        size_mean=np.full((4, draws), -1.6),
        size_sd=np.full((4, draws), given.get("size_sd", 0.4)),
        size_group=np.zeros((4, draws, 3)),
        size_term=np.zeros((4, draws, len(TERM_KINDS))),
        amend_down=np.full((draws, len(TERM_KINDS)), 0.2),
        price_share=np.full(draws, given.get("price_share", 0.7)),
        price_mean=np.full(draws, 0.04),
        price_sd=np.full(draws, given.get("price_sd", 0.01)),
        new=new,
    )
    return ForecastInputs(hazard, revenue, CODING, JANUARY, months, seed)


def lines_for(accounts: int = 40, seed: int = 0) -> Lines:
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(accounts), rng.integers(1, 4, accounts))
    n = len(of)
    term = rng.choice([1, 12, 24], n)
    return Lines(
        subscription_id=np.array([f"s{i:04d}" for i in range(n)], dtype=object),
        account_id=np.array([f"a{i:04d}" for i in of], dtype=object),
        product=rng.choice(np.array(["Core", "Insights"], dtype=object), n),
        cents=rng.integers(1, 10**7, n),
        tenure_months=rng.integers(1, 40, n),
        months_to_end=np.where(term == 1, 0, rng.integers(0, 12, n)),
        term_months=term,
        term_group=term_groups(term, term == 1),
        attribute_value=np.zeros((n, 0)),
        group_idx=rng.integers(0, 3, (n, 1)),
        signal_value=np.zeros((n, 0)),
    )


class NoPast(Past):
    """Nobody has survived anything yet."""

    def __init__(self) -> None:
        """Hold nothing."""

    def of(self, inputs: ForecastInputs, lines: Lines) -> np.ndarray:
        return np.zeros((len(inputs), len(lines)), dtype="float32")

    def part(self, lines: Lines) -> Past:
        return self


def accounts_of(lines: Lines) -> pd.DataFrame:
    position = np.arange(len(lines.accounts))
    return pd.DataFrame(
        {
            "account_id": lines.accounts,
            "segment": np.where(position % 3, "Small", "Large"),
            "owner": np.where(position % 4, "Ann", "Bob"),
            "parent": np.where(position % 5 < 2, "Holding", None),
        }
    )


def holdings_of(lines: Lines) -> Holdings:
    levels = levels_of(lines, accounts_of(lines), GROUPINGS, (*SEGMENTS, "(returning)"))
    return Holdings(lines, NoPast(), levels)
