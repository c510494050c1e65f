"""Scenarios of the world: an industry in trouble, a price rise, a freeze in new business."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.processes import LEAVE_IDX, PROCESS_TEXTS, PROCESSES
from workbench.forecast.simulation.intervention import Intervention
from workbench.forecast.simulation.lines import Lines

EVERYBODY = "all"
# In a bad time more leave and shrink, fewer grow.
_SIGN = np.array([1 if PROCESS_TEXTS[name].is_loss else -1 for name in PROCESSES])


@dataclass(frozen=True)
class Scenario:
    """What the world may do; the defaults are the world as it was.

    Parameters
    ----------
    shock_where : str
        "grouping: level", such as "industry: Airlines", or "all"; empty: nobody.
    shock_hazard_ratio : float, above 0
        While it lasts, those hit leave so many times as often; the odds of a smaller next contract
        rise by the same factor, and those of a larger one and the rates of growth within a term
        fall by it. An assumption, not an estimate. "all" includes customers who come within the
        horizon; a level does not, since of most levels it is not known how many will come.
    shock_from_month, shock_months : int
        First month to come that is hit, from 1, and for how long.
    price_rise : float
        Share by which prices rise at each renewal within a year from `price_from_month` (at once
        for month-to-month contracts), on top of the usual changes, and whether the renewed contract
        is smaller, as large or larger. Of today's customers: new ones pay what newcomers pay.
    price_hazard_ratio : float, above 0
        In those twelve months customers leave so many times as often: the assumed loss.
    price_from_month : int
    new_business : float, 0 or more
        Factor on the number of customers to come, those who return included. Offers that are open
        today are won as they would be without it.
    """

    shock_where: str = ""
    shock_hazard_ratio: float = 1.0
    shock_from_month: int = 1
    shock_months: int = 6
    price_rise: float = 0.0
    price_hazard_ratio: float = 1.0
    price_from_month: int = 1
    new_business: float = 1.0

    @property
    def is_usual(self) -> bool:
        """Tell whether nothing differs from the world as it was."""
        shocked = bool(self.shock_where) and self.shock_hazard_ratio != 1
        priced = self.price_rise != 0 or self.price_hazard_ratio != 1
        return not (shocked or priced or self.new_business != 1)

    def text(self) -> str:
        """Say what is assumed, in one sentence per assumption.

        Returns
        -------
        str
            Clauses parted by semicolons, without a full stop.
        """
        parts = []
        if self.shock_where and self.shock_hazard_ratio != 1:
            parts.append(
                f"{self.shock_where} is hit from month {self.shock_from_month} for "
                f"{self.shock_months} months: churn and the odds of a smaller next contract "
                f"× {self.shock_hazard_ratio:g}, growth ÷ {self.shock_hazard_ratio:g}"
            )
        if self.price_rise or self.price_hazard_ratio != 1:
            parts.append(
                f"prices change by {self.price_rise:+.1%} at renewals from month "
                f"{self.price_from_month} on, for a year; meanwhile churn "
                f"× {self.price_hazard_ratio:g}"
            )
        if self.new_business != 1:
            parts.append(
                f"new and returning customers come at × {self.new_business:g} the usual rate; "
                "offers that are open today are won as ever"
            )
        return "; ".join(parts) or "the world as it was"


def change_of(
    scenario: Scenario, lines: Lines, accounts: pd.DataFrame, months: int
) -> Intervention:
    """Return what a scenario changes for the lines of a book.

    Parameters
    ----------
    scenario : Scenario
    lines : Lines
    accounts : DataFrame
        With account_id and the groupings as columns.
    months : int
        The forecast's horizon.

    Returns
    -------
    Intervention

    Raises
    ------
    ParameterError
        When the shock names a grouping or level that the book lacks.
    """
    month = np.arange(1, months + 1)
    log_rate_shift = np.zeros((len(PROCESSES), 1, len(lines), months), dtype="float32")
    newcomers = None
    if scenario.shock_where:
        lasts = scenario.shock_from_month + scenario.shock_months
        when = (month >= scenario.shock_from_month) & (month < lasts)
        reach = np.log(scenario.shock_hazard_ratio) * when
        hit = _hit(scenario.shock_where, lines, accounts)[:, None] * reach
        log_rate_shift[:, 0] += (_SIGN[:, None, None] * hit).astype("float32")
        if scenario.shock_where == EVERYBODY:
            newcomers = (_SIGN[:, None] * reach).astype("float32")
    rises = (month >= scenario.price_from_month) & (month < scenario.price_from_month + 12)
    log_rate_shift[LEAVE_IDX, 0] += (np.log(scenario.price_hazard_ratio) * rises).astype("float32")
    # A month-to-month contract has no renewal to wait for: its price moves once, at the start.
    once = np.where((lines.term_group == 0)[:, None], month == scenario.price_from_month, rises)
    return Intervention(
        log_rate_shift=log_rate_shift,
        renewal_price=np.log1p(scenario.price_rise) * once,
        arrivals=np.full(months, scenario.new_business),
        newcomers=newcomers,
    )


def _hit(where: str, lines: Lines, accounts: pd.DataFrame) -> np.ndarray:
    if where == EVERYBODY:
        return np.ones(len(lines))
    grouping, _, level = (part.strip() for part in where.partition(":"))
    if grouping not in accounts:
        known = [name for name in accounts.columns if name not in ("account_id", "name")]
        problem = Problem(
            f"the book has no {grouping}",
            "shock_where",
            "'grouping: level' or 'all'",
            where,
            nearest(grouping, known),
        )
        raise ParameterError("The scenario cannot be applied.", [problem])
    values = accounts.set_index("account_id")[grouping].reindex(lines.account_id).astype("str")
    hit = values.eq(level).to_numpy(float)
    if not hit.any():
        problem = Problem(
            f"no customer has the {grouping} {level}",
            "shock_where",
            "a level that occurs",
            where,
            nearest(level, sorted(values.unique())),
        )
        raise ParameterError("The scenario cannot be applied.", [problem])
    return hit
