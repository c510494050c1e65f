"""Committed business as a sentence, made from its table and nothing else."""

from __future__ import annotations

import pandas as pd

from workbench.report.style import money

_NAMES = {
    "new": ("new customer", "new customers"),
    "reactivation": ("return", "returns"),
    "expansion": ("expansion", "expansions"),
    "contraction": ("contraction", "contractions"),
    "price": ("price change", "price changes"),
    "churn": ("line without charge", "lines without charge"),
    "leaving": ("contract under notice", "contracts under notice"),
    "renewal": ("renewal at the same price", "renewals at the same price"),
    "amendment": ("amendment at the same price", "amendments at the same price"),
}


def committed_text(table: pd.DataFrame, currency: str) -> str:
    """Say what is signed and has not begun; empty where nothing is.

    Parameters
    ----------
    table : DataFrame
        From `workbench.forecast.growth.committed.committed_table`.
    currency : str
        Code shown with amounts; may be empty.
    """
    if table.empty:
        return ""
    parts = []
    for kind, names in _NAMES.items():
        own = table[table["kind"] == kind]
        if own.empty:
            continue
        one = f"{len(own)} {names[len(own) > 1]}"
        change = own["change"].sum()
        if change:
            one += f" ({'+' if change > 0 else '−'}{money(abs(change), currency)} a year)"
        parts.append(one)
    first, last = table["begins"].min(), table["begins"].max()
    when = f"in {first}" if first == last else f"between {first} and {last}"
    leaving = table["kind"] == "leaving"
    signed = (
        f"These contracts are signed and begin {when}. They are certain, not forecast: part of the "
        "revenue to come in every draw, and not at risk until they have begun."
    )
    ended = (
        f"What is under notice is on record as ending {when}: it is gone from then on in every "
        "draw. That a notice may be taken back is not in the numbers."
    )
    if leaving.any():
        signed = ended if leaving.all() else f"{signed} {ended}"
    return f"**Committed: {', '.join(parts)}.** {signed}"
