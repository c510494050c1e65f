"""The ledger: earlier forecasts of a book, what has happened since, and whether they drift."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom, norm

from workbench.core.calendar import month_label
from workbench.core.intervals import interval
from workbench.forecast.backtest import scores
from workbench.forecast.backtest.archive_file import ArchiveEntry
from workbench.forecast.backtest.forecast_record import POINTS
from workbench.forecast.backtest.outcomes import (
    SAME_BOOK,
    KnownContracts,
    likeness,
    outcomes,
    renewals,
)

HORIZONS = (1, 3, 6, 12, 24)
LEVEL = 0.01  # probability that a ledger of right forecasts raises any warning
_EDGE = 1 / (2 * (POINTS + 1))  # beyond its last point a forecast does not tell how far

# Why an entry is not scored.
OTHER_BOOK = "of another book"
TOO_YOUNG = "nothing that it forecast is settled yet"
SAME_DAY = "of a day of which an earlier run counts"


@dataclass(frozen=True)
class ScoredArchive:
    """What became of the forecasts in the ledger.

    Parameters
    ----------
    scores : DataFrame
        as_of, run_id, quantity, horizon_months, month, expected, low, high, happened, crps, pit,
        covered: one row per forecast, quantity and horizon that is settled.
    renewals : DataFrame
        as_of, subscription_id, account_id, due, probability, naive, renewed: each renewal once, by
        the latest forecast of it.
    left_out : DataFrame
        run_id, as_of, reason.
    tests : DataFrame
        test, quantity, horizon_months, forecasts (that share no months), found (covered ones; or
        the mean place among the forecasts), p, drift.
    brier, brier_naive : float
        Of the renewals.
    """

    scores: pd.DataFrame
    renewals: pd.DataFrame
    left_out: pd.DataFrame
    tests: pd.DataFrame
    brier: float
    brier_naive: float

    @property
    def drifts(self) -> pd.DataFrame:
        """The tests that raise a warning."""
        return self.tests[self.tests["drift"].astype(bool)]


def score_archive(
    entries: Iterable[ArchiveEntry], known: KnownContracts, prob: float
) -> ScoredArchive:
    """Score earlier forecasts against what has happened since.

    Parameters
    ----------
    entries : iterable of Entry
        Of one report, the earliest run first.
    known : KnownContracts
        The contracts as known today.
    prob : float
        Probability inside the intervals that are counted.

    Returns
    -------
    ScoredArchive
        Of several runs as of one day the first counts: later ones may have been made with
        hindsight.
    """
    chosen, left_out = _choose(entries, known)
    rng = np.random.default_rng(0)
    rows = [row for entry in chosen for row in _score(entry, known, prob, rng)]
    columns = ["as_of", "run_id", "quantity", "horizon_months", "month", "expected", "low", "high"]
    columns += ["happened", "crps", "pit", "covered"]
    table = pd.DataFrame(rows, columns=columns)
    due = _renewals(chosen, known)
    tests = _drift([*_bias_tests(table), *_coverage_tests(table, prob), *_brier_test(due)])
    renewed = due["renewed"].to_numpy(bool)
    return ScoredArchive(
        scores=table,
        renewals=due,
        left_out=pd.DataFrame(left_out, columns=["run_id", "as_of", "reason"]),
        tests=tests,
        brier=scores.brier(due["probability"].to_numpy(float), renewed),
        brier_naive=scores.brier(due["naive"].to_numpy(float), renewed),
    )


def _choose(
    entries: Iterable[ArchiveEntry], known: KnownContracts
) -> tuple[list[ArchiveEntry], list[tuple[str, str, str]]]:
    chosen: dict[pd.Timestamp, ArchiveEntry] = {}
    left_out = []
    for entry in entries:
        day = entry.forecast.as_of
        if entry.forecast.first_month > known.final_month:
            reason = TOO_YOUNG
        elif likeness(entry.forecast, known) < SAME_BOOK:
            reason = OTHER_BOOK
        elif day in chosen:
            reason = SAME_DAY
        else:
            chosen[day] = entry
            continue
        left_out.append((entry.run_id, day.date().isoformat(), reason))
    return [chosen[day] for day in sorted(chosen)], left_out


def _score(
    entry: ArchiveEntry, known: KnownContracts, prob: float, rng: np.random.Generator
) -> list[tuple[object, ...]]:
    forecast = entry.forecast
    rows = []
    for name, values in outcomes(forecast, known).items():
        for horizon in HORIZONS:
            if horizon > forecast.months or np.isnan(values[horizon - 1]):
                continue
            points = forecast.book[name][:, [horizon - 1]]
            truth = values[[horizon - 1]]
            low, high = interval(points[:, 0], prob)
            rows.append(
                (
                    forecast.as_of.date().isoformat(), entry.run_id, name, horizon,
                    month_label(forecast.first_month + horizon - 1),
                    float(points.mean()), float(low), float(high), float(truth[0]),
                    float(scores.crps(points, truth)[0]),
                    float(scores.pit(points, truth, rng)[0]),
                    bool(scores.covered(points, truth, prob)[0]),
                )
            )  # fmt: skip
    return rows


def _renewals(chosen: list[ArchiveEntry], known: KnownContracts) -> pd.DataFrame:
    columns = ["as_of", "subscription_id", "account_id", "due", "probability", "naive", "renewed"]
    tables = [pd.DataFrame(columns=columns)]
    for entry in chosen:
        due = renewals(entry.forecast, known)
        day = entry.forecast.as_of.date().isoformat()
        tables.append(due[due["renewed"].notna()].assign(as_of=day)[columns])
    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled, ignore_index=True).drop_duplicates(
        ["subscription_id", "due"], keep="last", ignore_index=True
    )


def _apart(table: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Keep forecasts that share no months, counted back from the latest."""
    month = [pd.Period(label, "M").ordinal for label in table["month"]]
    return table.iloc[scores.apart(month, horizon)]


def _parts(table: pd.DataFrame) -> Iterable[tuple[str, int, pd.DataFrame]]:
    for (name, horizon), rows in table.groupby(["quantity", "horizon_months"], sort=False):
        yield str(name), int(horizon), _apart(rows.sort_values("as_of"), int(horizon))


def _bias_tests(table: pd.DataFrame) -> Iterable[tuple[object, ...]]:
    """Ask whether what happens lies to one side of the forecasts (Stouffer's sum of normals)."""
    for name, horizon, rows in _parts(table):
        position = rows["pit"].to_numpy().clip(_EDGE, 1 - _EDGE)
        sum_of = norm.ppf(position).sum() / np.sqrt(len(position))
        chance = float(2 * norm.sf(abs(sum_of)))
        yield "bias", name, horizon, len(rows), float(position.mean()), chance


def _coverage_tests(table: pd.DataFrame, prob: float) -> Iterable[tuple[object, ...]]:
    """Ask whether intervals miss more often than chance allows (binomial)."""
    for name, horizon, rows in _parts(table):
        hits = int(rows["covered"].sum())
        chance = float(binom.cdf(hits, len(rows), prob))
        yield "coverage", name, horizon, len(rows), float(hits), chance


def _brier_test(due: pd.DataFrame) -> Iterable[tuple[object, ...]]:
    """Ask whether the trailing rate forecasts renewals better."""
    if due["account_id"].nunique() < 2:
        return
    chance, naive = (due[name].to_numpy(float) for name in ("probability", "naive"))
    unit = due["account_id"].to_numpy()
    one_sd = 2 * norm.cdf(1) - 1
    gain, low, _ = scores.brier_gain(chance, naive, due["renewed"].to_numpy(bool), unit, one_sd)
    if gain > low:
        yield "Brier score", "renewals", 0, len(due), gain, float(norm.cdf(gain / (gain - low)))


def _drift(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """Judge all tests together (Holm 1979, Scandinavian Journal of Statistics 6, 65-70)."""
    columns = ["test", "quantity", "horizon_months", "forecasts", "found", "p"]
    table = pd.DataFrame(rows, columns=columns)
    order = np.argsort(table["p"].to_numpy(float), kind="stable")
    passed = table["p"].to_numpy(float)[order] <= LEVEL / np.arange(len(table), 0, -1)
    drift = np.zeros(len(table), bool)
    drift[order] = np.logical_and.accumulate(passed)
    return table.assign(drift=drift)
