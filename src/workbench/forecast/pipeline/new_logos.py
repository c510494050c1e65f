"""The open pipeline in the forecast: opportunities that are won, and what is left to the count.

New customers are counted by month (`models.revenue.new_business`), whatever offer they come from.
Offers that are open today are followed one by one, so their share has to leave the count: of the
customers who sign in the h-th month to come, those count there whose offer is opened only later.
With k the number of month ends between the opening of an offer and its winning, they are a share
P(k < h) of all; times the count's rate it is what is still to be opened. Were today's pipeline an
average one, both together would be the count's own forecast; what they differ by is what today's
pipeline knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.features.pipeline import MOST_LAG, NEW_LOGO, Pipeline
from workbench.forecast.posterior.revenue import NewBusinessDraws
from workbench.forecast.simulation.arrivals import Arrivals
from workbench.forecast.simulation.lines import term_groups
from workbench.forecast.simulation.measures import NEW
from workbench.forecast.simulation.random_numbers import key_of

NEW_LOGOS_AT_ONCE = 100
MOST_SIZE_SD = 3.0
_LAG_STREAM = 7
# Before anything is seen an offer takes three months, and that belief weighs as much as one offer.
_LAG_PRIOR = 0.75 ** np.arange(MOST_LAG) / (0.75 ** np.arange(MOST_LAG)).sum()


@dataclass(frozen=True)
class NewLogos:
    """Opportunities to new customers that are open today, as the forecast follows them.

    Parameters
    ----------
    opportunity_id, segment : ndarray of str, shape (deal,)
        The segment is empty where the prospect's is not on record.
    win_month : ndarray of int, shape (draw, deal)
        Month to come in which it is won, from 0; `NEVER` within the horizon.
    log_amount : ndarray, shape (deal,)
        Of the first yearly revenue; missing where no amount is stated.
    later : ndarray, shape (draw, month)
        Share of the counted new customers whose opportunity is opened after today.
    """

    opportunity_id: np.ndarray
    segment: np.ndarray
    win_month: np.ndarray
    log_amount: np.ndarray
    later: np.ndarray

    def __len__(self) -> int:
        return len(self.opportunity_id)


def share_covered(seen: Pipeline, months: np.ndarray, came: np.ndarray) -> float:
    """Return the share of new customers who come by an opportunity on record, 0 to 1.

    Customers and offers are both counted from the month on in which the first offer to a new
    customer was decided: before that no offers were written down, which says nothing of today.

    Parameters
    ----------
    seen : Pipeline
    months : ndarray of int, shape (month,)
        Month numbers over which new customers are counted; none where they are not on record.
    came : ndarray of int, shape (segment, month)
        New customers.
    """
    decided = seen.decided[seen.decided["kind"] == NEW_LOGO]
    if decided.empty or not len(months):
        return 0.0
    first = max(decided["month"].min(), months[0])
    won = decided["won"].astype(bool) & decided["month"].between(first, months[-1])
    customers = came[:, months >= first].sum()
    return min(1.0, float(won.sum() / customers)) if customers else 0.0


def open_new_logos(
    seen: Pipeline,
    won: np.ndarray,
    new: NewBusinessDraws,
    accounts: pd.DataFrame,
    covered: float,
    seed: int,
) -> NewLogos:
    """Take the opportunities to new customers into the forecast.

    Parameters
    ----------
    seen : Pipeline
    won : ndarray of int, shape (draw, opportunity)
        From `simulated_opportunities`, of all open opportunities.
    new : NewBusinessDraws
        Its horizon counts.
    accounts : DataFrame
        account_id and, where known, segment, of prospects too where they are on record.
    covered : float, 0 to 1
        Of the new customers, those who come by an opportunity on record; see `share_covered`.
    seed : int
        Fixes every random number.

    Returns
    -------
    NewLogos
    """
    own = (seen.open["kind"] == NEW_LOGO).to_numpy(bool)
    opportunities = seen.open[own]
    months = new.rate.shape[2]
    rng = np.random.default_rng([seed, _LAG_STREAM])
    lag = rng.dirichlet(seen.lag_count + _LAG_PRIOR, len(won))
    reached = np.minimum(np.arange(months), MOST_LAG - 1)
    opened_later = lag.cumsum(axis=1)[:, reached]
    known = accounts.set_index("account_id").reindex(columns=["segment"])["segment"]
    segment = known.reindex(opportunities["account_id"]).astype("object")
    amount = opportunities["amount"].where(opportunities["amount"] > 0)
    return NewLogos(
        opportunity_id=opportunities["opportunity_id"].to_numpy(object),
        segment=segment.where(segment.notna(), "").to_numpy(object),
        win_month=won[:, own],
        log_amount=np.log(amount.to_numpy("float64")),
        later=1 - covered * (1 - opened_later),
    )


def new_logo_arrivals(
    new_logos: NewLogos, new: NewBusinessDraws, which: slice
) -> tuple[np.ndarray, Arrivals]:
    """Return the place of each deal's segment among the sources, and the deals as arrivals.

    Where the segment is unknown the place is that of the last source, those who return: beside the
    whole it counts under the new customers of every grouping, that of segments included.

    Parameters
    ----------
    new_logos : NewLogos
    new : NewBusinessDraws
        Terms and usual sizes by source.
    which : slice
        Of the deals.
    """
    position = _positions(new_logos, new)[which]
    months = np.arange(new_logos.later.shape[1])
    size_mean, size_sd = new_logo_sizes(new_logos, new, which)
    arrivals = Arrivals(
        key=key_of([f"deal: {name}" for name in new_logos.opportunity_id[which]]),
        count=(new_logos.win_month[:, which, None] == months).astype("int64"),
        size_mean=size_mean,
        size_sd=size_sd,
        movement=np.full(len(position), NEW),
        term_share=np.minimum(np.cumsum(new.term_share[position], axis=1), 1.0),
        term=np.asarray(new.term_months, "int64"),
        term_group=term_groups(new.term_months, new.month_to_month),
    )
    return position, arrivals


def new_logo_sizes(
    new_logos: NewLogos, new: NewBusinessDraws, which: slice = slice(None)
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the log of each deal's first yearly revenue.

    A stated amount is certain. One that is not is as large as its segment's usual; where the
    segment is unknown too, it has the mean of all segments, weighted by how many come from each.

    Parameters
    ----------
    new_logos : NewLogos
    new : NewBusinessDraws
        Usual sizes by source.
    which : slice
        Of the deals; all unless given.

    Returns
    -------
    mean, sd : ndarray, shape (draw, deal)
    """
    position = _positions(new_logos, new)[which]
    amount = new_logos.log_amount[which]
    stated = ~np.isnan(amount)
    usual_mean, usual_sd = _usual_sizes(new)
    mean = np.where(stated, np.nan_to_num(amount), usual_mean[:, position])
    return mean, np.where(stated, 0.0, usual_sd[:, position])


def _positions(new_logos: NewLogos, new: NewBusinessDraws) -> np.ndarray:
    position = pd.Index(new.source).get_indexer(pd.Index(new_logos.segment))
    return np.where(position < 0, len(new.source) - 1, position)


def _usual_sizes(new: NewBusinessDraws) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and sd of log sizes by segment; in the last place, of any newcomer."""
    own = ~new.returning
    mean, sd = new.size_mean[:, own], new.size_sd[:, own]
    weight = new.rate[:, own].sum(axis=2) + 1e-9  # where nobody is expected, all alike
    weight = weight / weight.sum(axis=1, keepdims=True)
    middle = (weight * mean).sum(axis=1, keepdims=True)
    spread = np.sqrt((weight * (sd**2 + (mean - middle) ** 2)).sum(axis=1))
    spread = np.minimum(spread, MOST_SIZE_SD)
    size = (weight * expected_size(mean, sd)).sum(axis=1)
    return (
        np.column_stack([mean, np.log(size) - spread**2 / 2]),
        np.column_stack([sd, spread]),
    )


def expected_size(mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return the expected first yearly revenue; a spread beyond belief is cut, lest it be endless.

    Parameters
    ----------
    mean, sd : ndarray
        Of its log.
    """
    return np.exp(mean + np.minimum(sd, MOST_SIZE_SD) ** 2 / 2)
