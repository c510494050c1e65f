"""What became of earlier forecasts, as sentences, made from the scored ledger and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.forecast.backtest.archive import LEVEL, ScoredArchive
from workbench.forecast.backtest.forecast_record import ACCOUNTS, CUSTOMERS, KEPT, RENEWED, REVENUE

_NAMES = {
    REVENUE: "revenue of the whole book",
    KEPT: "revenue kept of that day's subscriptions",
    RENEWED: "revenue of the renewals kept",
    ACCOUNTS: "accounts that stay",
    CUSTOMERS: "customers that stay",
}


def drift_warnings(scored: ScoredArchive) -> list[str]:
    """Return a sentence for each kind of drift that the ledger shows; none means no sign of it.

    Parameters
    ----------
    scored : ScoredArchive
    """
    failed = scored.drifts.sort_values("p", kind="stable")
    return [_warning(rows, scored) for _, rows in failed.groupby(["test", "quantity"], sort=False)]


def _warning(rows: pd.DataFrame, scored: ScoredArchive) -> str:
    """Tell the clearest of a test's failures, and at which other horizons it fails."""
    row = rows.iloc[0]
    if row["test"] == "Brier score":
        return (
            f"Drift: of {row['forecasts']} renewals forecast, the trailing rate errs less "
            f"({scored.brier_naive:.3f}, mean squared error of the chance) than the model "
            f"({scored.brier:.3f}); p {_chance(row['p'])}."
        )
    others = sorted(rows["horizon_months"].iloc[1:])
    also = f"; likewise {' and '.join(map(str, others))} months ahead" if others else ""
    what = f"{_NAMES[row['quantity']]}, {_ahead(row['horizon_months'])}"
    if row["test"] == "coverage":
        return (
            f"Drift: {what}: only {row['found']:.0f} of {row['forecasts']} outcomes lie inside "
            f"their intervals (p {_chance(row['p'])}){also}."
        )
    side = "below" if row["found"] < 0.5 else "above"
    return (
        f"Drift: {what}: what happened lies {side} the forecast, on average at its "
        f"{100 * row['found']:.0f} % quantile over {row['forecasts']} forecasts that share no "
        f"months (p {_chance(row['p'])}){also}."
    )


def _ahead(months: int) -> str:
    return f"{months} month{'s' if months > 1 else ''} ahead"


def _chance(p: float) -> str:
    return "below 0.0001" if p < 1e-4 else f"{p:.4f}"


def archive_text(scored: ScoredArchive, prob: float) -> str:
    """Say how earlier forecasts did, whether they drift, and which are not scored.

    Parameters
    ----------
    scored : ScoredArchive
    prob : float
        Probability inside the intervals.

    Returns
    -------
    str
        Markdown.
    """
    table = scored.scores
    parts = []
    if table.empty:
        parts.append("No earlier forecast of this book can be scored yet.")
    else:
        days = table["as_of"].nunique()
        inside = f"{int(table['covered'].sum())} of {len(table)}"
        parts.append(
            f"**{days} earlier forecast{'s' if days > 1 else ''}** of this book "
            f"({' to '.join(dict.fromkeys([table['as_of'].min(), table['as_of'].max()]))}) can be "
            f"scored: {inside} outcomes lie inside their {prob:.0%} intervals."
        )
        if len(scored.renewals):
            verdict = "better" if scored.brier < scored.brier_naive else "no better"
            parts.append(
                f"{len(scored.renewals)} renewals forecast have been decided: mean squared error "
                f"of the chance {scored.brier:.3f}, {verdict} than the trailing rate's "
                f"{scored.brier_naive:.3f}."
            )
        warned = drift_warnings(scored)
        calm = (
            f"No sign of drift: of {len(scored.tests)} tests none fails at a joint level of "
            f"{LEVEL:.0%}."
        )
        parts.append("\n\n".join(f"**{warning}**" for warning in warned) if warned else calm)
    return "\n\n".join([*parts, *_left_out(scored.left_out)])


def _left_out(left_out: pd.DataFrame) -> list[str]:
    counts = left_out.groupby("reason").size()
    return [
        f"Not scored: {count} forecast{'s' if int(count) > 1 else ''} ({reason})."
        for reason, count in counts.items()
    ]
