"""From at-risk rows and movements to what the revenue models learn from.

What counts as expansion, contraction or price is said by the table of movements alone, so a model's
outcomes add up to the books' bridge. Rows are positions among the at-risk rows: covariates are
those of the hazard model, read at the same leads.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.core.names import TERM_GROUPS
from workbench.core.processes import AMEND, CONTRACT, CROSS_SELL, EXPAND, ProcessName
from workbench.core.revenue_names import MOST_LOG_RATIO, OUTCOMES, PLAN_CHANGES
from workbench.features.design import Coding, Design
from workbench.features.hazard_data import HazardData
from workbench.features.new_business import NewBusiness, new_business
from workbench.features.pipeline import NO_PIPELINE, Pipeline
from workbench.features.revenue_rows import (
    QUIET_PER_HIT,
    QUIET_ROWS,
    amendment_rows,
    at_renewal,
    cross_sale_rows,
    from_or_to_nothing,
    renewal_rows,
    some_renewals,
    thinned_rows,
)
from workbench.features.standing import usual_position, usual_revenue, worth_before

# The tail of sizes beyond the largest change on record is the shape's, not the book's: of a few
# hundred changes, one that no history shows would move a forecast more than all others together.
_BEYOND_RECORD = 1.5
_DOUBLING = float(np.log(2))
_FEW_CHANGES = 20


@dataclass(frozen=True)
class Covariates:
    """What a linear predictor reads, row by row; see `workbench.features.design.Design`.

    Parameters
    ----------
    attribute_value : ndarray, shape (row, attribute)
    group_idx : ndarray of int, shape (row, grouping)
    signal_value : ndarray, shape (row, signal)
    lead_months : ndarray of int, shape (row,)
    term_idx : ndarray of int, shape (row,)
        Kind of contract: position among `core.revenue_names.TERM_KINDS`.
    standing : ndarray, shape (row,)
        Log of yearly revenue at the month's beginning, less what is usual; see
        `workbench.features.standing`.
    shock : ndarray, shape (row, 1) or (row, 0)
        What shocks added to the log-hazard of leaving in the row's quarter, as far as endings on
        record tell; no column before `workbench.features.revenue_shocks.with_shocks`.
    """

    attribute_value: np.ndarray
    group_idx: np.ndarray
    signal_value: np.ndarray
    lead_months: np.ndarray
    term_idx: np.ndarray
    standing: np.ndarray
    shock: np.ndarray

    @classmethod
    def of(cls, design: Design, rows: np.ndarray, standing: np.ndarray) -> Covariates:
        """Take those of some at-risk rows.

        Parameters
        ----------
        design : Design
            Of the hazard model.
        rows : ndarray of int, shape (row,)
            Positions of at-risk rows in the design.
        standing : ndarray, shape (row,)
            One for each of them.

        Returns
        -------
        Covariates
            One entry per row, in their order.
        """
        whose = design.subscription_idx[rows]
        exit_kind = design.cell_exit_idx[design.cell_idx[rows]]
        return cls(
            design.attribute_value[whose],
            design.group_idx[whose],
            design.signal_value[rows],
            design.lead_months[rows],
            # After month to month come the terms, as left at a renewal and as left early.
            np.where(exit_kind > 0, (exit_kind - 1) % len(TERM_GROUPS) + 1, 0),
            standing,
            np.zeros((len(rows), 0)),
        )

    def take(self, which: np.ndarray) -> Covariates:
        """Return those of some of the rows.

        Parameters
        ----------
        which : ndarray
            Positions, or a flag for each row.
        """
        return Covariates(**{name: values[which] for name, values in vars(self).items()})


@dataclass(frozen=True)
class RevenueData:
    """What happened to the revenue of customers, and who came.

    Parameters
    ----------
    as_of : Timestamp
    coding : Coding
        The hazard model's.
    renewals : DataFrame
        One row per renewal of a fixed term that was survived: row (position among the at-risk
        rows), subscription_id, account_id, month, outcome (flat, contraction, expansion), priced
        (flat in quantity, yet worth something else), log_ratio (of yearly revenue, after to
        before; 0 when nothing changed), before (cents, where something changed).
    amendments : DataFrame
        One row per other month at risk that was survived: row, account_id, month, hit (the
        quantity changed), log_ratio, before, weight (how many like it stand for themselves alone).
    cross_sales : DataFrame
        One row per account and month at risk: the same; hit: an existing customer began a further
        product; log_ratio: of its yearly revenue to the account's so far, before.
    renewal_covariates, amendment_covariates, cross_sale_covariates : Covariates
    new : NewBusiness
    pipeline : Pipeline
    products : int
        How many there are on record.
    usual : ndarray, shape (level + 1,)
        Log of the usual yearly revenue of a line, in the currency's units, by flat level; see
        `workbench.features.standing.usual_revenue`.
    """

    as_of: pd.Timestamp
    coding: Coding
    renewals: pd.DataFrame
    amendments: pd.DataFrame
    cross_sales: pd.DataFrame
    renewal_covariates: Covariates
    amendment_covariates: Covariates
    cross_sale_covariates: Covariates
    new: NewBusiness
    pipeline: Pipeline = NO_PIPELINE
    products: int = 2
    usual: np.ndarray = field(default_factory=lambda: np.zeros(1))

    @property
    def sells_further(self) -> bool:
        """Whether a customer may take a further product: of one product there is no other."""
        return self.products > 1 or bool(self.cross_sales["hit"].any())

    @property
    def most_size(self) -> float:
        """Largest log-ratio of a change of quantity to come.

        One and a half times that of the largest on record, at least a doubling; where few are on
        record, and at most, `core.revenue_names.MOST_LOG_RATIO`.
        """
        changed = [
            table["log_ratio"].to_numpy("float64")[own]
            for process, (table, own, _) in self.sized.items()
            if process != CROSS_SELL
        ]
        size = np.abs(np.concatenate(changed))
        if len(size) < _FEW_CHANGES:
            return MOST_LOG_RATIO
        return float(np.clip(_BEYOND_RECORD * size.max(), _DOUBLING, MOST_LOG_RATIO))

    @property
    def sized(self) -> dict[ProcessName, tuple[pd.DataFrame, np.ndarray, Covariates]]:
        """Where each process of revenue took place: its rows, which of them, their covariates."""
        renewed, outcome = self.renewals, self.renewals["outcome"]
        amended, sold = self.amendments, self.cross_sales
        return {
            CONTRACT: (renewed, (outcome == OUTCOMES[1]).to_numpy(bool), self.renewal_covariates),
            EXPAND: (renewed, (outcome == OUTCOMES[2]).to_numpy(bool), self.renewal_covariates),
            AMEND: (amended, amended["hit"].to_numpy(bool), self.amendment_covariates),
            CROSS_SELL: (sold, sold["hit"].to_numpy(bool), self.cross_sale_covariates),
        }


def revenue_data(
    data: HazardData,
    moved: pd.DataFrame,
    seed: int = 0,
    pipeline: Pipeline = NO_PIPELINE,
    quiet_rows: int = QUIET_ROWS,
    quiet_per_hit: int = QUIET_PER_HIT,
) -> RevenueData:
    """Prepare a book for the revenue models.

    Parameters
    ----------
    data : HazardData
    moved : DataFrame
        All movements until the last month of the window, from
        `workbench.forecast.growth.movements.movements`.
    seed : int
        Chooses which quiet rows of a large book are read.
    pipeline : Pipeline
        From `workbench.features.pipeline.pipeline_data`.
    quiet_rows, quiet_per_hit : int
        Quiet rows that are read of a large book: so many, or so many for each hit where that is
        more.

    Returns
    -------
    RevenueData
        A large book's quiet months are sampled and weighted, which leaves the likelihood's
        expectation as it is.
    """
    rng = np.random.default_rng(seed)
    moved = moved.sort_values("month", kind="stable")
    moved = moved.assign(before=moved.groupby("line_id")["cents"].cumsum() - moved["cents"])
    rows = data.rows[["subscription_id", "account_id", "month"]].assign(
        row=np.arange(len(data.rows)),
        line_id=data.rows["subscription_id"].map(
            data.subscriptions.spans.set_index("subscription_id")["line_id"]
        ),
    )
    survived = rows[data.rows["observed"] & ~data.rows["event"]]
    usual, standing = _standing(data, rows, survived, moved)
    changed = survived.merge(_by_line(moved), on=["line_id", "month"], how="left")
    changed = changed.assign(kind=changed["kind"].astype("str").fillna("none"))
    changed = changed[~from_or_to_nothing(changed)]
    renewed = at_renewal(changed, data.subscriptions.terms)
    renewals = some_renewals(renewal_rows(changed[renewed]), rng)
    amendments = thinned_rows(amendment_rows(changed[~renewed]), rng, quiet_rows, quiet_per_hit)
    cross_sales = thinned_rows(cross_sale_rows(survived, moved), rng, quiet_rows, quiet_per_hit)

    def covariates(table: pd.DataFrame) -> Covariates:
        at = table["row"].to_numpy()
        return Covariates.of(data.design, at, standing[at])

    return RevenueData(
        as_of=data.as_of,
        coding=data.coding,
        renewals=renewals,
        amendments=amendments,
        cross_sales=cross_sales,
        renewal_covariates=covariates(renewals),
        amendment_covariates=covariates(amendments),
        cross_sale_covariates=covariates(cross_sales),
        new=new_business(data, moved),
        pipeline=pipeline,
        products=data.subscriptions.spans["product"].nunique(),
        usual=usual,
    )


def _standing(
    data: HazardData, rows: pd.DataFrame, survived: pd.DataFrame, moved: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return the usual log revenue by level, and where each at-risk row stands against it."""
    held = worth_before(survived, moved)
    log_worth = np.full(len(rows), np.nan)
    at = survived["row"].to_numpy()
    log_worth[at] = np.log(np.where(held > 0, held, np.nan) / 100)
    position = usual_position(data.coding, data.design.group_idx[data.design.subscription_idx])
    usual = usual_revenue(log_worth, position, len(data.coding.flat_levels))
    return usual, np.nan_to_num(log_worth - usual[position])


def _by_line(moved: pd.DataFrame) -> pd.DataFrame:
    """Return one change per line and month; a change of product is the difference that it made.

    What merged into the line, or split from it, is a part of that.
    """
    own = moved.drop_duplicates(["line_id", "month"])
    before = own.groupby(["of_line", "month"])["before"].sum()
    several = moved.assign(swaps=moved["detail"].isin(PLAN_CHANGES)).groupby(["of_line", "month"])
    changes = several.agg(cents=("cents", "sum"), kind=("kind", "first"), swaps=("swaps", "any"))
    net = np.select(
        [changes["cents"] > 0, changes["cents"] < 0], (OUTCOMES[2], OUTCOMES[1]), "none"
    )
    changes = changes.assign(kind=changes["kind"].mask(changes["swaps"], net), before=before)
    return changes.drop(columns="swaps").rename_axis(["line_id", "month"]).reset_index()
