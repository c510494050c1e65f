"""Whether the score is any good, in sentences made from the tables and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.health.track.alerts import MODEL
from workbench.health.track.calibration import RENEWS


def alerts_text(alerts: pd.DataFrame) -> str:
    """Say what the score would have warned of, and whether it beats its rivals.

    Parameters
    ----------
    alerts : DataFrame
        From `workbench.health.track.alerts.alert_table`.

    Returns
    -------
    str
        Markdown.
    """
    model = alerts[alerts["list"] == MODEL].iloc[0]
    if not model["leavers"]:
        return "Nobody has left in the months that were scored: recall and lead cannot be told."
    text = (
        f"At **{model['alerts']} alerts a month** the score would have warned of "
        f"**{model['warned']} of {model['leavers']} customers who left** ({model['recall']:.0%})"
    )
    if model["warned"]:
        text += (
            f", half of them {model['lead_median']:.0f} months or more before (quartiles "
            f"{model['lead_low']:.0f} to {model['lead_high']:.0f})"
        )
    if model["warnings"]:
        text += f"; {model['false_alarms']:.0%} of the warnings were false"
    rivals = alerts[alerts["list"] != MODEL].sort_values("recall", ascending=False)
    return f"{text}. {_against(rivals)}" if len(rivals) else f"{text}."


def calibration_text(calibration: pd.DataFrame) -> str:
    """Say how many bands the forecast describes.

    Parameters
    ----------
    calibration : DataFrame
        From `workbench.health.track.calibration.calibration_table`.
    """
    known = calibration[calibration["cases"] > 0]
    due = int(known.loc[known["number"] == RENEWS, "cases"].sum())
    if known.empty:
        return "Nothing that was scored is settled yet."
    inside = int(known["within"].astype(bool).sum())
    off = known[~known["within"].astype(bool)]
    over = f"{due} renewals" if due else f"{int(known['cases'].sum())} customers, a year later"
    text = f"Over {over}, the forecast lies within the interval of {inside} of {len(known)} bands."
    if len(off):
        misfits = "; ".join(
            f"{row.number}, {row.band}: {row.forecast:.0%} forecast, {row.happened:.0%} happened"
            for row in off.itertuples()
        )
        text += f" **It does not fit** in: {misfits}."
    return text


def _against(rivals: pd.DataFrame) -> str:
    comparisons = []
    for row in rivals.itertuples():
        mean, low, high = (100 * ahead for ahead in (row.ahead, row.ahead_low, row.ahead_high))
        points = f"{mean:+z.0f} points ({low:+z.0f} to {high:+z.0f})"
        verdict = (
            "beats it" if row.ahead_low > 0 else "**is beaten by it**" if row.ahead_high < 0
            else "**does not beat it for certain**"
        )  # fmt: skip
        comparisons.append(f"*{row.list}* warned of {row.warned}: the score, {points}, {verdict}")
    return f"With as many alerts, {'; '.join(comparisons)}."
