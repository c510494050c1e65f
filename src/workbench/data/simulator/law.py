"""The true process, as numbers: what an analyst of the simulated book should find again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from workbench.core.calendar import month_number, parse_date
from workbench.core.errors import ParameterError, Problem, nearest

PAST_MONTHS = 60
LOOK_BACK_MONTHS = 6
FUTURE_MONTHS = 36
ACTION_MONTHS = 6
TERMS_MONTHS = (1, 12, 24, 36)
PROCESSES = ("hazard", "relationship")
SEGMENTS = ("SMB", "Mid-market", "Enterprise")
INDUSTRIES = (
    "Airlines",
    "Banking",
    "Energy",
    "Health care",
    "Logistics",
    "Manufacturing",
    "Public sector",
    "Retail",
    "Software",
)
REGIONS = ("Americas", "Asia-Pacific", "Central Europe", "Northern Europe")
PRODUCTS = ("Core", "Insights")
REASONS = ("price", "product", "service", "competitor", "budget", "acquired", "sponsor_left")
BAD_NEWS = ("merger", "acquisition", "layoffs", "leadership_change", "budget_cut")
GOOD_NEWS = ("funding", "referral")
EVENTS = BAD_NEWS + GOOD_NEWS
ACTIONS = (
    "business_review",
    "executive_sponsor_call",
    "adoption_workshop",
    "roi_analysis",
    "newsletter",
)


def _table(**numbers: float) -> Mapping[str, float]:
    return MappingProxyType(numbers)


@dataclass(frozen=True)
class Law:
    """Every number of the true process.

    Parameters
    ----------
    process : {"hazard", "relationship"}
        ``hazard``: in month M a running subscription i leaves with probability
        ``1 - exp(-exp(eta) * z_i)``, where eta adds the tenure baseline, the boundary effect of
        its term, coefficients times signals, group effects, the quarter's shock and the effects of
        recent actions. ``relationship``: it leaves with probability ``1 / (1 + exp(-eta))``, where
        eta rests on a hidden, mean-reverting quality of the relationship and the signals only
        reflect it; fixed terms end at their boundary only.
    coefficients : mapping
        Effect on eta of one unit of each signal, as defined in `signals.read`.
    action_effects : mapping
        Effect on eta in each of the six months after an action of the kind.
    boundary : mapping
        Effect on eta by term length, `end_*` in the month in which the term ends, `mid_*` before.
    group_sd : mapping
        Standard deviation of the effect of each level of each grouping.
    segment_effects : mapping
        Effect on eta of each segment.
    theta : float
        Variance of the gamma frailty z (mean 1), one per subscription.
    rho : float
        Monthly persistence of the states behind the signals: a signal read l months early tells
        about ``rho ** l`` of what it tells on the day.
    loading : float
        Share, as a correlation, of each state that is common to all signals of an account.
    quality : float
        Effect on eta of one standard deviation of the relationship's quality.
    shock_sd : float
        Standard deviation of the calendar shock, one per quarter, shared by all.
    new_tenure, tenure_months : float
        The baseline is ``new_tenure * exp(-tenure / tenure_months)``.
    """

    process: str = "hazard"
    coefficients: Mapping[str, float] = field(
        default_factory=lambda: _table(
            consumption=-0.9,
            late_payment=0.8,
            severe_tickets=0.22,
            detractor=0.35,
            champion_absent=0.6,
            engagement=-0.3,
            bad_news=0.5,
            uptime=0.0,
        )
    )
    action_effects: Mapping[str, float] = field(
        default_factory=lambda: _table(
            business_review=-0.35,
            executive_sponsor_call=-0.5,
            adoption_workshop=-0.6,
            roi_analysis=-0.25,
            newsletter=0.0,
        )
    )
    boundary: Mapping[str, float] = field(
        default_factory=lambda: _table(
            mid_1=-3.85,
            end_12=-2.2,
            end_24=-1.9,
            end_36=-1.7,
            mid_12=-6.6,
            mid_24=-6.8,
            mid_36=-7.0,
        )
    )
    group_sd: Mapping[str, float] = field(
        default_factory=lambda: _table(industry=0.25, region=0.2, owner=0.2, parent=0.25)
    )
    segment_effects: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {"SMB": 0.2, "Mid-market": 0.0, "Enterprise": -0.3}
        )
    )
    theta: float = 0.3
    rho: float = 0.92
    loading: float = 0.4
    quality: float = 0.0
    shock_sd: float = 0.15
    new_tenure: float = 0.4
    tenure_months: float = 12.0

    def baseline(self, tenure_months: np.ndarray) -> np.ndarray:
        """Return the baseline's part of eta at each tenure in whole months."""
        return self.new_tenure * np.exp(-tenure_months / self.tenure_months)

    def boundary_table(self) -> np.ndarray:
        """Return the boundary effect, shape (2, 37): row 1 in a term's last month; by months."""
        table = np.full((2, max(TERMS_MONTHS) + 1), np.nan, dtype="float32")
        for name, effect in self.boundary.items():
            place, months = name.split("_")
            table[int(place == "end"), int(months)] = effect
        return table


def law(process: str) -> Law:
    """Return the numbers of a named process.

    Raises
    ------
    ParameterError
        When there is no process of that name.
    """
    if process == "hazard":
        return Law()
    if process == "relationship":
        return _relationship()
    known = " or ".join(PROCESSES)
    problem = Problem("unknown process", "process", known, repr(process), nearest(process, PROCESSES))
    raise ParameterError("The company cannot be simulated.", [problem])


def _relationship() -> Law:
    hazard = Law()
    never = -30.0
    return Law(
        process="relationship",
        coefficients=_table(**dict.fromkeys(hazard.coefficients, 0.0)),
        boundary=_table(
            mid_1=-4.3,
            end_12=-2.3,
            end_24=-2.0,
            end_36=-1.8,
            mid_12=never,
            mid_24=never,
            mid_36=never,
        ),
        theta=0.0,
        loading=0.65,
        quality=-1.1,
        new_tenure=0.0,
    )


@dataclass(frozen=True)
class Span:
    """The months that are simulated: a past, the window that the tables show, a future.

    Parameters
    ----------
    first_month : int
        Month number of step 0.
    window, end, steps : int
        Step at which the window begins, at which it ends (exclusive), and their number.
    """

    first_month: int
    window: int
    end: int
    steps: int

    def day(self, step: np.ndarray | int, day: np.ndarray | int = 1) -> np.ndarray:
        """Return days since 1970-01-01 of a day (1-28) in each step's month."""
        months = np.asarray(step) + (self.first_month - 1970 * 12)
        first = months.astype("datetime64[M]").astype("datetime64[D]").astype("int64")
        return first + (np.asarray(day) - 1)

    def quarter(self) -> np.ndarray:
        """Return the calendar quarter of each step, counted from the first one's."""
        quarters = (self.first_month + np.arange(self.steps)) // 3
        return quarters - quarters[0]


def span(months: int, end: str) -> Span:
    """Return the months to simulate for a window of `months` that ends before `end`.

    Raises
    ------
    ParameterError
        When `end` is not the first day of a month.
    """
    last = parse_date(end, "end")
    if last.day != 1:
        problem = Problem(
            "not the first of a month", "end", "a date such as 2026-01-01", repr(str(end))
        )
        raise ParameterError("The company cannot be simulated.", [problem])
    window = LOOK_BACK_MONTHS + PAST_MONTHS
    stop = window + months
    return Span(month_number(last) - stop, window, stop, stop + FUTURE_MONTHS)
