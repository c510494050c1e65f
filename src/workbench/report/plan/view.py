"""What a planner's page shows of an account and a plan: markup, made before any widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.plans.evaluate.compare import Comparison
from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.document import Plan
from workbench.plans.plan.omissions import omissions
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.renewal_dates import renewal_month
from workbench.report.amounts import money
from workbench.report.output.svg import as_svg
from workbench.report.plan.figures import driver_figure
from workbench.report.plan.markup import escaped, note_html, signed_text
from workbench.report.plan.standing import (
    MONTHLY,
    AccountStanding,
    account_standing,
    drivers_of,
)

NO_BREAK = "\u2011"  # a hyphen at which no line ends
_FACTS = ("industry", "segment", "region", "owner", "parent")


@dataclass(frozen=True)
class StandingView:
    """Where an account stands, the plan left aside; shown once, when it is picked.

    Parameters
    ----------
    facts, drivers : str
        HTML; every text that comes from data is escaped.
    """

    facts: str
    drivers: str


@dataclass(frozen=True)
class EffectView:
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


def head_html(book: Planbook) -> str:
    """Say of what day the book is and how far it looks ahead, as HTML.

    Parameters
    ----------
    book : Planbook
    """
    worth = money(float(book.worth().sum()), book.currency)
    return (
        f"<p class='wb-note'>As of <strong>{escaped(book.as_of)}</strong>: {len(book.accounts):,} "
        f"accounts, {worth} a year, forecast to {book.months[-1]}.</p>"
    )


def standing_view(planner: Planner, before: Outcome, prob: float) -> StandingView:
    """Show what an account is worth, when it renews, how probably, and what drives it.

    Parameters
    ----------
    planner : Planner
    before : Outcome
        The baseline of the account, or of the accounts.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    StandingView
    """
    book = planner.book
    if len(before.accounts) > 1:
        return _of_several(book, before, prob)
    one = account_standing(book, before, prob)
    facts = {"Worth today": f"{money(one.worth, book.currency)} a year"}
    if book.has_terms:
        facts["Next renewal"] = one.renewal
    facts |= {"Products": one.products, "Key": one.account_id}
    when = "renewal" if book.has_terms else "next month"
    kept = _stays_text(one.keeps, (one.keeps_low, one.keeps_high), prob)
    facts[f"Revenue that stays after its {when}"] = kept
    facts["At stake"] = f"{money(one.at_risk, book.currency)} a year"
    if one.lines > 1:
        facts["At stake"] += f", {one.lines} subscriptions each at its own {when}, added up"
    facts[_stays_label(book, one)] = _stays_text(one.probability, (one.low, one.high), prob)
    row = book.accounts.set_index("account_id").loc[one.account_id]
    known = [name for name in _FACTS if name in row.index and isinstance(row[name], str)]
    facts |= {name.capitalize(): str(row[name]) for name in known}
    return StandingView(_facts_html(one.name, facts), _drivers_html(book, one.account_id, prob))


def _stays_label(book: Planbook, one: AccountStanding) -> str:
    still = "Still a customer" + (" with at least one of them" if one.lines > 1 else "")
    if not book.has_terms or one.renewal == MONTHLY:
        return f"{still} in a month"
    after = "after the first renewal" if one.lines > 1 else "after its renewal"
    return f"{still} " + (after if one.due is not None else f"in {book.months[-1]}")


def _of_several(book: Planbook, before: Outcome, prob: float) -> StandingView:
    middle, ends = float(before.renews.mean()), interval(before.renews, prob)
    facts = {
        "Worth today": f"{money(before.opening / 100, book.currency)} a year",
        ("Still customers after their next renewals" if book.has_terms else
         "Still customers in a month"): _stays_text(middle, ends, prob),
    }  # fmt: skip
    return StandingView(_facts_html(f"{len(before.accounts)} accounts", facts), "")


def _stays_text(middle: float, ends: Sequence[float | np.ndarray], prob: float) -> str:
    low, high = (float(end) for end in ends)
    return f"{middle:.0%} ({low:.0%} to {high:.0%}, {prob:.0%} interval)"


def _facts_html(title: str, facts: dict[str, str]) -> str:
    items = "".join(
        f"<div class='wb-fact'><span>{escaped(k)}</span> <strong>{escaped(v)}</strong></div>"
        for k, v in facts.items()
    )
    return f"<h2>{escaped(title)}</h2><div class='wb-facts'>{items}</div>"


def effect_view(planner: Planner, plan: Plan, compared: Comparison, prob: float) -> EffectView:
    """Show what a plan is expected to change.

    Parameters
    ----------
    planner : Planner
    plan : Plan
    compared : Comparison
        From `workbench.plans.evaluate.compare.compare`: the baseline and the plan.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    EffectView
    """
    book = planner.book
    remarks = [
        *omissions(plan, planner.catalogue.titles),
        *(f"Assumed: {text}" for text in plan.assumptions),
    ]
    return EffectView(
        numbers=_numbers_html(compared.summary, book.currency, book.months[-1], prob),
        bar=_bar_text(compared.summary, book.currency),
        remarks=_list_html(remarks),
    )


def due_month(book: Planbook, before: Outcome) -> int | None:
    """Return in how many months, from 1, the next renewal falls due; None: nowhere, or several.

    Parameters
    ----------
    book : Planbook
    before : Outcome
        The baseline of the account, or of the accounts.
    """
    due = renewal_month(book, str(before.accounts[0])) if len(before.accounts) == 1 else ""
    return book.months.index(due) + 1 if due else None


def _drivers_html(book: Planbook, account: str, prob: float) -> str:
    if "contribution" not in book.drivers:
        return ""
    rows = drivers_of(book, account)
    if rows.empty:
        return note_html("What drives this account was not stored with the book.")
    named = rows.assign(driver=[book.signal_text(str(name)) for name in rows["driver"]])
    figure = driver_figure(named, prob)
    return as_svg(figure, figure.get_suptitle()) + note_html(
        "These go with leaving in the past; that they cause it is not shown."
    )


def _numbers_html(summary: pd.DataFrame, currency: str, end: str, prob: float) -> str:
    before, after = summary.iloc[0], summary.iloc[-1]
    tiles = [
        (
            f"Still a customer in {end.replace('-', NO_BREAK)}",
            f"{before['stays']:.0%} → {after['stays']:.0%}",
            f"{after['stays_low']:.0%} to {after['stays_high']:.0%} with the plan",
        ),
        (
            f"Yearly revenue in {end.replace('-', NO_BREAK)}",
            f"{money(before['arr'], currency)} → {money(after['arr'], currency)}",
            f"{money(after['arr_low'])} to {money(after['arr_high'], currency)} with the plan",
        ),
        (
            "More than as things stand",
            signed_text(after["gain"], currency),
            f"better in {after['better']:.0%} of cases, worse in {after['worse']:.0%}",
        ),
        (
            "Takes",
            _takes_text(after["hours"], after["cost"], currency),
            _per_hour_text(after["gain_per_hour"], currency),
        ),
    ]
    shown = "".join(
        f"<div class='wb-tile'><span>{label}</span><strong>{value}</strong><small>{more}</small>"
        "</div>"
        for label, value, more in tiles
    )
    return f"<div class='wb-tiles'>{shown}</div><p class='wb-note'>Intervals hold {prob:.0%}.</p>"


def _takes_text(hours: float, cost: float, currency: str) -> str:
    return f"{hours:,.0f} hours" + (f", {money(cost, currency)}" if cost else "")


def _bar_text(summary: pd.DataFrame, currency: str) -> str:
    before, after = summary.iloc[0], summary.iloc[-1]
    gain = signed_text(after["gain"], currency)
    return f"Stays {before['stays']:.0%} → {after['stays']:.0%} · {gain} a year"


def _per_hour_text(value: float, currency: str) -> str:
    return "" if pd.isna(value) else f"{signed_text(value, currency)} of yearly revenue per hour"


def _list_html(sentences: list[str]) -> str:
    items = "".join(f"<li>{escaped(text)}</li>" for text in sentences)
    return f"<ul class='wb-list'>{items}</ul>" if items else ""
