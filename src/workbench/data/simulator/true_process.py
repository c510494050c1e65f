"""The true process, as numbers: what an analyst of the simulated book should find again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from workbench.core.errors import ParameterError, Problem, nearest

ACTION_MONTHS = 6
TERMS_MONTHS = (1, 12, 24, 36)
PROCESSES = ("hazard", "relationship", "showcase")
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


@dataclass(frozen=True)
class TrueProcess:
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
    action_rate : float
        Monthly probability of an action for an account of usual risk, far from its renewal.
    targeting : float
        Effect on the log of that probability of one unit of eta that the signals explain: above 0,
        whoever is likelier to leave is acted upon more often; at 0, risk plays no part.
    coin : float
        Share of customers for whom a coin decides each month, half and half, in place of that.
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
    reasons : dict
        By reason, the weight (a logit) that each signal, and a takeover in the last six months,
        gives it once an account leaves.
    quantity : dict
        Logits of more and of less against the same quantity at a renewal, and the mean of the
        log-ratio of each; at mid-term, the monthly rate of amendments at full use, how
        consumption multiplies it, and the mean of their log-ratio.
    price_rise_share : float
        Share of renewals with a price rise, of 2 to 7 % (uniform).
    growth, season : float
        Arrivals grow by `growth` a month (log) and swing by the share `season` with the year.
    forecasts : bool
        Account managers forecast their renewals; the table `metrics` then has their forecasts.
    """

    process: str = "hazard"
    coefficients: dict[str, float] = field(
        default_factory=lambda: {
            "consumption": -0.9,
            "late_payment": 0.8,
            "severe_tickets": 0.22,
            "detractor": 0.35,
            "champion_absent": 0.6,
            "engagement": -0.3,
            "bad_news": 0.5,
        }
    )
    action_effects: dict[str, float] = field(
        default_factory=lambda: {
            "business_review": -0.35,
            "executive_sponsor_call": -0.5,
            "adoption_workshop": -0.6,
            "roi_analysis": -0.25,
            "newsletter": 0.0,
        }
    )
    action_rate: float = 0.025
    targeting: float = 1.1
    coin: float = 0.0
    boundary: dict[str, float] = field(
        default_factory=lambda: {
            "mid_1": -3.85,
            "end_12": -2.2,
            "end_24": -1.9,
            "end_36": -1.7,
            "mid_12": -6.6,
            "mid_24": -6.8,
            "mid_36": -7.0,
        }
    )
    group_sd: dict[str, float] = field(
        default_factory=lambda: {"industry": 0.25, "region": 0.2, "owner": 0.2, "parent": 0.25}
    )
    segment_effects: dict[str, float] = field(
        default_factory=lambda: {"SMB": 0.2, "Mid-market": 0.0, "Enterprise": -0.3}
    )
    theta: float = 0.3
    rho: float = 0.92
    loading: float = 0.4
    quality: float = 0.0
    shock_sd: float = 0.15
    new_tenure: float = 0.4
    tenure_months: float = 12.0
    reasons: dict[str, dict[str, float]] = field(
        default_factory=lambda: {
            "price": {"base": 0.6, "late_payment": 0.8},
            "product": {"base": 0.2, "consumption": -1.5},
            "service": {"base": -0.3, "severe_tickets": 0.5, "detractor": 0.4},
            "competitor": {"base": 0.5, "engagement": -0.4},
            "budget": {"base": -0.2, "bad_news": 1.2, "takeover": -1.2},
            "acquired": {"base": -2.5, "takeover": 3.5},
            "sponsor_left": {"base": -1.5, "champion_absent": 2.0},
        }
    )
    quantity: dict[str, float] = field(
        default_factory=lambda: {
            "more": -0.9,
            "more_consumption": 1.8,
            "more_log_ratio": 0.16,
            "less": -1.9,
            "less_consumption": -2.0,
            "less_log_ratio": -0.22,
            "amend_rate": 0.008,
            "amend_consumption": 2.5,
            "amend_log_ratio": 0.18,
        }
    )
    price_rise_share: float = 0.7
    growth: float = 0.006
    season: float = 0.25
    forecasts: bool = False

    def baseline(self, tenure_months: np.ndarray) -> np.ndarray:
        """Return the baseline's part of eta at each tenure in whole months.

        Parameters
        ----------
        tenure_months : ndarray
            At least 0.
        """
        return self.new_tenure * np.exp(-tenure_months / self.tenure_months)

    def boundary_table(self) -> np.ndarray:
        """Return the boundary effect, shape (2, 37): row 1 in a term's last month; by months."""
        table = np.full((2, max(TERMS_MONTHS) + 1), np.nan, dtype="float32")
        for name, effect in self.boundary.items():
            when, months = name.split("_")
            table[int(when == "end"), int(months)] = effect
        return table


def named_process(process: str) -> TrueProcess:
    """Return the numbers of a named process.

    Parameters
    ----------
    process : str
        One of `PROCESSES`.

    Raises
    ------
    ParameterError
        When there is no process of that name.
    """
    if process == "hazard":
        return TrueProcess()
    if process == "relationship":
        return _relationship()
    if process == "showcase":
        return _showcase()
    known = " or ".join(PROCESSES)
    problem = Problem(
        "unknown process", "process", known, repr(process), nearest(process, PROCESSES)
    )
    raise ParameterError("The company cannot be simulated.", [problem])


def _showcase() -> TrueProcess:
    """Return the hazard with signals twice as strong, for a book from which a newcomer learns.

    Among subscriptions whose term ends, its true hazard ranks the leavers with an AUC of about .83.
    Models of contractual churn on public data end there: .86 on the Telco data, by
    docs/benchmarks-telco.md. At the usual numbers it is .78, and 600 accounts tell next to nothing.
    Some 18 % of subscriptions leave a year (usually 15 %), and actions are as targeted.
    """
    hazard = TrueProcess()
    return replace(
        hazard,
        coefficients={name: 2 * effect for name, effect in hazard.coefficients.items()},
        boundary={name: effect - 0.3 for name, effect in hazard.boundary.items()},
        targeting=hazard.targeting / 2,
    )


def _relationship() -> TrueProcess:
    hazard = TrueProcess()
    never = -30.0
    return TrueProcess(
        process="relationship",
        coefficients=dict(**dict.fromkeys(hazard.coefficients, 0.0)),
        boundary={
            "mid_1": -4.3,
            "end_12": -2.3,
            "end_24": -2.0,
            "end_36": -1.8,
            "mid_12": never,
            "mid_24": never,
            "mid_36": never,
        },
        theta=0.0,
        loading=0.65,
        quality=-1.1,
        new_tenure=0.0,
    )
