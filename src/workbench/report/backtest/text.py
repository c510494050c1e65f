"""The answer of the backtest as sentences, made from the tables and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.forecast.backtest.forecast_record import REVENUE
from workbench.forecast.backtest.judge import DEFAULT, HUMAN, MODEL, NAIVE
from workbench.report.backtest.answer import lean_text

NONE_DUE = "No term fell due whose outcome is known"


def backtest_text(
    renewals: pd.DataFrame, money: pd.DataFrame, calibration: pd.DataFrame, prob: float
) -> str:
    """Answer in two paragraphs whether past forecasts would have come true.

    Parameters
    ----------
    renewals : DataFrame
        From `workbench.forecast.backtest.renewals.renewal_table`.
    money : DataFrame
        From `workbench.forecast.backtest.judge.money_table`.
    calibration : DataFrame
        From `workbench.forecast.backtest.spread.renewal_calibration`.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    str
        Markdown.
    """
    renewals_part = _renewals_text(renewals, calibration, prob)
    return f"{renewals_part}\n\n{_revenue_text(money, prob)}"


def _renewals_text(renewals: pd.DataFrame, calibration: pd.DataFrame, prob: float) -> str:
    if renewals.empty:
        return f"{NONE_DUE}."
    last = renewals["horizon_months"].max()
    own = renewals[renewals["horizon_months"] == last].set_index("forecast")
    model = own.loc[MODEL]
    rivals = [_against(name, own.loc[name], prob) for name in own.index if name != MODEL]
    return (
        f"**Renewals** due within {last} months: {int(model['renewals'])} forecasts, Brier score "
        f"**{model['brier']:.3f}**. {' '.join(rivals)} Of two renewals, one kept and one lost, the "
        f"model gave the lost one the lower chance in {model['c']:.0%} of pairs. "
        f"{int(calibration['inside'].sum())} of {len(calibration)} groups renewed as often as "
        f"forecast, within what chance allows ({prob:.0%}; on the limit counts as "
        f"within); each renewal counts there once, by the latest forecast of it."
        f"{lean_text(calibration)}"
    )


def _revenue_text(money: pd.DataFrame, prob: float) -> str:
    revenue = money[(money["quantity"] == REVENUE) & (money["forecast"] == MODEL)]
    plain = money[(money["quantity"] == REVENUE) & (money["forecast"] == NAIVE)]
    far, near = revenue.iloc[-1], plain.iloc[-1]
    covered = (revenue["covered"] * revenue["origins"]).sum() / revenue["origins"].sum()
    better = "less" if far["skill"] > 0 else "more"
    return (
        f"**Revenue** of the whole book: {covered:.0%} of what happened lies inside the "
        f"{prob:.0%} intervals ({int(revenue['origins'].sum())} forecasts that share months, so "
        f"not as many pieces of evidence). {int(far['horizon_months'])} months ahead the expected "
        f"revenue was off by {far['absolute_error']:.1%} of the opening on average "
        f"({_signed(far['error'])}), the trailing rate by {near['absolute_error']:.1%}; by the "
        f"CRPS, which judges the whole forecast, the model errs {abs(far['skill']):.0%} {better}."
    )


def _against(name: str, rival: pd.Series, prob: float) -> str:
    names = {NAIVE: "the trailing rate", DEFAULT: "the 70 % default", HUMAN: "the human forecast"}
    if rival["low"] > 0:
        verdict = "the model is better, and chance does not explain it"
    elif rival["high"] < 0:
        verdict = "**the model is worse**, and chance does not explain it"
    else:
        verdict = "the difference could be chance"
    own = round(rival["brier"] - rival["gain"], 3)  # ours, on the same renewals
    some = ""
    if name == HUMAN:
        some = (
            f" on the {int(rival['renewals'])} that people forecast, where the model has {own:.3f}"
        )
    return (
        f"Against {names[name]}{some} ({rival['brier']:.3f}) {verdict} "
        f"(difference {round(rival['brier'], 3) - own:.3f}, {prob:.0%} interval "
        f"{rival['low']:.3f} to {rival['high']:.3f})."
    )


def _signed(share: float) -> str:
    return f"{abs(share):.1%} too {'high' if share > 0 else 'low'} on balance"


def gates_text(gates: pd.DataFrame, fits: int) -> str:
    """Say how many checks of the fits passed; those that did not are told one by one elsewhere.

    Parameters
    ----------
    gates : DataFrame
        gate, passed, as `workbench.core.gates.gate_table` has them.
    fits : int
        Pairs of fits that were checked.
    """
    passed = int(gates["passed"].sum())
    return f"**{passed} of {len(gates)} checks** of {fits} pairs of fits (leaving, revenue) passed."


def origins_text(days: Sequence[str], left_out: Sequence[str], refit: bool) -> str:
    """Say from which days the future is forecast, and which are left out.

    Parameters
    ----------
    days : sequence of str
        ISO dates of the origins, the earliest first; at least one.
    left_out : sequence of str
        Clauses of `workbench.forecast.backtest.rolling.OriginPlan`.
    refit : bool
        Whether each origin has a fit of its own.
    """
    how = (
        "a fit of its own at each"
        if refit
        else f"the fit of {days[0]} used again at the later ones"
    )
    text = f"**{len(days)} origins**: {', '.join(days)}; {how}."
    return text + "".join(f"\n\n- {reason}." for reason in left_out)
