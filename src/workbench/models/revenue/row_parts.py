"""The parts of the revenue model that read rows: what each predicts, and from which rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workbench.core import revenue_names as names
from workbench.core.processes import AMEND, CONTRACT, CROSS_SELL, EXPAND
from workbench.features.design import Coding
from workbench.features.encode import Encoder
from workbench.features.revenue_data import Covariates, RevenueData
from workbench.models.compiled.log_likelihood import CompiledLogLikelihood
from workbench.models.compiled.revenue import outcome_log_likelihood, rate_log_likelihood


@dataclass(frozen=True)
class RowPart:
    """One likelihood over rows.

    Parameters
    ----------
    name : str
    processes : tuple of str
        One predictor for each.
    rows : Covariates
    seen : dict of ndarray
        What happened in each row, by the operation's name for it.
    op : CompiledLogLikelihood
    by_term : bool
        Kinds of contract have levels of their own.
    reverts : bool
        Where a line stands against its segment's usual revenue has an effect.
    bare : bool
        Attributes, groups and signals are not read.
    """

    name: str
    processes: tuple[str, ...]
    rows: Covariates
    seen: dict[str, np.ndarray]
    op: CompiledLogLikelihood
    by_term: bool = True
    reverts: bool = False
    bare: bool = False

    @property
    def several(self) -> tuple[int, ...]:
        """(predictor,) where the operation takes several, else nothing."""
        return (len(self.processes),) if self.op is outcome_log_likelihood else ()

    @property
    def shaken(self) -> int:
        """1 where shocks of leaving have an effect, else 0."""
        return self.rows.shock.shape[1]

    @property
    def attribute_value(self) -> np.ndarray:
        """Attributes of each row; then the shock, and last where the line stands, if they count."""
        own = np.column_stack([self.rows.attribute_value, self.rows.shock])
        return np.column_stack([own, self.rows.standing]) if self.reverts else own


def row_parts(data: RevenueData) -> tuple[RowPart, ...]:
    """Return the parts of the revenue model that read rows.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.
    """
    code = np.array([names.OUTCOMES.index(o) for o in data.renewals["outcome"]], dtype="int64")
    hit = data.amendments["hit"].to_numpy(bool)
    down = (data.amendments["log_ratio"].to_numpy()[hit] < 0).astype("int64")
    renewal = RowPart(
        "renewal",
        (CONTRACT, EXPAND),
        data.renewal_covariates,
        {"outcome": code},
        outcome_log_likelihood,
        reverts=True,
    )
    # Of few amendments, kinds of contract and where the line stands is all that can be told.
    amended = _alone(data.amendment_covariates.take(hit))
    direction = RowPart(
        names.AMEND_DOWN,
        (names.AMEND_DOWN,),
        amended,
        {"outcome": down},
        outcome_log_likelihood,
        reverts=True,
        bare=True,
    )
    rates = [
        (AMEND, data.amendments, data.amendment_covariates),
        (CROSS_SELL, data.cross_sales, data.cross_sale_covariates),
    ]
    return (
        renewal,
        direction,
        *(
            RowPart(
                process,
                (process,),
                rows,
                {"hit": table["hit"].to_numpy("float64"), "weight": table["weight"].to_numpy()},
                rate_log_likelihood,
                by_term=process == AMEND,  # an account takes products, not a contract
            )
            for process, table, rows in rates
        ),
    )


def coding_of(part: RowPart, coding: Coding) -> Coding:
    """Return the coding without what a part does not read.

    Parameters
    ----------
    part : RowPart
        Tells whether it is bare.
    coding : Coding
        The hazard model's.
    """
    if not part.bare:
        return coding
    nothing = Encoder(())
    return replace(coding, groupings=(), group_levels=(), attributes=nothing, signals=nothing)


def _alone(rows: Covariates) -> Covariates:
    """Return rows of which only the kind of contract and the standing are read."""
    empty = np.zeros((len(rows.standing), 0))
    none = {"attribute_value": empty, "signal_value": empty, "shock": empty}
    return replace(rows, group_idx=empty.astype("int64"), **none)
