"""What a coin decided, and what it says: the randomised estimate beside the observational one.

Among accounts that a coin divided, those acted upon and the others differ by the coin alone. Their
endings are compared in the same discrete hazard; what was expected of each without an action makes
the comparison sharper and cannot bias it (Lin 2013, Annals of Applied Statistics 7, 295-318).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from workbench.core.calendar import month_number
from workbench.core.errors import DataError, ParameterError, Problem
from workbench.impact.trials import Trials
from workbench.impact.untreated import UntreatedHazard, cloglog_slopes
from workbench.impact.weights import censoring_weights, with_censoring

_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
COLUMNS = ("account_id", "tossed_on", "probability", "taken")


@dataclass(frozen=True)
class CoinEstimate:
    """The effect among accounts that a coin divided.

    Parameters
    ----------
    tosses : int
        That could be followed.
    acted : int
        Of those, with an action.
    endings : int
    log_ratio, error : float
        Of the hazards, and its standard error with sums by account; NaN without an ending in
        each arm.
    """

    tosses: int
    acted: int
    endings: int
    log_ratio: float
    error: float

    def interval(self, prob: float) -> tuple[float, float]:
        """Return the ends of the interval of the ratio.

        Parameters
        ----------
        prob : float
            Probability inside, between 0 and 1.
        """
        reach = ndtri((1 + prob) / 2) * self.error
        return math.exp(self.log_ratio - reach), math.exp(self.log_ratio + reach)

    def disagrees(self, log_ratio: float, error: float) -> float:
        """Return the two-sided probability of a gap to another estimate as large, by chance.

        Parameters
        ----------
        log_ratio, error : float
            Of the other one, from other accounts.
        """
        gap = abs(self.log_ratio - log_ratio) / math.hypot(self.error, error)
        return float(2 * ndtr(-gap))


def read_tosses(path: str | Path) -> pd.DataFrame:
    """Read a file of tosses.

    Parameters
    ----------
    path : str or Path
        Parquet where it ends so, else CSV.

    Returns
    -------
    DataFrame
        From `check_tosses`.

    Raises
    ------
    ParameterError
        When there is no such file.
    DataError
        When it cannot be read, or as `check_tosses`.
    """
    path = Path(path)
    if not path.is_file():
        problem = Problem("no such file", str(path), "tosses of a coin as CSV or Parquet")
        raise ParameterError("The tosses of the coin could not be found.", [problem])
    try:
        packed = path.suffix.lower() == ".parquet"
        table = pd.read_parquet(path) if packed else pd.read_csv(path, dtype="str")
    except (ValueError, OSError) as error:
        problem = Problem("not a table", str(path), "CSV or Parquet", str(error).split("\n")[0])
        raise DataError("The tosses of the coin cannot be read.", [problem]) from None
    return check_tosses(table)


def check_tosses(tosses: pd.DataFrame) -> pd.DataFrame:
    """Return a table of tosses with dates and flags read.

    Parameters
    ----------
    tosses : DataFrame
        One row per toss: account_id, tossed_on, probability (that something was done, between 0
        and 1), taken (something was).

    Returns
    -------
    DataFrame
        With those columns.

    Raises
    ------
    DataError
        When a column is missing or not readable; all faults together.
    """
    headline = "The tosses of the coin cannot be read."
    missing = [name for name in COLUMNS if name not in tosses]
    if missing:
        hint = "One row per toss: " + ", ".join(COLUMNS) + "."
        problems = [Problem("no such column", name, hint=hint) for name in missing]
        raise DataError(headline, problems)
    day = pd.to_datetime(tosses["tossed_on"], errors="coerce", format="ISO8601")
    prob = pd.to_numeric(tosses["probability"], errors="coerce")
    taken = tosses["taken"].astype("str").str.lower().map(_FLAGS)
    found = (
        ("tossed_on", day.isna(), "an ISO date"),
        ("probability", ~((prob > 0) & (prob < 1)), "a number between 0 and 1"),
        ("taken", taken.isna(), "true or false"),
    )
    problems = [
        Problem("not readable", f"{name}, row {int(np.flatnonzero(bad)[0]) + 1}", expected,
                repr(tosses[name].iloc[int(np.flatnonzero(bad)[0])]))
        for name, bad, expected in found if bad.any()
    ]  # fmt: skip
    if problems:
        raise DataError(headline, problems)
    return pd.DataFrame(
        {
            "account_id": tosses["account_id"].astype("str"),
            "month": month_number(day).astype("int64"),
            "probability": prob.astype("float64"),
            "taken": taken.astype(bool),
        }
    )


def coin_estimate(months: Trials, hazard: UntreatedHazard, tosses: pd.DataFrame) -> CoinEstimate:
    """Compare accounts that a coin divided, as the coin fell.

    Parameters
    ----------
    months : Trials
        Every month at risk, from `workbench.impact.trials.lay_out_trials`.
    hazard : UntreatedHazard
        What was to be expected without an action.
    tosses : DataFrame
        From `check_tosses`.

    Returns
    -------
    CoinEstimate
    """
    keys = ["account_id", "month"]
    known = months.table[keys].assign(account_id=months.table["account_id"].astype("str"))
    joined = known.merge(tosses.drop_duplicates(keys), on=keys, how="left")
    own = joined["taken"].notna().to_numpy()
    trials, drawn = with_censoring(months.take(own), months), joined[own]
    taken = drawn["taken"].to_numpy(bool)
    row, step = np.nonzero(trials.seen)
    event, acted = trials.event[row, step], taken[row]
    tossed = len(drawn.drop_duplicates(keys))
    counts = tossed, len(drawn[taken].drop_duplicates(keys)), int(event.sum())
    if not event[acted].any() or not event[~acted].any():
        return CoinEstimate(*counts, math.nan, math.nan)
    chance = drawn["probability"].to_numpy()
    turned = np.where(taken, 1 / chance, 1 / (1 - chance))
    weight = (turned / turned.mean())[row] * censoring_weights(trials)[row, step]
    offset = hazard.log_rate(trials)[row, step]
    design = np.column_stack([np.ones(len(row)), acted])
    account = np.unique(drawn["account_id"].to_numpy("str"), return_inverse=True)[1][row]
    beta, covariance = _fit(design, offset, event, weight, account)
    return CoinEstimate(*counts, float(beta[1]), float(np.sqrt(covariance[1, 1])))


def _fit(
    design: np.ndarray,
    offset: np.ndarray,
    event: np.ndarray,
    weight: np.ndarray,
    account: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    beta = np.zeros(design.shape[1])
    inverse = np.eye(len(beta))
    for _ in range(40):
        slope, bend = cloglog_slopes(offset + design @ beta, event)
        inverse = np.linalg.inv(design.T @ (design * (weight * bend)[:, None]))
        move = inverse @ (design.T @ (weight * slope))
        beta = beta + np.clip(move, -1, 1)
        if np.abs(move).max() < 1e-8:
            break
    slope, _ = cloglog_slopes(offset + design @ beta, event)
    sums = np.zeros((account.max() + 1, len(beta)))
    np.add.at(sums, account, design * (weight * slope)[:, None])
    return beta, inverse @ (sums.T @ sums) @ inverse


def trial_size(ratio: float, risk: float, power: float = 0.8, sure: float = 0.9) -> tuple[int, int]:
    """Return how many endings, and how many tosses, would tell an effect from none.

    Parameters
    ----------
    ratio : float
        Of the hazards that is to be told from 1; above 0, not 1.
    risk : float
        Probability of ending within the months of follow-up, 0 to 1.
    power : float
        Probability of telling it.
    sure : float
        Probability inside the interval that must not hold 1.

    Returns
    -------
    endings, tosses : int
        Both arms together, half and half (Schoenfeld 1983, Biometrics 39, 499-503).

    Examples
    --------
    >>> trial_size(0.7, 0.1)
    (195, 1944)
    """
    needed = 4 * (ndtri((1 + sure) / 2) + ndtri(power)) ** 2 / math.log(ratio) ** 2
    return math.ceil(needed), math.ceil(needed / max(risk, 1e-9))
