"""Simulate a company by a process, up to the as-of day and on from it, several times over."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nrr.processes import LOADING, TERMS, Process, Shock

AS_OF = pd.Timestamp("2026-01-01")
HISTORY = 48  # months before it in which contracts are on record
BURN_IN = 72  # months before those: who is left of them is on record, by the contract then running
HORIZON = 12
INDUSTRIES = (
    "Energy", "Finance", "Food", "Health", "Logistics", "Media", "Retail", "Software",
)  # fmt: skip
SEGMENTS = ("small", "middle", "large")
_USUAL = np.log([6_000.0, 25_000.0, 80_000.0])
_JUNE, _DECEMBER = 6, 12


@dataclass(frozen=True)
class Company:
    """Tables as of the day, and what became of the customers in each of several futures.

    Parameters
    ----------
    tables : dict of DataFrame
        accounts, contracts, metrics; columns as the workbench names them.
    revenue : DataFrame
        future, account_id, then months 0 (the opening) to `HORIZON`: yearly revenue at their ends.
    """

    tables: dict[str, pd.DataFrame]
    revenue: pd.DataFrame


def simulate(process: Process, seed: int, customers: int, futures: int) -> Company:
    """Make one book, and draw its future so many times from the same state.

    Parameters
    ----------
    process : Process
    seed : int
    customers : int
        About so many on the as-of day.
    futures : int
    """
    rng = np.random.default_rng([seed, sum(map(ord, process.name))])
    book = _Book(process, rng, customers)
    for month in range(BURN_IN + HISTORY):
        book.live(month)
    tables = book.tables()
    opening = book.held()
    paths = []
    for future in range(futures):
        ahead = deepcopy(book)
        ahead.rng = np.random.default_rng([seed, 7, future])
        held = [opening]
        for month in range(BURN_IN + HISTORY, BURN_IN + HISTORY + HORIZON):
            ahead.live(month)
            held.append(ahead.held().reindex(opening.index).fillna(0.0))
        path = pd.concat(held, axis=1, keys=range(HORIZON + 1))
        paths.append(path.reset_index().assign(future=future))
    return Company(tables, pd.concat(paths, ignore_index=True))


class _Book:
    """Customers as arrays; `live` lets one month pass."""

    def __init__(self, process: Process, rng: np.random.Generator, customers: int) -> None:
        self.process, self.rng = process, rng
        self.industry_level = rng.normal(0, 0.25, len(INDUSTRIES))
        self.all_shock, self.industry_shock = 0.0, np.zeros(len(INDUSTRIES))
        self.monthly_arrivals = process.arrivals * customers
        self.state = pd.DataFrame()
        self.accounts: list[pd.DataFrame] = []
        self.contracts: list[pd.DataFrame] = []
        self.ended: dict[int, int] = {}
        self.metrics: list[pd.DataFrame] = []
        self.n_accounts = self.n_contracts = 0
        self._arrive(int(customers * 0.9), -1)

    def live(self, month: int) -> None:
        """Let customers leave, renew, change and come."""
        if month % 3 == 0:
            self._shake()
        bad = self.all_shock + self.industry_shock
        state, rng, p = self.state, self.rng, self.process
        state["age"] += 1
        state["health"] = 0.9 * state["health"] + rng.normal(0, np.sqrt(1 - 0.81), len(state))
        self.metrics.append(pd.DataFrame({"account": state.index, "month": month,
                                          "value": state["health"].to_numpy()}))  # fmt: skip
        shock = bad[state["industry"].astype(int)]
        due = (state["term"] > 0) & (state["ends"] == month)
        log_odds = np.where(state["term"] == 0, p.monthly, np.where(due, p.at_renewal, p.in_term))
        season = {_DECEMBER: p.december, _JUNE: -p.december}.get(_day(month).month, 0.0)
        log_odds = log_odds + state["own"] - p.health * state["health"] + shock + season
        log_odds += p.by_age * np.log2(1 + state["age"] / 12)
        leaves = rng.random(len(state)) < 1 / (1 + np.exp(-log_odds))
        self.ended.update(dict.fromkeys(state.loc[leaves, "contract"].astype(int), month))
        self.state = state[~leaves].copy()
        self._change(month, due[~leaves].to_numpy(), shock[~leaves])
        rate = self.monthly_arrivals * np.exp(LOADING["arrive"] * self.all_shock)
        self._arrive(int(rng.poisson(rate)), month)

    def held(self) -> pd.Series:
        """Return the yearly revenue of today's customers."""
        return self.state["arr"].rename_axis("account_id").rename(lambda a: f"a{int(a):05d}")

    def _shake(self) -> None:
        def ahead(shock: Shock, now: np.ndarray | float, size: int | None = None):
            noise = shock.sd * np.sqrt(1 - shock.persistence**2)
            return shock.persistence * now + self.rng.normal(0, 1, size) * noise

        self.all_shock = ahead(self.process.everybody, self.all_shock)
        self.industry_shock = ahead(
            self.process.industry, self.industry_shock, len(self.industry_shock)
        )

    def _change(self, month: int, due: np.ndarray, shock: np.ndarray) -> None:
        p, rng, state = self.process, self.rng, self.state
        above = p.reversion * (np.log(state["arr"]) - state["usual"]).to_numpy()
        open_ended = (state["term"] == 0).to_numpy(int)
        down = np.exp(p.outcome[0] + LOADING["contract"] * shock + above / 2)
        up = np.exp(p.outcome[1] + LOADING["expand"] * shock - above / 2)
        draw = rng.random(len(state)) * (1 + down + up)
        sign = np.where(draw < down, -1, np.where(draw < down + up, 1, 0)) * due
        rate = np.asarray(p.amend)[open_ended] * np.exp(LOADING["amend"] * shock)
        amended = ~due & (rng.random(len(state)) < rate)
        share = np.asarray(p.down)[open_ended]
        lower = 1 / (1 + (1 - share) / share * np.exp(-above))
        sign = np.where(amended, np.where(rng.random(len(state)) < lower, -1, 1), sign)
        ratio = np.exp(sign * p.size * np.exp(rng.normal(0, 0.7, len(state))).clip(0.05, 8))
        changed = (sign != 0) | due
        after = (state["arr"] * ratio).round(2)
        self.state["arr"] = after
        if changed.any():
            self._sign(month, changed, due)

    def _sign(self, month: int, changed: np.ndarray, due: np.ndarray) -> None:
        self.state.loc[due, "ends"] += self.state.loc[due, "term"]
        some = self.state[changed]
        ids = np.arange(self.n_contracts, self.n_contracts + len(some))
        self.n_contracts += len(some)
        self.contracts.append(_contract_rows(some, ids, month, some["contract"].to_numpy()))
        self.state.loc[changed, "contract"] = ids

    def _arrive(self, count: int, month: int) -> None:
        p, rng = self.process, self.rng
        segment = rng.choice(len(SEGMENTS), count, p=[0.6, 0.3, 0.1])
        usual = _USUAL[segment] + rng.normal(0, 0.5, count)
        index = np.arange(self.n_accounts, self.n_accounts + count)
        ids = np.arange(self.n_contracts, self.n_contracts + count)
        self.n_accounts, self.n_contracts = (
            index[-1:].sum() + 1 if count else self.n_accounts,
            (self.n_contracts + count),
        )
        term = np.asarray(TERMS)[rng.choice(len(TERMS), count, p=p.terms)]
        industry = rng.integers(0, len(INDUSTRIES), count)
        first = month if month >= 0 else 0
        phase = rng.integers(1, 13, count) if month < 0 else 0
        came = pd.DataFrame(
            {
                "industry": industry,
                "segment": segment,
                "own": rng.normal(0, p.account_sd, count)
                + p.fickle_gap * (rng.random(count) < p.fickle)
                + self.industry_level[industry],
                "age": 0,
                "born": first,
                "term": term,
                "ends": np.where(term > 0, first + np.where(month < 0, phase, term), -1),
                "arr": np.exp(usual + rng.normal(0, 0.5, count)).round(2),
                "usual": usual,
                "health": rng.normal(0, 1, count),
                "contract": ids,
            },
            index=index,
        )
        self.accounts.append(came[["industry", "segment", "born"]])
        self.contracts.append(_contract_rows(came, ids, first, np.full(count, -1)))
        self.state = came if self.state.empty else pd.concat([self.state, came])

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return what is on record on the as-of day."""
        contracts = pd.concat(self.contracts, ignore_index=True)
        followed = contracts.loc[contracts["previous"] >= 0].set_index("previous")["start"]
        stops = contracts["id"].map(self.ended).astype("float")
        closes = stops.fillna(contracts["id"].map(followed).astype("float"))
        known = contracts[~(closes < BURN_IN)].assign(stops=stops)
        accounts = pd.concat(self.accounts)
        accounts = accounts[accounts.index.isin(known["account"])]
        metrics = pd.concat(self.metrics, ignore_index=True)
        metrics = metrics[(metrics["month"] >= BURN_IN) & metrics["account"].isin(accounts.index)]
        previous = known["previous"].where(known["previous"].isin(known["id"]), -1)
        return {
            "accounts": pd.DataFrame(
                {
                    "account_id": [f"a{a:05d}" for a in accounts.index],
                    "industry": [INDUSTRIES[int(i)] for i in accounts["industry"]],
                    "segment": [SEGMENTS[int(s)] for s in accounts["segment"]],
                    "created_on": _days(accounts["born"]),
                }
            ),
            "contracts": pd.DataFrame(
                {
                    "contract_id": [f"c{c:06d}" for c in known["id"]],
                    "account_id": [f"a{int(a):05d}" for a in known["account"]],
                    "product": "core",
                    "start_on": _days(known["start"]),
                    "end_on": _days(known["end"].where(known["end"] > 0)),
                    "arr": known["arr"],
                    "ended_on": _days(known["stops"]),
                    "previous_contract_id": [f"c{c:06d}" if c >= 0 else None for c in previous],
                }
            ),
            "metrics": pd.DataFrame(
                {
                    "account_id": [f"a{int(a):05d}" for a in metrics["account"]],
                    "month": _days(metrics["month"]),
                    "metric": "health",
                    "value": metrics["value"].round(3),
                }
            ),
        }


def _contract_rows(
    some: pd.DataFrame, ids: np.ndarray, month: int, previous: np.ndarray
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ids,
            "account": some.index,
            "start": month,
            "end": some["ends"].to_numpy(),
            "arr": some["arr"].to_numpy(),
            "previous": previous.astype(int),
        }
    )


def _day(month: int) -> pd.Timestamp:
    return AS_OF - pd.DateOffset(months=BURN_IN + HISTORY - month)


def _days(month: pd.Series) -> list[str | None]:
    return [None if pd.isna(m) else f"{_day(int(m)):%Y-%m-%d}" for m in month]
