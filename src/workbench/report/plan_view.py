"""What a planner's page shows of an account and a plan: markup, made before any widget."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.plans.catalogue import Entry
from workbench.plans.compare import Comparison
from workbench.plans.dials import Board
from workbench.plans.goal import Found
from workbench.plans.outcome import Outcome, Planner, interval
from workbench.plans.plan import Goal, Plan, silences
from workbench.plans.planbook import Planbook
from workbench.plans.stakes import renewal_month
from workbench.report.plan_figures import driver_figure
from workbench.report.style import money
from workbench.report.svg import as_svg

_FACTS = ("industry", "segment", "region", "owner", "parent")


@dataclass(frozen=True)
class Standing:
    """Where an account stands, the plan left aside; shown once, when it is picked.

    Parameters
    ----------
    words, drivers : str
        HTML; every text that comes from data is escaped.
    """

    words: str
    drivers: str


@dataclass(frozen=True)
class Effect:
    """What a plan is expected to change; shown anew whenever a lever moves.

    Parameters
    ----------
    numbers, bar : str
        HTML: the comparison in a few numbers, and in one line for narrow screens.
    remarks : str
        HTML: what the plan leaves unsaid.
    """

    numbers: str
    bar: str
    remarks: str


def standing(planner: Planner, before: Outcome, prob: float) -> Standing:
    """Tell what an account is worth, when it renews, how probably, and what drives it.

    Parameters
    ----------
    planner : Planner
    before : Outcome
        The baseline of the account, or of the accounts.
    prob : float
        Probability inside the intervals.
    """
    book = planner.book
    accounts = [str(account) for account in before.accounts]
    low, high = interval(before.renews, prob)
    due = renewal_month(book, accounts[0]) if len(accounts) == 1 else ""
    facts = {"Worth today": f"{money(before.opening / 100, book.currency)} a year"}
    if len(accounts) == 1:
        own = book.lines.take(book.lines_of(accounts))
        facts["Next renewal"] = due or _without_renewal(book.months[-1], own.term_group)
        facts["Products"] = ", ".join(sorted({str(product) for product in own.product}))
    after = "after its renewal" if due else "after the next renewal"
    facts[f"Still a customer {after}"] = (
        f"{before.renews.mean():.0%} ({low:.0%} to {high:.0%}, {prob:.0%} interval)"
    )
    row = book.accounts.set_index("account_id").loc[accounts[0]]
    known = [name for name in _FACTS if name in row.index and isinstance(row[name], str)]
    if len(accounts) == 1:
        facts |= {name.capitalize(): str(row[name]) for name in known}
    title = str(row["name"]) if len(accounts) == 1 else f"{len(accounts)} accounts"
    items = "".join(
        f"<div class='wb-fact'><span>{_safe(k)}</span> <strong>{_safe(v)}</strong></div>"
        for k, v in facts.items()
    )
    words = f"<h2>{_safe(title)}</h2><div class='wb-facts'>{items}</div>"
    return Standing(words, _drivers(planner, accounts, prob))


def effect(planner: Planner, plan: Plan, told: Comparison, prob: float) -> Effect:
    """Tell what a plan is expected to change.

    Parameters
    ----------
    planner : Planner
    plan : Plan
    told : Comparison
        From `workbench.plans.compare.compare`: the baseline and the plan.
    prob : float
    """
    book = planner.book
    remarks = [*silences(plan), *(f"Assumed: {text}" for text in plan.assumptions)]
    return Effect(
        numbers=_numbers(told.summary, book.currency, book.months[-1], prob),
        bar=_bar(told.summary, book.currency),
        remarks=_list(remarks),
    )


def due_month(book: Planbook, before: Outcome) -> int | None:
    """Return in how many months, from 1, the next renewal falls due; None: nowhere, or several."""
    due = renewal_month(book, str(before.accounts[0])) if len(before.accounts) == 1 else ""
    return book.months.index(due) + 1 if due else None


def account_line(one: Mapping[str, Any], currency: str) -> str:
    """Return an account in one line of a list, as text: names are not markup there.

    Parameters
    ----------
    one : mapping
        A row of `workbench.plans.stakes.stakes`.
    currency : str
    """
    at_stake, worth = money(one["at_stake"]), money(one["worth"], currency)
    return f"{one['name']} · {at_stake} of {worth} · {one['renewal'] or 'no date'}"


def comparison_table(summary: pd.DataFrame, currency: str, prob: float) -> str:
    """Return plans beside each other as an HTML table.

    Parameters
    ----------
    summary : DataFrame
        From `workbench.plans.compare.compare`.
    currency : str
    prob : float
    """
    heads = ("plan", "customer after the next renewal", "yearly revenue at the end",
             "more than as things stand", "does better", "hours", "cost")  # fmt: skip
    rows = []
    for row in summary.to_dict("records"):
        cells = (
            _safe(row["plan"]),
            f"{row['renews']:.0%}",
            money(row["arr"], currency),
            f"{_signed(row['gain'], currency)} ({_signed(row['gain_low'])} to "
            f"{_signed(row['gain_high'])})",
            f"{row['better']:.0%}",
            f"{row['hours']:,.0f}",
            money(row["cost"], currency),
        )
        rows.append(
            "<tr>" + "".join(f"<td data-head='{head}'>{cell}</td>"
                             for head, cell in zip(heads, cells, strict=True)) + "</tr>"
        )  # fmt: skip
    head = "".join(f"<th scope='col'>{head}</th>" for head in heads)
    return (
        f"<table class='wb-table'><caption>Intervals hold {prob:.0%}.</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def download(document: str, name: str) -> str:
    """Return a link by which a browser keeps a document as a file, as HTML."""
    content = base64.b64encode(document.encode()).decode()
    return (
        f"<p class='wb-good' role='status'>The document is ready: <a download='{_safe(name)}' "
        f"href='data:text/html;base64,{content}'>keep it as {_safe(name)}</a>.</p>"
    )


def told_document(document: str, file: str = "") -> str:
    """Return a plan's document as HTML: a link to its file, or in a frame where it has none.

    Parameters
    ----------
    document : str
        From `workbench.report.plan_document.plan_document`.
    file : str
        Beside the page that shows the link.
    """
    if file:
        return f'<p><a href="{_safe(file)}">The plan as a document, on two pages</a></p>'
    # In a frame, neither's style reaches the other's.
    return (
        f'<iframe title="Account plan" srcdoc="{html.escape(document, quote=True)}" '
        'sandbox="allow-scripts" style="width: 100%; height: 1100px; border: 0"></iframe>'
    )


def action_head(entry: Entry) -> str:
    """Return what an action is, and where its effect comes from, as HTML."""
    return f"<h4>{_safe(entry.title)}</h4><p class='wb-note'>{_safe(entry.what)}</p>"


def lever_note(board: Board) -> str:
    """Return where a lever's effect comes from, and what speaks against it, as HTML."""
    words = f"{board.words}: {board.effect} ({board.source})."
    warning = f"<p class='wb-warn'>{_safe(board.warning)}</p>" if board.warning else ""
    return f"<p class='wb-note'>{_safe(words)}</p>{warning}"


def goal_line(goal: Goal) -> str:
    """Return a goal or challenge of the customer's as HTML."""
    words = f": “{_safe(goal.words)}”" if goal.words else ""
    return f"<p><strong>{goal.kind.capitalize()}</strong> {_safe(goal.name)}{words}</p>"


def answer(found: Found) -> str:
    """Return the answer to a goal as HTML."""
    kind = "wb-good" if found.reached else "wb-warn"
    return f"<p class='{kind}' role='status'>{_safe(found.sentence)}</p>"


def note(words: str, *, wrong: bool = False) -> str:
    """Return a sentence to stand beside a control; nothing for no words."""
    if not words:
        return ""
    role, kind = ("alert", "wb-warn") if wrong else ("status", "wb-note")
    return f"<p class='{kind}' role='{role}'>{_safe(words)}</p>"


def _drivers(planner: Planner, accounts: list[str], prob: float) -> str:
    table = planner.book.drivers
    if len(accounts) != 1 or "contribution" not in table:
        return ""
    own = planner.book.lines.take(planner.book.lines_of(accounts))
    largest = own.subscription_id[int(np.argmax(own.cents))]
    rows = table[(table["account_id"] == accounts[0]) & (table["subscription_id"] == largest)]
    if rows.empty:
        return note("What drives this account was not stored with the book.")
    named = rows.assign(driver=[planner.book.called(str(name)) for name in rows["driver"]])
    figure = driver_figure(named, prob)
    return as_svg(figure, figure.get_suptitle()) + note(
        "These go with leaving in the past; that they cause it is not shown."
    )


def _numbers(summary: pd.DataFrame, currency: str, end: str, prob: float) -> str:
    before, after = summary.iloc[0], summary.iloc[-1]
    tiles = [
        (
            "Customer after the next renewal",
            f"{before['renews']:.0%} → {after['renews']:.0%}",
            f"{after['renews_low']:.0%} to {after['renews_high']:.0%} with the plan",
        ),
        (
            f"Yearly revenue in {end}",
            f"{money(before['arr'], currency)} → {money(after['arr'], currency)}",
            f"{money(after['arr_low'])} to {money(after['arr_high'], currency)} with the plan",
        ),
        (
            "More than as things stand",
            _signed(after["gain"], currency),
            f"better in {after['better']:.0%} of cases, worse in {after['worse']:.0%}",
        ),
        (
            "Takes",
            f"{after['hours']:,.0f} hours, {money(after['cost'], currency)}",
            _per_hour(after["gain_per_hour"], currency),
        ),
    ]
    shown = "".join(
        f"<div class='wb-tile'><span>{label}</span><strong>{value}</strong><small>{more}</small>"
        "</div>"
        for label, value, more in tiles
    )
    return f"<div class='wb-tiles'>{shown}</div><p class='wb-note'>Intervals hold {prob:.0%}.</p>"


def _bar(summary: pd.DataFrame, currency: str) -> str:
    before, after = summary.iloc[0], summary.iloc[-1]
    gain = _signed(after["gain"], currency)
    return f"Renews {before['renews']:.0%} → {after['renews']:.0%} · {gain} a year"


def _per_hour(value: float, currency: str) -> str:
    return "" if pd.isna(value) else f"{_signed(value, currency)} of yearly revenue per hour"


def _signed(value: float, currency: str = "") -> str:
    # A difference of no cent is no sign of anything.
    if abs(value) < 0.5:
        return money(0.0, currency)
    return ("+" if value > 0 else "−") + money(abs(value), currency)


def _without_renewal(last: str, groups: np.ndarray) -> str:
    return "none: month to month" if not groups.any() else f"after {last}"


def _list(sentences: list[str]) -> str:
    items = "".join(f"<li>{_safe(text)}</li>" for text in sentences)
    return f"<ul class='wb-list'>{items}</ul>" if items else ""


def _safe(text: object) -> str:
    return html.escape(str(text))
