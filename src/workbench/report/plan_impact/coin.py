"""Sentences on what a coin said, how far to trust the trials beside it, and the next decision."""

from __future__ import annotations

import math

import pandas as pd
from scipy.special import ndtri

from workbench.impact.coin import CoinEstimate, trial_size
from workbench.impact.trust import trust
from workbench.report.plan_impact.text import ALL_KINDS

_LEAST_DOUBT = 0.1  # of the trials' log-ratio, however weak the causes on record


def coin_text(coin: CoinEstimate | None, effects: pd.DataFrame, hidden: float, prob: float) -> str:
    """Set the coin beside the trials, and say which to trust how far.

    Parameters
    ----------
    coin : CoinEstimate or None
        None where no toss is on record.
    effects : DataFrame
        From `workbench.impact.measure.effect_table`.
    hidden : float
        From `workbench.impact.checks.hidden_factor`: what hidden causes might do to a ratio.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    str
        In Markdown.
    """
    if coin is None:
        return "No coin is on record, so that nothing here is randomised."
    if math.isnan(coin.log_ratio):
        return f"{coin.tosses} tosses are on record: too few endings to tell anything."
    ours = effects.set_index("action").loc[ALL_KINDS]
    low, high = coin.interval(prob)
    spread = math.log(ours["ratio_high"] / ours["ratio_low"]) / 2 / ndtri((1 + prob) / 2)
    trials = math.log(ours["ratio"]), spread
    text = (
        f"**By the coin** ({coin.tosses:,} tosses, {coin.endings} endings), leaving is "
        f"{math.exp(coin.log_ratio):.2f} times as frequent after an action ({low:.2f} to "
        f"{high:.2f}); by the trials {ours['ratio']:.2f} ({ours['ratio_low']:.2f} to "
        f"{ours['ratio_high']:.2f}). "
    )
    if coin.disagrees(*trials) < 1 - prob:
        text += "They disagree beyond chance: **go by the coin**, and doubt what was adjusted for. "
    else:
        text += "They agree within chance. "
    doubt = max(math.log(hidden), _LEAST_DOUBT)
    both = trust((coin.log_ratio, coin.error), trials, doubt, prob)
    return text + (
        f"Their distance tells how far to trust the trials: these get {both.share:.0%} of the "
        f"weight and the coin the rest, together {math.exp(both.log_ratio):.2f} times "
        f"({math.exp(both.low):.2f} to {math.exp(both.high):.2f})."
    )


def next_coin_text(
    effects: pd.DataFrame, risk: float, months: int, prob: float, per_month: float
) -> str:
    """Say how many tosses the next decision takes, and how long.

    Parameters
    ----------
    effects : DataFrame
        From `workbench.impact.measure.effect_table`.
    risk : float
        Probability of leaving within the horizon without an action, 0 to 1.
    months : int
        Of follow-up.
    prob : float
        Probability inside the intervals.
    per_month : float
        Actions that the team does in a month.

    Returns
    -------
    str
        In Markdown.
    """
    ours = effects.set_index("action").loc[ALL_KINDS]
    size = min(max(float(ours["ratio"]), 1 / 3), 3.0)
    size = 0.8 if 0.9 < size < 1.1 else size
    endings, tosses = trial_size(size, risk, sure=prob)
    text = (
        f"To tell a ratio of {size:.2f} from none (power 80 %), a coin must be tossed for about "
        f"**{tosses:,} accounts**, half of them acted upon, and each followed for {months} months: "
        f"{endings:,} endings."
    )
    if per_month > 0:
        text += (
            f" At the team's {per_month:,.0f} actions a month that takes about "
            f"{math.ceil(tosses / 2 / per_month):,} months, and {months} more to follow the last."
        )
    return text
