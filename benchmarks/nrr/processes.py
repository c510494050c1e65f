"""Three processes that make books; none is the workbench's model.

Leaving is logistic month by month, customers differ by a normal effect or by kinds that nobody
sees, and shocks, where there are any, are autoregressive.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TERMS = (0, 12, 24, 36)  # months; 0 is month to month
# Which way a bad quarter pushes each process, beside leaving itself.
LOADING = {"contract": 0.8, "expand": -0.5, "amend": -0.3, "arrive": -0.5}


@dataclass(frozen=True)
class Shock:
    """A shock that is drawn each quarter: x' = persistence x + noise.

    Parameters
    ----------
    sd : float
        Of a quarter's shock, on the log-odds of leaving.
    persistence : float, 0 to 1
        From quarter to quarter.
    """

    sd: float = 0.0
    persistence: float = 0.0


@dataclass(frozen=True)
class Process:
    """How customers of a book come, change and leave.

    Parameters
    ----------
    name, says : str
    terms : tuple of float
        Shares of `TERMS` among new customers.
    at_renewal, in_term, monthly : float
        Log-odds of leaving at a renewal, in a month within a term, and in a month of a
        month-to-month contract, of an average new customer.
    account_sd : float
        Of the customers' own log-odds, which nobody sees.
    fickle : float
        Share of customers of a second kind, whose log-odds are higher by `fickle_gap`.
    fickle_gap : float
    by_age : float
        Added per doubling of a customer's age in years, from 1.
    health : float
        Added when the metric `health`, a persistent index of sd 1, is one lower.
    december : float
        Added in December, and taken off in June.
    everybody, industry : Shock
    outcome : tuple of float
        Log-odds against a flat renewal of contraction and of expansion.
    amend : tuple of float
        Monthly probability of an amendment of a fixed term, and of a month-to-month contract.
    down : tuple of float
        Share of those that reduce.
    size : float
        Median of changes, as a log-ratio.
    reversion : float
        How much a contract at e times its customer's usual revenue raises the log-odds of going
        down against going up.
    arrivals : float
        New customers per month, as a share of those at the start.
    """

    name: str
    says: str
    terms: tuple[float, ...] = (0.15, 0.55, 0.15, 0.15)
    at_renewal: float = -1.9
    in_term: float = -6.0
    monthly: float = -3.6
    account_sd: float = 0.5
    fickle: float = 0.0
    fickle_gap: float = 0.0
    by_age: float = -0.2
    health: float = 0.4
    december: float = 0.0
    everybody: Shock = field(default_factory=Shock)
    industry: Shock = field(default_factory=Shock)
    outcome: tuple[float, float] = (-2.0, -1.0)
    amend: tuple[float, float] = (0.01, 0.06)
    down: tuple[float, float] = (0.15, 0.4)
    size: float = 0.13
    reversion: float = 0.0
    arrivals: float = 0.016


PROCESSES = (
    Process(
        "lasting",
        "shocks of industries and of all customers that last for quarters; they move leaving, "
        "renewals' sizes, amendments and arrivals",
        everybody=Shock(0.2, 0.8),
        industry=Shock(0.4, 0.85),
    ),
    Process(
        "steady",
        "no shocks at all; a quarter of the customers is of a kind that leaves more easily",
        account_sd=0.0,
        fickle=0.25,
        fickle_gap=1.3,
        at_renewal=-2.2,
        by_age=0.0,
    ),
    Process(
        "monthly",
        "mostly month to month, sizes return to what is usual for the customer, more leave in "
        "December, and each quarter has a small shock of its own",
        terms=(0.7, 0.3, 0.0, 0.0),
        monthly=-3.5,
        by_age=-0.4,
        december=0.4,
        everybody=Shock(0.1, 0.0),
        amend=(0.01, 0.08),
        down=(0.3, 0.45),
        reversion=1.5,
    ),
)
