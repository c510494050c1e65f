"""Sequential target trials: every month in which an account could be acted upon starts one.

Emulates, from the history of actions, the trial that nobody ran (Hernan & Robins 2016, American
Journal of Epidemiology 183, 758-764; many trials one after the other as in Danaei et al. 2013,
Statistical Methods in Medical Research 22, 70-96):

- *eligible* in month t: a subscription that is still running when t ends, of an account that nobody
  acted upon in the months before (the washout);
- *arms*: the account was acted upon within t, or not. What is adjusted for is what was known on the
  first day of t;
- *follow-up* begins when t ends, for both arms alike: nobody has to live to be treated (no immortal
  time). It ends with the horizon, with the subscription, or with the month of the next action,
  in both arms alike: what is compared is one action against none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.errors import DataError, Problem
from workbench.data.book import Book
from workbench.features.hazard_data import HazardData
from workbench.features.joined_columns import with_signals
from workbench.features.signals.table import known_signals, signal_table
from workbench.impact.acted import ActedMonths, acted_months
from workbench.impact.known import foretold_exits, known_then

_RECORD = (
    "Map what account managers did to the table actions: one row for each, with its account, "
    "its kind, its day, and the hours it took. An effect can be told once some ten contracts were "
    "to be expected to end within six months of actions of a kind, and some months had none."
)


@dataclass(frozen=True)
class TrialRules:
    """How trials are laid out.

    Parameters
    ----------
    horizon_months : int
        Months of follow-up, 1 to 24.
    washout_months : int
        Months without an action before a trial begins, 1 to 24.
    most_untreated : int
        Trials without an action that are kept, drawn at random; at least 1,000.
    seed : int
        Of that draw.
    """

    horizon_months: int = 6
    washout_months: int = 6
    most_untreated: int = 60_000
    seed: int = 0


@dataclass(frozen=True)
class Trials:
    """Trials, one row for each subscription and month that began one.

    Parameters
    ----------
    table : DataFrame
        subscription_id, account_id, owner and segment as far as known, month (month number), arr.
    covariates : ndarray, shape (trial, covariate)
        Standardised; known on the first day of the trial's month.
    names : tuple of str
        Of the covariates.
    kinds : tuple of str
        Kinds of action.
    treated : ndarray of bool, shape (trial, kind)
    exit_idx : ndarray of int, shape (trial, month of follow-up)
        Position among `EXIT_KINDS`, by the term that ran when the trial began.
    seen : ndarray of bool, shape (trial, month of follow-up)
        At risk and not censored.
    event : ndarray of bool, shape (trial, month of follow-up)
        The subscription ended.
    left_out : ndarray of float, shape (trial, month of follow-up)
        Log of the probability of not having been censored by another action before the month,
        beyond what the trial's first day tells; 0 until `workbench.impact.weights` fills it in.
    """

    table: pd.DataFrame
    covariates: np.ndarray
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    treated: np.ndarray
    exit_idx: np.ndarray
    seen: np.ndarray
    event: np.ndarray
    left_out: np.ndarray

    @property
    def any_treated(self) -> np.ndarray:
        """Whether anything was done, shape (trial,)."""
        return self.treated.any(axis=1)

    @property
    def horizon_months(self) -> int:
        """Months of follow-up."""
        return self.seen.shape[1]

    def take(self, which: np.ndarray) -> Trials:
        """Return some of the trials.

        Parameters
        ----------
        which : ndarray of bool or int
            Positions or a mask.
        """
        fields = ("covariates", "treated", "exit_idx", "seen", "event", "left_out")
        some = {name: getattr(self, name)[which] for name in fields}
        return replace(self, table=self.table.iloc[_positions(which)], **some)


def at_risk_months(book: Book, data: HazardData) -> pd.DataFrame:
    """Return the observed months at risk with what was known on the first day of each.

    Parameters
    ----------
    book : Book
    data : HazardData
        Of the same book.

    Returns
    -------
    DataFrame
        As `HazardData.rows`, each signal read in the row's own month.
    """
    rows = data.rows[data.rows["observed"]].drop(columns=["lead_months", *data.signals])
    rows = rows.assign(read_month=rows["month"])
    months = sorted(rows["month"].unique())
    asked = [one for one in known_signals(book, int(months[-1])) if one.name in data.signals]
    read = signal_table(book, months, asked)
    return with_signals(rows, read, data.subscriptions).reset_index(drop=True)


def lay_out_trials(
    rows: pd.DataFrame, data: HazardData, actions: pd.DataFrame, rules: TrialRules
) -> tuple[Trials, Trials]:
    """Lay out all trials of a book.

    Parameters
    ----------
    rows : DataFrame
        From `at_risk_months`.
    data : HazardData
        Says which columns are signals, attributes and groups.
    actions : DataFrame
        The canonical table, as known on the as-of date.
    rules : TrialRules

    Returns
    -------
    trials : Trials
    months : Trials
        Every month at risk that had a next one, washed out or not: from these it is learnt who is
        acted upon. Their follow-up is that of the trials.

    Raises
    ------
    DataError
        When no action is on record, or no trial could begin.
    """
    first, last = int(rows["month"].min()), int(rows["month"].max())
    acted = acted_months(actions, data.accounts["account_id"], first, last)
    if not acted.any.any():
        problem = Problem(
            "no action within the months that are on record", "actions", "at least one",
            f"{len(actions)} rows", _RECORD,
        )  # fmt: skip
        raise DataError("Effects of actions cannot be measured.", [problem])
    months = _trials_of(rows, data, acted, rules)
    begins = np.flatnonzero(acted.any.any(axis=0))[0] + first
    quiet = months.table["quiet_months"].to_numpy() > rules.washout_months
    eligible = quiet & (months.table["month"].to_numpy() >= begins + rules.washout_months)
    trials = _thinned(months.take(eligible), rules)
    if not trials.any_treated.any() or trials.any_treated.all():
        problem = Problem(
            "no trial with both arms", "actions",
            f"months without an action in the {rules.washout_months} before them",
            f"{int(trials.any_treated.sum())} with an action, "
            f"{int((~trials.any_treated).sum())} without",
            "Shorten washout_months, or leave out kinds that every account gets every month.",
        )  # fmt: skip
        raise DataError("Effects of actions cannot be measured.", [problem])
    return trials, months


def _thinned(trials: Trials, rules: TrialRules) -> Trials:
    """Keep all trials with an action and a random part of the others."""
    idle = np.flatnonzero(~trials.any_treated)
    if len(idle) <= rules.most_untreated:
        return trials
    rng = np.random.default_rng(rules.seed)
    kept = rng.choice(idle, rules.most_untreated, replace=False)
    return trials.take(np.sort(np.concatenate([kept, np.flatnonzero(trials.any_treated)])))


def _trials_of(
    rows: pd.DataFrame, data: HazardData, acted: ActedMonths, rules: TrialRules
) -> Trials:
    month = rows["month"].to_numpy("int64")
    account = acted.account_id.get_indexer(rows["account_id"].astype("str"))
    column = month - acted.first_month
    since, until = acted.months_since(), acted.months_until()
    runs_on = _follows(rows, 1)
    ahead = np.arange(1, rules.horizon_months + 1)
    at = np.flatnonzero(runs_on)
    present = np.stack([_follows(rows, int(step)) for step in ahead], axis=1)[at]
    censored = until[account[at], column[at]]
    seen = present & (ahead <= censored[:, None])
    ends = rows["event"].to_numpy(bool)
    event = seen & ends[np.minimum(at[:, None] + ahead, len(rows) - 1)]
    chosen = rows.iloc[at]
    quiet = since[account[at], column[at]]
    covariates, names = known_then(chosen, data, quiet, rules.washout_months)
    table = chosen[["subscription_id", "account_id", "month", "arr", "tenure_months"]].assign(
        quiet_months=quiet,
        segment=_text(chosen, "segment"), owner=_text(chosen, "owner"),
    )  # fmt: skip
    return Trials(
        table=table.reset_index(drop=True),
        covariates=covariates,
        names=names,
        kinds=acted.kinds,
        treated=acted.acted[account[at], column[at]],
        exit_idx=foretold_exits(chosen, ahead),
        seen=seen,
        event=event,
        left_out=np.zeros(seen.shape),
    )


def _follows(rows: pd.DataFrame, step: int) -> np.ndarray:
    """Tell of each row whether the one so many places below is the same subscription's."""
    codes = pd.factorize(rows["subscription_id"])[0]
    found = np.zeros(len(rows), dtype=bool)
    found[: len(rows) - step] = codes[step:] == codes[: len(rows) - step]
    return found


def _text(rows: pd.DataFrame, name: str) -> pd.Series:
    known = rows[name].astype("object") if name in rows else pd.Series("", rows.index, dtype=object)
    return known.fillna("")


def _positions(which: np.ndarray) -> np.ndarray:
    return np.flatnonzero(which) if which.dtype == bool else which
