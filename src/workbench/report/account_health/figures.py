"""Figures of the account health report."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from workbench.report.account_health.term_text import has_terms, would_text
from workbench.report.account_health.text import held_by_term
from workbench.report.amounts import money
from workbench.report.style import BLUE, GREY, RED, as_percent, label_axes, new_figure

_LARGEST, _LEAST = 220.0, 8.0  # areas in points squared


def strength_figure(health: pd.DataFrame, low: float, currency: str) -> Figure:
    """Draw both numbers of every customer: who stays only because a term runs on stands out.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    low : float
        Strength below which an account is weak, 0 to 1.
    currency : str
        Code shown with amounts; may be empty.

    Returns
    -------
    Figure
        Areas by yearly revenue; above the diagonal a term still holds the customer.
    """
    figure, [ax] = new_figure(height=4.2)
    weak = health["strength"] < low
    largest = max(float(health["arr"].max()), 1.0)
    for own, colour, label in ((~weak, BLUE, "others"), (weak, RED, "weak")):
        some = health[own]
        ax.scatter(
            some["strength"], some["stays"], s=_LEAST + _LARGEST * some["arr"] / largest,
            color=colour, alpha=0.45, linewidths=0, label=label,
        )  # fmt: skip
    ax.plot([0, 1], [0, 1], color=GREY, lw=0.8)
    ax.axvline(low, color=GREY, lw=0.8, ls=":")
    ax.set(xlim=(0, 1), ylim=(0, 1.02))
    as_percent(ax.xaxis)
    as_percent(ax.yaxis)
    terms = has_terms(health)
    told = held_by_term(health) if terms else health[weak]
    finding = f"{len(told)} {'weak customers are held by their term' if terms else 'are weak'}"
    if len(told):
        finding += f", worth {money(told['arr'].sum(), currency)} a year"
    label_axes(ax, finding, would_text(terms=terms), "still a customer in twelve months")
    ax.legend(title="area: yearly revenue", frameon=False, loc="lower left", fontsize=8)
    return figure
