"""Small tables of the planner's page; on a telephone each row stands as a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from workbench.report.amounts import money
from workbench.report.plan.markup import escaped, signed_text


def table_html(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    caption : str
        Text, not markup.
    heads : sequence of str
        One per column; text.
    rows : iterable of sequence of str
        Cells; text from data is escaped here.
    """
    head = "".join(f"<th scope='col'>{escaped(one)}</th>" for one in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td data-head='{escaped(label)}'>{escaped(cell)}</td>"
            for label, cell in zip(heads, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    small = " wb-pair" if len(heads) == 2 else ""  # which a telephone has room for as it is
    return (
        f"<table class='wb-table{small}'><caption>{escaped(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def comparison_html(summary: pd.DataFrame, currency: str, prob: float) -> str:
    """Return plans beside each other as an HTML table.

    Parameters
    ----------
    summary : DataFrame
        From `workbench.plans.evaluate.compare.compare`.
    currency : str
        Code shown with amounts; may be empty.
    prob : float
        Probability inside the intervals.
    """
    heads = ("plan", "still a customer at the end", "yearly revenue at the end",
             "more than as things stand", "does better", "hours", "cost")  # fmt: skip
    rows = []
    for row in summary.to_dict("records"):
        cells = (
            row["plan"],
            f"{row['stays']:.0%}",
            money(row["arr"], currency),
            f"{signed_text(row['gain'], currency)} ({signed_text(row['gain_low'])} to "
            f"{signed_text(row['gain_high'])})",
            f"{row['better']:.0%}",
            f"{row['hours']:,.0f}",
            money(row["cost"], currency),
        )
        rows.append(cells)
    return table_html(f"Intervals hold {prob:.0%}.", heads, rows)
