"""Whether an effect may be called measured: every check must pass, else it stays an association.

The checks look for what a comparison without a coin cannot rule out. None of them proves that all
that matters is on record; together they catch what is known to go wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import gamma

from workbench.impact.measure import ALL_KINDS, EffectComparison
from workbench.impact.placebos import Check, CheckLimits, negative_control, placebo
from workbench.impact.weights import balance

ASSOCIATION, MEASURED = "association", "measured"
TOO_FEW = "Too few were treated"
# That a kind's own endings lie on the side of its effect: what a 90 % interval on one side says.
OWN_SURE = 0.95
_LEVELS = (np.arange(40) + 0.5) / 40  # over which what is not known of the expected is averaged


def e_value(ratio: float, risk: float) -> float:
    """Return how strongly something unseen must go with both action and leaving to explain it all.

    Parameters
    ----------
    ratio : float
        Of the hazards, above 0.
    risk : float
        Probability of the outcome within the horizon, 0 to 1: where it is common, the hazard ratio
        is first turned into a ratio of risks.

    Returns
    -------
    float
        At least 1 (VanderWeele & Ding 2017, Annals of Internal Medicine 167, 268-274).

    Examples
    --------
    >>> round(e_value(0.8, 0.05), 2), round(e_value(3.9, 0.05), 2)
    (1.81, 7.26)
    """
    if risk > 0.15:
        ratio = (1 - 0.5 ** np.sqrt(ratio)) / (1 - 0.5 ** np.sqrt(1 / ratio))
    away = max(ratio, 1 / ratio)
    return float(away + np.sqrt(away * (away - 1)))


def judge(
    found: EffectComparison, effects: pd.DataFrame, events: pd.DataFrame | None, limits: CheckLimits
) -> tuple[Check, ...]:
    """Make every check.

    Parameters
    ----------
    found : Comparison
    effects : DataFrame
        From `workbench.impact.measure.effect_table`.
    events : DataFrame, optional
        The table `account_events`; without it there is no negative control.
    limits : CheckLimits

    Returns
    -------
    tuple of Check
        Those of the whole book first.
    """
    return (
        *_balance_checks(found, limits),
        placebo(found),
        negative_control(found, events, limits),
        *_kind_checks(found, effects, limits),
    )


def verdicts(checks: tuple[Check, ...], kinds: tuple[str, ...]) -> pd.DataFrame:
    """Give the word to each kind of action.

    Parameters
    ----------
    checks : tuple of Check
    kinds : tuple of str
        Of action.

    Returns
    -------
    DataFrame
        action, word (measured or association), why (which of its own checks failed, in sentences;
        those of the whole book stand in the row of all kinds).
    """
    rows = []
    for kind in (*kinds, ALL_KINDS):
        failed = [c for c in checks if c.action in {kind, ALL_KINDS} and not c.passed]
        word = ASSOCIATION if failed else MEASURED
        why = " ".join(check.why for check in failed if check.action == kind)
        rows.append((kind, word, why))
    return pd.DataFrame(rows, columns=["action", "word", "why"])


def e_values(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the E-values of each estimate, and of the end of its interval nearer to no effect.

    Parameters
    ----------
    effects : DataFrame
        From `workbench.impact.measure.effect_table`.

    Returns
    -------
    DataFrame
        action, e_value, e_value_end: 1 where the interval holds no effect.
    """
    rows = []
    for _, row in effects.iterrows():
        risk = float(row["expected"]) / max(float(row["trials"]), 1)
        end = row["ratio_high"] if row["ratio"] < 1 else row["ratio_low"]
        shown = (end < 1) == (row["ratio"] < 1)
        beyond = e_value(float(end), risk) if shown else 1.0
        rows.append((row["action"], e_value(float(row["ratio"]), risk), beyond))
    return pd.DataFrame(rows, columns=["action", "e_value", "e_value_end"])


def check_table(checks: tuple[Check, ...]) -> pd.DataFrame:
    """Return checks as a table, one row each.

    Parameters
    ----------
    checks : tuple of Check
    """
    return pd.DataFrame([vars(check) for check in checks])


def _balance_checks(found: EffectComparison, limits: CheckLimits) -> Iterator[Check]:
    odds, trials = found.propensity.odds, found.trials
    worst = balance(trials, odds).set_index("covariate")["after"].abs()
    value = float(worst.max())
    passed = value <= limits.most_imbalance
    why = f"After weighting, {worst.idxmax()} still differs by {value:.2f} standard deviations."
    yield Check(ALL_KINDS, "balance", passed, value, limits.most_imbalance, why)


def _kind_checks(
    found: EffectComparison, effects: pd.DataFrame, limits: CheckLimits
) -> Iterator[Check]:
    trials, prob = found.trials, found.propensity.probability
    idle = np.sort(prob[~trials.any_treated])
    by_action = effects.set_index("action")
    strength = hidden_factor(found)
    unsure = np.linalg.norm(found.treated.moves, axis=1)
    for position, kind in enumerate(trials.kinds):
        own = prob[trials.treated[:, position]]
        above = len(idle) - np.searchsorted(idle, own)
        share = float((above >= 10).mean()) if len(own) else 0.0
        passed = share >= limits.least_overlap
        why = f"Only {share:.0%} of those acted upon resemble any that were not."
        yield Check(kind, "overlap", passed, share, limits.least_overlap, why)
        row = by_action.loc[kind]
        most = float(max(row["expected"], row["endings"]))
        passed = most >= limits.least_endings
        why = (
            f"{TOO_FEW}: {row['endings']:.0f} endings where {row['expected']:.1f} were "
            f"to be expected, and {limits.least_endings} are needed."
        )
        yield Check(kind, "endings", passed, most, limits.least_endings, why)
        yield own_endings(kind, row, float(unsure[position]))
        yield _hidden_cause(kind, row, strength, found)


def own_endings(kind: str, row: pd.Series, unsure: float = 0.0) -> Check:
    """Check that a kind's effect is told by its own endings, not lent by the other kinds.

    Effects of kinds are pooled: one that does nothing, beside others that help, is drawn to their
    mean. Its endings are a Poisson count around the expected ones times its ratio (Jeffreys'
    prior), and the expected ones are themselves an estimate.

    Parameters
    ----------
    kind : str
        Of action.
    row : Series
        Its row of `workbench.impact.measure.effect_table`: endings, expected, ratio, ratio_low and
        ratio_high are read.
    unsure : float
        Standard deviation of the log of the expected endings.

    Returns
    -------
    Check
        Its value is the probability of the effect's direction by these endings alone.
    """
    shown = row["ratio_high"] < 1 or row["ratio_low"] > 1
    expected = row["expected"] * np.exp(unsure * ndtri(_LEVELS))
    below = float(gamma.cdf(expected, row["endings"] + 0.5).mean())
    value = below if row["ratio"] < 1 else 1 - below
    why = (
        f"Its own {row['endings']:.0f} endings, where {row['expected']:.1f} were to be expected, "
        f"tell the direction with {value:.0%} only: the rest is lent by the other kinds."
    )
    return Check(kind, "own endings", not shown or value >= OWN_SURE, value, OWN_SURE, why)


def hidden_factor(found: EffectComparison) -> float:
    """Return by how much a cause as strong as the strongest one on record could move a ratio.

    Parameters
    ----------
    found : Comparison

    Returns
    -------
    float
        At least 1: a b / (a + b - 1), the bounding factor of Ding & VanderWeele (2016,
        Epidemiology 27, 368-377), a and b the ratios by which one standard deviation of the
        covariate goes with being acted upon and with leaving; the largest over covariates.
    """
    acted = np.exp(np.abs(found.propensity.coefficients[1:]))
    left = np.exp(np.abs(found.hazard.score))
    return float((acted * left / (acted + left - 1)).max())


def _hidden_cause(kind: str, row: pd.Series, strength: float, found: EffectComparison) -> Check:
    helps = row["ratio"] < 1
    end = float(row["ratio_high"] if helps else row["ratio_low"])
    shown = end < 1 if helps else end > 1
    risk = float(row["expected"]) / max(float(row["trials"]), 1)
    if not shown:
        why = "The interval holds no effect: there is none to explain away."
        return Check(kind, "hidden cause", True, 1.0, strength, why)
    away = max(end, 1 / end)
    why = (
        f"A hidden cause as strong as the strongest on record would take the interval to no effect "
        f"(E-value of the estimate {e_value(float(row['ratio']), risk):.2f})."
    )
    return Check(kind, "hidden cause", away > strength, away, strength, why)
