"""The tables `usage`, `metrics` and `invoices`: what machines record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import dates, flags, keys, labels, until
from workbench.data.simulator.law import PRODUCTS, REGIONS
from workbench.data.simulator.scene import Scene
from workbench.data.simulator.signals import INVOICE_MONTHS

METRICS = ("uptime_pct", "onboarding_pct")
_ONBOARDING_MONTHS = 12


def usage_table(
    scene: Scene, rows: dict[str, np.ndarray], rng: np.random.Generator
) -> pd.DataFrame:
    """Return units and users per subscription and month; three months in a hundred are absent."""
    span = scene.span
    start = np.maximum(scene.offers.start[scene.subs], span.window)
    stop = np.minimum(scene.course.leave_step[scene.subs], span.end)
    count = np.maximum(stop - start, 0)
    place = np.repeat(np.arange(len(scene.subs)), count)
    step = start[place] + np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    present = rng.random(len(place)) >= 0.03
    place, step = place[present], step[present]
    account = scene.sub_account[place]
    used = np.exp(scene.panels.log_ratio[step, scene.keep[account]].astype("float64"))
    units = np.round(_entitled(scene, rows, scene.subs[place], step) * used)
    seats = 0.2 * scene.people.staff[scene.keep[account]] ** 0.8
    users = np.round(np.maximum(1, seats * used * np.exp(rng.normal(0, 0.05, len(used)))))
    return pd.DataFrame(
        {
            "account_id": labels(scene.account_key, account),
            "product": labels(PRODUCTS, scene.offers.product[scene.subs[place]]),
            "month": dates(span.day(step)),
            "units": units,
            "active_users": users,
        }
    )


def _entitled(
    scene: Scene, rows: dict[str, np.ndarray], subs: np.ndarray, step: np.ndarray
) -> np.ndarray:
    """Return the units a month that each subscription's contract of the month entitles to."""
    span = scene.span
    months = rows["start"].astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    written = rows["sub"] * 4096 + (months + 1970 * 12 - span.first_month)
    order = np.argsort(written, kind="stable")
    found = np.searchsorted(written[order], subs * 4096 + step, side="right") - 1
    row = order[found]
    return rows["entitlement"][row] / scene.offers.term_months[subs]


def metrics_table(scene: Scene, rng: np.random.Generator) -> pd.DataFrame:
    """Return uptime, and onboarding in the first year: neither matters to anybody's leaving."""
    shown = scene.span.end - scene.span.window
    outage = rng.exponential(0.06, (shown, len(REGIONS)))
    region = scene.people.region[scene.keep[scene.account]]
    uptime = 100 - outage[scene.month, region] - rng.exponential(0.04, len(region))
    seen = rng.random(len(region)) >= 0.04
    tenure = scene.span.window + scene.month - scene.start[scene.account]
    speed = rng.uniform(0.15, 0.6, len(scene.keep))[scene.account]
    onboarding = 100 * -np.expm1(-speed * (tenure + 1))
    early = tenure < _ONBOARDING_MONTHS
    account = np.concatenate([scene.account[seen], scene.account[early]])
    month = np.concatenate([scene.month[seen], scene.month[early]])
    metric = np.repeat([0, 1], [seen.sum(), early.sum()])
    return pd.DataFrame(
        {
            "account_id": labels(scene.account_key, account),
            "month": dates(scene.span.day(scene.span.window + month)),
            "metric": labels(METRICS, metric),
            "value": np.round(np.concatenate([uptime[seen], onboarding[early]]), 2),
        }
    )


def invoices_table(scene: Scene, rng: np.random.Generator) -> pd.DataFrame:
    """Return a quarterly invoice per account; the later it is paid, the likelier a dispute."""
    step = scene.span.window + scene.month
    due_now = (step - scene.start[scene.account]) % INVOICE_MONTHS == 0
    month, account = scene.month[due_now], scene.account[due_now]
    late = scene.at(scene.panels.late_days)[due_now].astype("int64")
    # On the 28th the month's contracts have begun, so that the invoice follows the book.
    issued = scene.span.day(scene.span.window + month, 28)
    disputed = rng.random(len(late)) < 0.01 + 0.004 * late
    amount = scene.course.arr[month, scene.keep[account]] * INVOICE_MONTHS / 12
    return pd.DataFrame(
        {
            "invoice_id": keys("I", len(month), 8),
            "account_id": labels(scene.account_key, account),
            "issued_on": dates(issued),
            "due_on": dates(issued + 30),
            "paid_on": dates(until(issued + 30 + late, scene.end_day)),
            "amount": np.round(amount, 2),
            "disputed": flags(disputed),
        }
    )
