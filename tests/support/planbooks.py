"""A small book for planners, made by hand: every number of it is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from quiet import quiet_shocks

from workbench.core.names import EXIT_KINDS
from workbench.core.revenue_names import TERM_KINDS
from workbench.features.design import Coding
from workbench.features.encode import EncodedColumn, Encoder, encode
from workbench.forecast.posterior.revenue import Effects, NewBusinessDraws, RevenueDraws
from workbench.forecast.posterior.survival import Draws
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import (
    BEGINS,
    LEAVES,
    N_SIGNED,
    TERM,
    Lines,
    term_groups,
)
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.snapshot import SUPPORT_COLUMNS

JANUARY = 2026 * 12
SIGNALS = Encoder(
    (
        EncodedColumn("consumption_3m", "consumption_3m", "number", 0.8, 0.2),
        EncodedColumn("champion_present", "champion_present", "number", 0.6),
        EncodedColumn("champion_present: missing", "champion_present", "missing", 0.1),
    )
)
CODING = Coding(SIGNALS, Encoder(()), ("segment",), (("Large", "Small"),), (), 24)


def _effects(rng: np.random.Generator, draws: int, base: float, slope: float) -> Effects:
    return Effects(
        base=np.full(draws, base),
        attribute=np.zeros((draws, 0)),
        group=np.tile([0.1, -0.1, 0.0], (draws, 1)),
        signal=slope * rng.normal([1.0, 0.5, 0.1], 0.1, (draws, 3)),
        fade=rng.uniform(0.8, 0.95, draws),
        term=np.zeros((draws, len(TERM_KINDS))),
    )


def planbook_inputs(
    draws: int = 300, months: int = 24, seed: int = 1, **given: float
) -> ForecastInputs:
    """Make draws; `leave`, `contract`, `expand`, `amend`, `cross_sell` are log-rates."""
    rng = np.random.default_rng(7)
    exit_log_hazard = np.array(
        [-3.5, *[given.get("leave", -1.5)] * 4, *[given.get("early", -5.5)] * 4]
    )
    assert len(exit_log_hazard) == len(EXIT_KINDS)
    hazard = Draws(
        exit=exit_log_hazard + rng.normal(0, 0.1, (draws, 1)),
        tenure=np.zeros((draws, 25)),
        **quiet_shocks(draws, CODING, 0.1),
        attribute=np.zeros((draws, 0)),
        group=np.tile([-0.1, 0.1, 0.0], (draws, 1)),
        signal=rng.normal([-0.5, -0.4, 0.1], 0.1, (draws, 3)),
        fade=rng.uniform(0.8, 0.95, draws),
        frailty=rng.uniform(0.0, 0.6, draws),
    )
    new = NewBusinessDraws(
        source=("Large", "Small", "(returning)"),
        returning=np.array([False, False, True]),
        rate=np.full((draws, 3, months), 1.0),
        dispersion=np.full((draws, 3), 2.0),
        size_mean=np.full((draws, 3), 9.0),
        size_sd=np.full((draws, 3), 0.5),
        term_share=np.tile([0.3, 0.7], (3, 1)),
        term_months=np.array([1, 12]),
        month_to_month=np.array([True, False]),
    )
    rates = {"contract": -1.8, "expand": -1.0, "amend": -4.5, "cross_sell": -4.5} | given
    slopes = {"contract": -0.3, "expand": 0.3, "amend": 0.4, "cross_sell": 0.1}
    revenue = RevenueDraws(
        **{name: _effects(rng, draws, rates[name], slope) for name, slope in slopes.items()},
        size_mean=np.full((4, draws), -1.8),
        size_sd=np.full((4, draws), 0.3),
        size_group=np.zeros((4, draws, 3)),
        size_term=np.zeros((4, draws, len(TERM_KINDS))),
        amend_down=np.full((draws, len(TERM_KINDS)), 0.2),
        price_share=np.full(draws, given.get("price_share", 0.6)),
        price_mean=np.full(draws, 0.04),
        price_sd=np.full(draws, 0.01),
        new=new,
    )
    return ForecastInputs(hazard, revenue, CODING, JANUARY, months, seed)


def make_book(accounts: int = 12, keys: tuple[str, ...] = (), **given: float) -> Planbook:
    """Make a book: the first account has one line due in month 5, the rest one to three lines.

    Parameters
    ----------
    accounts : int
    keys : tuple of str
        Names of the first accounts; the others are called A000, A001 ...
    given : float
        See `planbook_inputs`.
    """
    rng = np.random.default_rng(3)
    inputs = planbook_inputs(**given)
    of = np.repeat(np.arange(accounts), np.append(1, rng.integers(1, 4, accounts - 1)))
    n = len(of)
    term = rng.choice([1, 12, 24], n)
    term[0] = 12
    to_end = np.where(term == 1, 0, rng.integers(0, 12, n))
    to_end[0] = 4
    signals = pd.DataFrame(
        {
            "account_id": [*keys, *(f"A{i:03d}" for i in range(len(keys), accounts))],
            "consumption_3m": rng.uniform(0.4, 1.1, accounts),
            "champion_present": rng.choice([0.0, 1.0, np.nan], accounts),
        }
    )
    signals.loc[0, ["consumption_3m", "champion_present"]] = [0.7, 0.0]
    coded = encode(SIGNALS, signals)
    lines = Lines(
        subscription_id=np.array([f"S{i:04d}" for i in range(n)], dtype=object),
        account_id=signals["account_id"].to_numpy(object)[of],
        product=rng.choice(np.array(["Core", "Insights"], dtype=object), n),
        cents=rng.integers(10**6, 10**7, n),
        tenure_months=rng.integers(1, 40, n),
        months_to_end=to_end,
        term_months=term,
        term_group=term_groups(term, term == 1),
        attribute_value=np.zeros((n, 0)),
        group_idx=rng.integers(0, 3, (n, 1)),
        signal_value=coded[of],
    )
    meanings = ("units used per unit bought", "a champion is there")
    rest = ("product", "share", 0.1, 0.4, 0.8, 1.1, 1.3)
    support = pd.DataFrame(
        [
            (name, meaning, *rest)
            for name, meaning in zip(signals.columns[1:], meanings, strict=True)
        ],
        columns=list(SUPPORT_COLUMNS),
    )
    support.loc[1, ["low", "high"]] = [0.0, 1.0]
    return Planbook(
        as_of="2026-01-01",
        currency="EUR",
        inputs=inputs,
        lines=lines,
        survived=rng.gamma(1.0, 0.3, (len(inputs), n)).astype("float32"),
        accounts=pd.DataFrame(
            {
                "account_id": signals["account_id"],
                "name": [f"Customer {i}" for i in range(accounts)],
                "industry": np.where(np.arange(accounts) % 3, "Bank", "Retail"),
            }
        ),
        signals=signals,
        support=support,
        drivers=pd.DataFrame({"account_id": pd.Series(dtype="str")}),
        opportunities=pd.DataFrame({"opportunity_id": ["O1"], "account_id": ["A000"]}),
    )


def with_notice(book: Planbook, *accounts: str, month: int = 3) -> Planbook:
    """Return the book in which accounts have given notice of all lines for a month to come."""
    lines = book.lines
    signed = np.full((len(lines), 1, N_SIGNED), -1, "int64")
    left = np.isin(lines.account_id, accounts)
    signed[left, 0] = 0
    signed[left, 0, BEGINS], signed[left, 0, TERM] = month, LEAVES
    return replace(book, lines=replace(lines, signed=signed))
