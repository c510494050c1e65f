"""The book as a table to filter: both numbers, what goes with them, what is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.report.account_health.term_text import has_terms
from workbench.report.amounts import money
from workbench.report.output.browse import BrowseTable, Cell, Choice

_TERM_ENDS = "Term ends"
COLUMNS = (
    "Account", "Owner", "Revenue a year", "At stake", "Would renew", "Stays a year", "Band",
    _TERM_ENDS, "Products", "Consumed", "Offers open", "Signs",
)  # fmt: skip
_DUE = (3, 6, 12)


def browse_table(
    health: pd.DataFrame, titles: Mapping[str, str], first_month: int, currency: str
) -> BrowseTable:
    """Return the health table as one to filter and sort.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    titles : mapping
        Of signs, by name.
    first_month : int
        Month number of the first month to come.
    currency : str
        Code shown with amounts; may be empty.
    """
    records = health.to_dict("records")
    rows = tuple(_cells(row, titles) for row in records)
    columns, choices = COLUMNS, _choices(records, titles, first_month)
    if not has_terms(health):
        ends = columns.index(_TERM_ENDS)
        rows = tuple(row[:ends] + row[ends + 1 :] for row in rows)
        kept = columns[:ends] + columns[ends + 1 :]
        columns = tuple("Would stay" if name == "Would renew" else name for name in kept)
        choices = tuple(choice for choice in choices if choice.label != _TERM_ENDS)
    return BrowseTable(
        title="Every customer, most money at stake first"
        + (f"; amounts in {currency}" if currency else ""),
        noun="customers",
        columns=columns,
        rows=rows,
        choices=choices,
    )


def _cells(row: dict[str, Any], titles: Mapping[str, str]) -> tuple[Cell, ...]:
    signs = _signs(row, titles)
    since = f"since {row['since']}" if row["since"] else ""
    facts = " · ".join(row[name] for name in ("account_id", "segment", "parent") if row[name])
    return (
        Cell(row["name"], row["name"], facts),
        Cell(row["owner"], row["owner"]),
        Cell(money(row["arr"]), row["arr"]),
        Cell(money(row["at_risk"]), row["at_risk"]),
        Cell(f"{row['strength']:.0%}", row["strength"], _note_text(row, "strength")),
        Cell(f"{row['stays']:.0%}", row["stays"], _note_text(row, "stays")),
        Cell(row["band"], row["strength"]),
        Cell(row["term_ends"] or "monthly", row["term_ends"] or "0000"),
        Cell(row["products"], row["products"]),
        Cell(_or_dash(row["consumption"], "{:.0%}"), row["consumption"]),
        Cell(_or_dash(row["offers_open"], "{:.0f}"), row["offers_open"]),
        Cell(", ".join(signs) or "–", len(signs), since),
    )


def _note_text(row: dict[str, Any], name: str) -> str:
    low, high = 100 * row[f"{name}_low"], 100 * row[f"{name}_high"]
    trend = [
        f"{label} {100 * (row[name] - then):+z.0f}"
        for label in ("month", "quarter")
        if (then := row[f"{name}_{label}"]) == then
    ]
    return ", ".join([f"{low:.0f} to {high:.0f}", *trend])


def _or_dash(value: float, form: str) -> str:
    return "–" if np.isnan(value) else form.format(value)


def _signs(row: dict[str, Any], titles: Mapping[str, str]) -> list[str]:
    return [titles[name] for name in row["signs"].split(", ") if name]


def _choices(
    records: Sequence[dict[str, Any]], titles: Mapping[str, str], first_month: int
) -> tuple[Choice, ...]:
    due = {f"within {months} months": month_label(first_month + months) for months in _DUE}
    use = {
        "below 60 %": lambda ratio: ratio < 0.6,
        "60 to 95 %": lambda ratio: 0.6 <= ratio < 0.95,
        "95 % or more": lambda ratio: ratio >= 0.95,
    }

    def ends(row: dict[str, Any]) -> list[str]:
        if not row["term_ends"]:
            return ["monthly"]
        return [label for label, last in due.items() if row["term_ends"] < last]

    return (
        _choice("Owner", records, lambda row: [row["owner"]]),
        _choice("Segment", records, lambda row: [row["segment"]]),
        _choice("Band", records, lambda row: [row["band"]], ("weak", "watch", "sound")),
        _choice("Strength", records, _moved, ("fell", "rose")),
        _choice(_TERM_ENDS, records, ends, (*due, "monthly")),
        _choice("Product", records, lambda row: row["products"].split(", ")),
        _choice(
            "Consumed",
            records,
            lambda row: [label for label, holds in use.items() if holds(row["consumption"])],
            tuple(use),
        ),
        _choice("Sign", records, lambda row: _signs(row, titles), tuple(titles.values())),
    )


def _moved(row: dict[str, Any]) -> list[str]:
    change = row["strength"] - row["strength_quarter"]
    return ["fell"] if change <= -0.02 else ["rose"] if change >= 0.02 else []


def _choice(
    label: str,
    records: Sequence[dict[str, Any]],
    of: Callable[[dict[str, Any]], list[str]],
    values: tuple[str, ...] = (),
) -> Choice:
    borne = tuple(tuple(value for value in of(row) if value) for row in records)
    known = values or tuple(sorted({value for one in borne for value in one}))
    return Choice(label, known, borne)
