"""Do revenue, usage and scores change after a first action? Differences in differences.

Accounts are compared with themselves before, and that change with the change of those not yet acted
upon, by the quarter in which the first action came (Callaway & Sant'Anna 2021, Journal of
Econometrics 225, 200-230). It stands on both having gone the same way without the action, which can
be seen before it and not after: the interval that holds when they part by as much as they ever did
from one quarter to the next before it (Rambachan & Roth 2023, Review of Economic Studies 90,
2555-2591) decides the word. Leaving is no outcome of it: who has left cannot change any more.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from diff_diff.honest_did import HonestDiD
from diff_diff.results_base import EventStudyResults
from diff_diff.staggered import CallawaySantAnna
from scipy.special import ndtri
from scipy.stats import chi2

from workbench.impact.outcomes import QUARTER_MONTHS, OutcomePanel

_BEFORE = 4  # quarters before the first action; those before the last one are the placebo
_LEAST = 20  # accounts on either side
_SURE = 0.05  # of the joint test that both went the same way before
_APART = 1.0  # times the largest step apart before, allowed each quarter after
_ARRAYS = (
    "event_time", "att", "se", "t_stat", "p_value", "conf_int_lower", "conf_int_upper",
    "is_reference", "n",
)  # fmt: skip
COLUMNS = (
    "outcome", "accounts", "others", "change", "change_low", "change_high", "robust_low",
    "robust_high", "before", "relative", "passed", "why",
)  # fmt: skip


@dataclass(frozen=True)
class OutcomeChange:
    """How one outcome changed after the first action.

    Parameters
    ----------
    outcome : str
    relative : bool
        Changes are shares; else points of the score.
    accounts, others : int
        Whose change was seen: acted upon for the first time; not yet, or never.
    quarters : DataFrame
        quarter (0: that of the action; below 0: before), change, low, high; empty where it could
        not be compared.
    change, robust : tuple of float
        Mean over the quarters after that of the action: estimate, low, high; and the ends of the
        interval that holds under steps apart as large as before. NaN where not compared.
    before : float
        Probability of differences before the action as large as these, were there none.
    """

    outcome: str
    relative: bool
    accounts: int
    others: int
    quarters: pd.DataFrame
    change: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    robust: tuple[float, float] = (np.nan, np.nan)
    before: float = np.nan

    @property
    def why(self) -> tuple[str, ...]:
        """In sentences, what keeps it from being measured; empty where every check passed."""
        return tuple(_failures(self))


def changes(
    outcomes: tuple[OutcomePanel, ...], first: pd.Series, after_months: int, prob: float
) -> tuple[OutcomeChange, ...]:
    """Compare every outcome before and after the first action with those not yet acted upon.

    Parameters
    ----------
    outcomes : tuple of OutcomePanel
        From `workbench.impact.outcomes.outcomes_on_record`.
    first : Series of int
        Quarter of each account's first action; -1 leaves an account out.
    after_months : int
        Months after the action in which a change is looked for, 1 to 24.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    tuple of OutcomeChange
        Never short of one for each outcome: what could not be compared says so.
    """
    after = -(-after_months // QUARTER_MONTHS)
    return tuple(_change(outcome, first, after, prob) for outcome in outcomes)


def change_table(found: tuple[OutcomeChange, ...]) -> pd.DataFrame:
    """Return changes as a table, one row each.

    Parameters
    ----------
    found : tuple of OutcomeChange

    Returns
    -------
    DataFrame
        Of the columns `COLUMNS`: change with its ends, the robust ends, before (the p-value of the
        differences before), passed and why.
    """
    rows = [
        (one.outcome, one.accounts, one.others, *one.change, *one.robust, one.before, one.relative,
         not one.why, " ".join(one.why))
        for one in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _failures(one: OutcomeChange) -> Iterator[str]:
    if one.quarters.empty:
        yield (
            f"Too few to compare: {one.accounts} accounts were seen before and after a first "
            f"action, and {one.others} without one; {_LEAST} of each are needed."
        )
        return
    if not one.before >= _SURE:
        yield "Both went different ways before the action already."
    low, high = one.change[1:]
    if (low > 0 or high < 0) and one.robust[0] <= 0 <= one.robust[1]:
        yield (
            "Steps apart as large as those before the action would take the interval to no change."
        )


def _change(outcome: OutcomePanel, first: pd.Series, after: int, prob: float) -> OutcomeChange:
    panel = outcome.panel.assign(first=outcome.panel["account_id"].map(first).fillna(0))
    panel = panel[panel["first"] >= 0].astype({"first": "int64", "quarter": "int64"})
    since = panel["quarter"] - panel["first"]
    treated = panel[(panel["first"] > 0) & (since <= after)]
    counts = _seen_twice(treated, after), _untreated(panel)
    nothing = OutcomeChange(outcome.name, outcome.relative, *counts, pd.DataFrame())
    if min(counts) < _LEAST:
        return nothing
    kept = pd.concat([panel[panel["first"] == 0], treated])
    study = _event_study(kept, after)
    if study is None:
        return nothing
    return replace(nothing, **_read(study, after, prob))


def _seen_twice(treated: pd.DataFrame, after: int) -> int:
    """Count the accounts seen in the quarter before the action and in one after it."""
    since = treated["quarter"] - treated["first"]
    before = set(treated.loc[since == -1, "account_id"])
    return len(before & set(treated.loc[since.between(1, after), "account_id"]))


def _untreated(panel: pd.DataFrame) -> int:
    """Count the accounts seen in two quarters without an action yet."""
    idle = panel[(panel["first"] == 0) | (panel["quarter"] < panel["first"])]
    return int((idle.groupby("account_id").size() >= 2).sum())


def _event_study(panel: pd.DataFrame, after: int) -> EventStudyResults | None:
    """Estimate by quarter of first action and quarter, and average by quarters since."""
    codes = pd.factorize(panel["account_id"])[0]
    numbered = panel.assign(account=codes, first=panel["first"].astype("float64"))
    with warnings.catch_warnings():
        # Accounts come and go, and some quarters have nobody to compare: both are told in counts.
        warnings.simplefilter("ignore", UserWarning)
        estimator = CallawaySantAnna(
            control_group="not_yet_treated", estimation_method="reg", base_period="universal"
        )
        try:
            fitted = estimator.fit(numbered, "value", "account", "quarter", "first")
            study = fitted.aggregate("event_study")
        except ValueError:
            return None
    near = (study.event_time >= -_BEFORE) & (study.event_time <= after)
    own = near & (study.is_reference | np.isfinite(study.se))
    needed = {-1, *range(1, after + 1)}
    if study.vcov is None or not needed <= set(study.event_time[own]) or own.sum() < after + 3:
        return None
    inside = np.isin(study.vcov_index, study.event_time[own])
    cut = {name: getattr(study, name)[own] for name in _ARRAYS}
    covariance = study.vcov[np.ix_(inside, inside)]
    return replace(study, **cut, vcov=covariance, vcov_index=study.vcov_index[inside], df=None)


def _read(study: EventStudyResults, after: int, prob: float) -> dict[str, object]:
    """Return what a `OutcomeChange` states, from the estimates by quarters since the action."""
    reach = float(ndtri((1 + prob) / 2))
    order = np.asarray(study.vcov_index)
    effect = pd.Series(study.att, study.event_time).reindex(order).to_numpy()
    post = order >= 0
    weight = np.where((order >= 1) & (order <= after), 1.0, 0.0)
    weight = weight / weight.sum()
    mean = float(weight @ effect)
    error = float(np.sqrt(weight @ study.vcov @ weight))
    pre = order < -1
    gap = effect[pre] @ np.linalg.pinv(study.vcov[np.ix_(pre, pre)]) @ effect[pre]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        honest = HonestDiD("relative_magnitude", _APART, 1 - prob, weight[post]).fit(study)
    error_of = np.nan_to_num(study.se)
    quarters = pd.DataFrame(
        {
            "quarter": study.event_time.astype(int),
            "change": study.att,
            "low": study.att - reach * error_of,
            "high": study.att + reach * error_of,
        }
    )
    return {
        "quarters": quarters,
        "change": (mean, mean - reach * error, mean + reach * error),
        "robust": (float(honest.ci_lb), float(honest.ci_ub)),
        "before": float(chi2.sf(gap, pre.sum())),
    }
