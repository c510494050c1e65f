"""The sales pipeline as of a date: how opportunities moved month by month, and which are open.

An offer is looked at on the first day of every month on which it was open: its stage then, its age
in months, and what had become of it a month later. The stage is that of `opportunity_stages`;
without that table every open offer is in one stage, since `opportunities` keeps the latest only.
Renewals are left out: the models of renewal answer for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number, month_starts
from workbench.data.book import Book
from workbench.features.asof import OPEN_STAGE, cut

NEW_LOGO, CUSTOMER = KINDS = ("new_logo", "customer")
AGE_FROM_MONTHS = (1, 2, 4, 7, 13)  # where the bands of age begin
MOST_STAGES = 8
MOST_LAG = 24


@dataclass(frozen=True)
class Pipeline:
    """What is known of opportunities.

    Parameters
    ----------
    stages : tuple of str
        In the order in which opportunities enter them.
    kinds : tuple of str
        Offers to new customers, and to customers: amendments, further products, what has no kind.
    moves : DataFrame
        kind_idx, stage_idx, age_idx, to_idx (a stage, else one more than the last for won, two more
        for lost), opportunities: in how many months an opportunity so placed went there, or stayed.
    open : DataFrame
        Offers open on the as-of date: opportunity_id, account_id, kind, stage, kind_idx, stage_idx,
        age_months, amount (missing where not stated).
    decided : DataFrame
        One row per opportunity decided before: kind, stage (its last), won, days (from opening),
        month (month number of the decision).
    visits : DataFrame
        One row per opportunity decided before and stage that it was ever in: kind, stage, won, days
        (from entering the stage to the decision).
    lag_count : ndarray of int, shape (month,)
        New customers won, by the number of month ends between opening and winning; the last for
        that many or more. Of a young record the later half: see `_lags`.
    """

    stages: tuple[str, ...]
    kinds: tuple[str, ...]
    moves: pd.DataFrame
    open: pd.DataFrame
    decided: pd.DataFrame
    visits: pd.DataFrame
    lag_count: np.ndarray


_MOVE = ("kind_idx", "stage_idx", "age_idx", "to_idx")
_OPEN = ("opportunity_id", "account_id", "kind", "stage", "kind_idx", "stage_idx", "age_months")
NO_PIPELINE = Pipeline(
    stages=(),
    kinds=(),
    moves=pd.DataFrame(columns=[*_MOVE, "opportunities"], dtype="int64"),
    open=pd.DataFrame(columns=[*_OPEN, "amount"]),
    decided=pd.DataFrame(columns=["kind", "stage", "won", "days", "month"]),
    visits=pd.DataFrame(columns=["kind", "stage", "won", "days"]),
    lag_count=np.zeros(MOST_LAG, "int64"),
)


def pipeline_data(book: Book, as_of: pd.Timestamp, first_month: int) -> Pipeline:
    """Read the pipeline of a book as of a date.

    Parameters
    ----------
    book : Book
    as_of : Timestamp
        Nothing that became known on it or later is read.
    first_month : int
        Month number from which offers are on record whole: earlier months would show only those
        that lasted.

    Returns
    -------
    Pipeline
        Opportunities that are open, and how earlier ones went from stage to stage.
    """
    names = [name for name in ("opportunities", "opportunity_stages") if name in book.tables]
    if "opportunities" not in names:
        return NO_PIPELINE
    known = cut({name: book.frame(name) for name in names}, as_of)
    opportunities = known["opportunities"]
    opportunities = opportunities[opportunities["kind"].astype("str") != "renewal"]
    opportunities = opportunities[
        opportunities["closed_on"].isna() | opportunities["won"].notna()
    ].reset_index(drop=True)
    if opportunities.empty:
        return NO_PIPELINE
    history = _history(opportunities, known.get("opportunity_stages"))
    stages = _stages(history)
    is_new = opportunities["kind"].eq(NEW_LOGO).fillna(False).to_numpy(bool)
    kinds = tuple(kind for kind in KINDS if (is_new == (kind == NEW_LOGO)).any())
    kind = np.where(is_new, *KINDS)
    opportunities = opportunities.assign(
        kind=kind, kind_idx=pd.Index(kinds).get_indexer(pd.Index(kind))
    )
    return Pipeline(
        stages=stages,
        kinds=kinds,
        moves=_moves(opportunities, history, stages, (first_month, month_number(as_of))),
        open=_open(opportunities, history, stages, as_of),
        decided=_decided(opportunities, history, stages),
        visits=_visits(opportunities, history, stages),
        lag_count=_lags(opportunities, first_month),
    )


def _history(opportunities: pd.DataFrame, stages: pd.DataFrame | None) -> pd.DataFrame:
    """Return when each opportunity entered which stage while it was open; from its opening on."""
    known = ["opportunity_id", "opened_on", "closed_on"]
    if stages is None:
        alone = opportunities[known].assign(stage=OPEN_STAGE, entered_on=opportunities["opened_on"])
        return alone.sort_values("entered_on", kind="stable", ignore_index=True)
    table = stages.merge(opportunities[known], on="opportunity_id")
    table = table[table["closed_on"].isna() | (table["entered_on"] < table["closed_on"])]
    common = table["stage"].value_counts().index[:MOST_STAGES]
    table = table[table["stage"].isin(common)]
    first = table.groupby("stage")["entered_on"].size().idxmax() if len(table) else OPEN_STAGE
    without = opportunities.loc[
        ~opportunities["opportunity_id"].isin(table["opportunity_id"]), known
    ]
    without = without.assign(stage=first, entered_on=without["opened_on"])
    return pd.concat([table, without]).sort_values("entered_on", kind="stable", ignore_index=True)


def _stages(history: pd.DataFrame) -> tuple[str, ...]:
    age = (history["entered_on"] - history["opened_on"]).dt.days
    return tuple(age.groupby(history["stage"]).mean().sort_values(kind="stable").index)


def _stage_at(
    opportunity: pd.Series, month: np.ndarray, history: pd.DataFrame, stages: tuple[str, ...]
) -> np.ndarray:
    """Return each offer's stage on the first day of a month: the last one entered before it."""
    # As a column: of no opportunities, an array would be of another type than the history's.
    asked = (
        opportunity.reset_index(drop=True)
        .to_frame("opportunity_id")
        .assign(at=np.arange(len(month)))
    )
    asked["entered_on"] = month_starts(month)
    asked = asked.sort_values("entered_on", kind="stable")
    seen = history[["opportunity_id", "entered_on", "stage"]]
    found = pd.merge_asof(
        asked, seen, on="entered_on", by="opportunity_id", allow_exact_matches=False
    ).sort_values("at")
    # A stage entered late, on paper only: the opportunity was in the first one until then.
    return np.maximum(pd.Index(stages).get_indexer(pd.Index(found["stage"])), 0)


def _moves(
    opportunities: pd.DataFrame,
    history: pd.DataFrame,
    stages: tuple[str, ...],
    span: tuple[int, int],
) -> pd.DataFrame:
    opened = month_number(opportunities["opened_on"]).astype("int64").to_numpy()
    closed = month_number(opportunities["closed_on"]).fillna(span[1]).astype("int64").to_numpy()
    begin = np.maximum(opened + 1, span[0])
    months = np.maximum(np.minimum(closed, span[1] - 1) - begin + 1, 0)
    row = np.repeat(np.arange(len(opportunities)), months)
    month = np.arange(len(row)) - np.repeat(np.cumsum(months) - months, months) + begin[row]
    opportunity = opportunities["opportunity_id"].iloc[row]
    won = opportunities["won"].astype("boolean").fillna(False).to_numpy(bool)
    ends = opportunities["closed_on"].notna().to_numpy()[row] & (month == closed[row])
    after = _stage_at(opportunity, month + 1, history, stages)
    table = pd.DataFrame(
        {
            "kind_idx": opportunities["kind_idx"].to_numpy()[row],
            "stage_idx": _stage_at(opportunity, month, history, stages),
            "age_idx": age_band(month - opened[row]),
            "to_idx": np.where(ends, len(stages) + ~won[row], after),
        }
    )
    return table.value_counts(sort=False).rename("opportunities").reset_index().astype("int64")


def age_band(age_months: np.ndarray) -> np.ndarray:
    """Return the band of each age.

    Parameters
    ----------
    age_months : ndarray
        Whole months since an opportunity was opened, at least 1.

    Examples
    --------
    >>> age_band(np.array([1, 3, 30])).tolist()
    [0, 1, 4]
    """
    return np.searchsorted(AGE_FROM_MONTHS, age_months, side="right") - 1


def _open(
    opportunities: pd.DataFrame, history: pd.DataFrame, stages: tuple[str, ...], as_of: pd.Timestamp
) -> pd.DataFrame:
    table = opportunities[opportunities["closed_on"].isna()].reset_index(drop=True)
    now = np.full(len(table), month_number(as_of))
    stage = _stage_at(table["opportunity_id"], now, history, stages)
    age = now - month_number(table["opened_on"]).astype("int64").to_numpy()
    amount = table["amount"] if "amount" in table else pd.Series(np.nan, table.index)
    running = table[["opportunity_id", "account_id", "kind", "kind_idx"]].assign(
        stage=np.asarray(stages, dtype=object)[stage],
        stage_idx=stage,
        age_months=np.maximum(age, 1),
        amount=amount.astype("float64"),
    )
    return running[[*_OPEN, "amount"]]


def _decided(
    opportunities: pd.DataFrame, history: pd.DataFrame, stages: tuple[str, ...]
) -> pd.DataFrame:
    table = opportunities[opportunities["closed_on"].notna()]
    last = history.drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")
    stage = last["stage"].reindex(table["opportunity_id"]).to_numpy()
    days = (table["closed_on"] - table["opened_on"]).dt.days
    return pd.DataFrame(
        {
            "kind": table["kind"],
            "stage": pd.Categorical(stage, categories=list(stages)),
            "won": table["won"].astype(bool),
            "days": days,
            "month": month_number(table["closed_on"]).astype("int64"),
        }
    ).reset_index(drop=True)


def _visits(
    opportunities: pd.DataFrame, history: pd.DataFrame, stages: tuple[str, ...]
) -> pd.DataFrame:
    first = history.drop_duplicates(["opportunity_id", "stage"])
    table = first[["opportunity_id", "stage", "entered_on"]].merge(
        opportunities.loc[
            opportunities["closed_on"].notna(), ["opportunity_id", "kind", "won", "closed_on"]
        ]
    )
    return pd.DataFrame(
        {
            "kind": table["kind"],
            "stage": pd.Categorical(table["stage"], categories=list(stages)),
            "won": table["won"].astype(bool),
            "days": (table["closed_on"] - table["entered_on"]).dt.days,
        }
    )


def _lags(opportunities: pd.DataFrame, first_month: int) -> np.ndarray:
    """Count lags of wins before which opportunities were on record for long enough.

    T months after the first offer on record was opened, no lag beyond T can be seen: in its first
    months a record shows short lags only. The wins of its later half show lags up to that half.
    """
    own = opportunities[(opportunities["kind"] == NEW_LOGO).fillna(False).to_numpy(bool)]
    opened = month_number(own["opened_on"]).astype("int64").to_numpy()
    closed = month_number(own["closed_on"]).fillna(first_month - 1).astype("int64").to_numpy()
    won = own["won"].astype("boolean").fillna(False).to_numpy(bool) & (closed >= first_month)
    if not won.any():
        return np.zeros(MOST_LAG, "int64")
    on_record = closed - opened.min()
    seen = won & (on_record >= min(MOST_LAG - 1, on_record[won].max() // 2))
    lag = np.clip(closed - opened, 0, MOST_LAG - 1)[seen]
    return np.bincount(lag, minlength=MOST_LAG).astype("int64")
