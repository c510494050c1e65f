"""The tables `usage`, `metrics` and `invoices`: what machines record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import dates, flags, keys, labels, until
from workbench.data.simulator.observed_window import ObservedWindow
from workbench.data.simulator.signals import INVOICE_MONTHS
from workbench.data.simulator.true_process import PRODUCTS, REGIONS

METRICS = ("uptime_pct", "onboarding_pct")
_ONBOARDING_MONTHS = 12


def usage_table(
    observed: ObservedWindow, rows: dict[str, np.ndarray], rng: np.random.Generator
) -> pd.DataFrame:
    """Return units and users per subscription and month; three months in a hundred are absent.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    rows : dict of str to ndarray
        Contracts as they were written, by column.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    span = observed.span
    start = np.maximum(observed.offered.start[observed.subs], span.window)
    stop = np.minimum(observed.history.leave_step[observed.subs], span.end)
    count = np.maximum(stop - start, 0)
    position = np.repeat(np.arange(len(observed.subs)), count)
    step = start[position] + np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
    present = rng.random(len(position)) >= 0.03
    position, step = position[present], step[present]
    account = observed.sub_account[position]
    used = np.exp(observed.panels.log_ratio[step, observed.keep[account]].astype("float64"))
    units = np.round(_entitled(observed, rows, observed.subs[position], step) * used)
    seats = 0.2 * observed.people.staff[observed.keep[account]] ** 0.8
    users = np.round(np.maximum(1, seats * used * np.exp(rng.normal(0, 0.05, len(used)))))
    return pd.DataFrame(
        {
            "account_id": labels(observed.account_key, account),
            "product": labels(PRODUCTS, observed.offered.product[observed.subs[position]]),
            "month": dates(span.day(step)),
            "units": units,
            "active_users": users,
        }
    )


def _entitled(
    observed: ObservedWindow, rows: dict[str, np.ndarray], subs: np.ndarray, step: np.ndarray
) -> np.ndarray:
    """Return the units a month that each subscription's contract of the month entitles to."""
    span = observed.span
    months = rows["start"].astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    written = rows["sub"] * 4096 + (months + 1970 * 12 - span.first_month)
    order = np.argsort(written, kind="stable")
    found = np.searchsorted(written[order], subs * 4096 + step, side="right") - 1
    row = order[found]
    return rows["entitlement"][row] / observed.offered.term_months[subs]


def metrics_table(observed: ObservedWindow, rng: np.random.Generator) -> pd.DataFrame:
    """Return uptime, and onboarding in the first year: neither matters to anybody's leaving.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    shown = observed.span.end - observed.span.window
    outage = rng.exponential(0.06, (shown, len(REGIONS)))
    region = observed.people.region[observed.keep[observed.account]]
    uptime = 100 - outage[observed.month, region] - rng.exponential(0.04, len(region))
    seen = rng.random(len(region)) >= 0.04
    tenure = observed.span.window + observed.month - observed.start[observed.account]
    speed = rng.uniform(0.15, 0.6, len(observed.keep))[observed.account]
    onboarding = 100 * -np.expm1(-speed * (tenure + 1))
    early = tenure < _ONBOARDING_MONTHS
    account = np.concatenate([observed.account[seen], observed.account[early]])
    month = np.concatenate([observed.month[seen], observed.month[early]])
    metric = np.repeat([0, 1], [seen.sum(), early.sum()])
    return pd.DataFrame(
        {
            "account_id": labels(observed.account_key, account),
            "month": dates(observed.span.day(observed.span.window + month)),
            "metric": labels(METRICS, metric),
            "value": np.round(np.concatenate([uptime[seen], onboarding[early]]), 2),
        }
    )


def invoices_table(observed: ObservedWindow, rng: np.random.Generator) -> pd.DataFrame:
    """Return a quarterly invoice per account; the later it is paid, the likelier a dispute.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    step = observed.span.window + observed.month
    due_now = (step - observed.start[observed.account]) % INVOICE_MONTHS == 0
    month, account = observed.month[due_now], observed.account[due_now]
    late = observed.at(observed.panels.late_days)[due_now].astype("int64")
    # On the 28th the month's contracts have begun, so that the invoice follows the book.
    issued = observed.span.day(observed.span.window + month, 28)
    disputed = rng.random(len(late)) < 0.01 + 0.004 * late
    amount = observed.history.arr[month, observed.keep[account]] * INVOICE_MONTHS / 12
    return pd.DataFrame(
        {
            "invoice_id": keys("I", len(month), 8),
            "account_id": labels(observed.account_key, account),
            "issued_on": dates(issued),
            "due_on": dates(issued + 30),
            "paid_on": dates(until(issued + 30 + late, observed.end_day)),
            "amount": np.round(amount, 2),
            "disputed": flags(disputed),
        }
    )
