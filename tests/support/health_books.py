"""Health of hand-made books: lines and draws without a fit, histories of signals without a book."""

from __future__ import annotations

import numpy as np
import pandas as pd
from planbooks import make_book

from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.posterior.frailty import conditional_survival
from workbench.forecast.simulation.lines import Lines
from workbench.health.scores import Scored
from workbench.health.signs.panel import Panel
from workbench.health.strength import decisions
from workbench.plans.planbook.book import Planbook


def scored_book(book: Planbook | None = None, **given: float) -> tuple[Planbook, Scored]:
    """Score a hand-made book of plans; those whose terms run on stay as long as they do."""
    book = book or make_book(**given)
    decided = decisions(book.inputs, book.lines, book.survived)
    return book, Scored(outlook_of(book), book.lines, decided)


def outlook_of(book: Planbook, months: int = 24) -> Outlook:
    """Return survival in which nobody leaves but at a term's end."""
    lines: Lines = book.lines
    decided = decisions(book.inputs, lines, book.survived)
    month = np.arange(months)
    due = np.where(lines.term_group == 0, 0, lines.months_to_end)
    length = np.where(lines.term_group == 0, 12, lines.term_months)
    times = np.maximum((month[None] - due[:, None]) // length[:, None] + 1, 0)
    hazard = np.exp(decided.base + decided.part.sum(axis=0))[:, :, None] * times[None]
    alive = conditional_survival(
        book.survived[:, :, None], hazard, decided.frailty[:, None, None]
    ).astype("float32")
    table = pd.DataFrame(
        {
            "subscription_id": lines.subscription_id,
            "account_id": lines.account_id,
            "product": lines.product,
            "arr": lines.cents / 100,
        }
    )
    codes, accounts = pd.factorize(table["account_id"], sort=True)
    names = np.asarray(accounts, dtype=object)
    first = book.inputs.first_month
    return Outlook(alive, alive > 0.5, table, names, codes, np.arange(first, first + months))


def panel_of_signals(
    signals: dict[str, list[list[float]]], left: list[int] | None = None, first_month: int = 24_300
) -> Panel:
    """Lay out signals by account and month; `left` is the position of the month of leaving."""
    values = {name: np.array(rows, float) for name, rows in signals.items()}
    n, months = next(iter(values.values())).shape
    gone = np.array(left if left is not None else [-1] * n)
    month = np.arange(months)
    customer = (gone[:, None] < 0) | (month[None] <= gone[:, None])
    accounts = np.array([f"A{i:03d}" for i in range(n)], dtype=object)
    left_month = np.where(gone < 0, -1, first_month + gone)
    return Panel(accounts, first_month + month, customer, left_month, values)
