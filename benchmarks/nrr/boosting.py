"""Gradient boosting of single accounts, trained on past origins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from nrr.company import AS_OF, HISTORY
from nrr.folders import HORIZONS, monthly_revenue

_EVERY = 3  # months between origins
_YEAR = max(HORIZONS)


def chances(folder: Path) -> pd.DataFrame:
    """Return each of today's accounts with its probability of having left after twelve months."""
    held = monthly_revenue(folder)
    origins = range(-_YEAR, -HISTORY + _YEAR - 1, -_EVERY)
    seen = [_features(folder, held, origin) for origin in origins]
    left = [
        (held.loc[known.index, origin + _YEAR] == 0).to_numpy()
        for origin, known in zip(origins, seen, strict=True)
    ]
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=80, max_leaf_nodes=8, min_samples_leaf=40,
        l2_regularization=5.0, categorical_features="from_dtype", random_state=1,
    )  # fmt: skip
    model.fit(pd.concat(seen), np.concatenate(left))
    today = _features(folder, held, 0)
    return pd.DataFrame({"account_id": today.index, "leaves": model.predict_proba(today)[:, 1]})


def _features(folder: Path, held: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Return what is known of the customers of an origin: a row each."""
    day = AS_OF + pd.DateOffset(months=origin)
    dates = ["start_on", "end_on", "ended_on"]
    contracts = pd.read_csv(folder / "contracts.csv", parse_dates=dates)
    accounts = pd.read_csv(folder / "accounts.csv", parse_dates=["created_on"])
    metrics = pd.read_csv(folder / "metrics.csv", parse_dates=["month"])
    now = held.index[held[origin] > 0]
    own = contracts[contracts["start_on"] < day].sort_values(["start_on", "contract_id"])
    last = own.groupby("account_id").tail(1).set_index("account_id").reindex(now)
    who = accounts.set_index("account_id").reindex(now)
    known = metrics[metrics["month"] < day].sort_values("month").groupby("account_id")["value"]
    start = held.loc[now, max(origin - _YEAR, held.columns[0])]
    return pd.DataFrame(
        {
            "industry": pd.Categorical(who["industry"], sorted(accounts["industry"].unique())),
            "segment": pd.Categorical(who["segment"], sorted(accounts["segment"].unique())),
            "age": (day - who["created_on"]).dt.days,
            "monthly": last["end_on"].isna(),
            "to_end": (last["end_on"] - day).dt.days,
            "revenue": np.log(held.loc[now, origin]),
            "grown": np.log(held.loc[now, origin] / start.where(start > 0)),
            "health": known.last().reindex(now),
            "health_before": known.apply(lambda v: v.iloc[-6:].mean()).reindex(now),
        },
        index=now,
    )
