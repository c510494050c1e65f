"""The backtest in a sentence and its numbers, made from its tables and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.forecast.backtest.forecast_record import REVENUE
from workbench.forecast.backtest.judge import MODEL, NAIVE
from workbench.report.output.answer import Answer, Headline

LENIENT = 0.9  # share of the promised coverage below which intervals are called too narrow


def backtest_answer(
    renewals: pd.DataFrame, money: pd.DataFrame, calibration: pd.DataFrame, prob: float
) -> Answer:
    """Answer yes, half or no: did past forecasts come true, and did something simpler do as well.

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
    Answer
    """
    revenue = money[(money["quantity"] == REVENUE) & (money["forecast"] == MODEL)]
    covered = float(np.average(revenue["covered"], weights=revenue["origins"]))
    far = revenue.iloc[-1]
    true = covered >= LENIENT * prob
    better = far["skill"] > 0
    verdict = {
        (True, True): "Yes: past forecasts came true, and simpler ones did worse",
        (True, False): "Half: past forecasts came true, but a simpler one did as well or better",
        (False, True): "Half: better than simpler forecasts, but surer of themselves than right",
        (False, False): "No: past forecasts missed too often, and a simpler one did better",
    }[true, better]
    sentence = (
        f"**{verdict}.** {covered:.0%} of the revenue that came lies inside {prob:.0%} intervals; "
        f"{int(far['horizon_months'])} months ahead the model errs {abs(far['skill']):.0%} "
        f"{'less' if better else 'more'} than the past rate carried on."
    )
    numbers = [
        Headline("revenue_covered", f"of outcomes inside {prob:.0%} intervals", covered,
                 kind="share"),
        Headline("revenue_error", f"revenue off by, {int(far['horizon_months'])} months ahead",
                 far["absolute_error"], kind="share"),
    ]  # fmt: skip
    if len(renewals):
        numbers += _of_renewals(renewals, calibration)
    return Answer(sentence + lean_text(calibration), tuple(numbers))


def _of_renewals(renewals: pd.DataFrame, calibration: pd.DataFrame) -> list[Headline]:
    last = renewals[renewals["horizon_months"] == renewals["horizon_months"].max()]
    model = last[last["forecast"] == MODEL].iloc[0]
    plain = last[last["forecast"] == NAIVE].iloc[0]
    count = calibration["cases"]
    return [
        Headline("brier_gain", "less squared error of chances than the past rate (Brier score)",
                 plain["gain"], plain["low"], plain["high"]),
        Headline("pairs", "of pairs put in the right order", model["c"], kind="share"),
        Headline("renewed_gap", "renewals kept less than forecast, of all",
                 float(np.average(calibration["forecast"] - calibration["happened"],
                                  weights=count)), kind="share"),
    ]  # fmt: skip


def lean_text(calibration: pd.DataFrame) -> str:
    """Say whether renewals came out higher or lower than forecast as a whole; empty without any.

    Parameters
    ----------
    calibration : DataFrame
        From `workbench.forecast.backtest.spread.renewal_calibration`.
    """
    if calibration.empty:
        return ""
    below = int((calibration["happened"] < calibration["forecast"]).sum())
    forecast_share, observed_share = (
        float(np.average(calibration[name], weights=calibration["cases"]))
        for name in ("forecast", "happened")
    )
    return (
        f" Of all renewals, {forecast_share:.1%} were forecast to be kept and "
        f"{observed_share:.1%} were; "
        f"{below} of {len(calibration)} groups lie below the forecast."
    )
