"""Small pieces of the planner's page as HTML; every text that comes from data is escaped."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.plans.evaluate.cards import LeverCard
from workbench.plans.goal_seek.goal import GoalAnswer
from workbench.plans.levers.control import Control
from workbench.plans.plan.catalogue import CatalogueAction
from workbench.plans.plan.document import CustomerGoal, Demand, Step, WinPlan
from workbench.report.amounts import money

FAULT = "<p class='wb-warn' role='alert'>"  # how a note that tells of a fault begins


def account_text(one: Mapping[str, Any], currency: str, *, has_terms: bool = True) -> str:
    """Return an account in one line of a list, as text: names are not markup there.

    Parameters
    ----------
    one : mapping
        A row of `workbench.plans.evaluate.revenue_at_risk.revenue_at_risk`.
    currency : str
        Code shown with amounts; may be empty.
    has_terms : bool
        Whether there are renewal dates to tell.
    """
    at_risk, worth = money(one["at_risk"]), money(one["worth"], currency)
    parts = [one["label"], f"{at_risk} of {worth}", f"{one['renews']:.0%}"]
    if one.get("strength") == one.get("strength", ""):  # not known of accounts that came since
        parts += [f"strength {one['strength']:.0%}"] if "strength" in one else []
    return " · ".join([*parts, one["renewal"] or "no date"] if has_terms else parts)


def download_html(document: str, name: str) -> str:
    """Return a link by which a browser keeps a document as a file, as HTML.

    Parameters
    ----------
    document : str
        HTML; it goes into the link itself, so no server need keep it.
    name : str
        Of the file.
    """
    content = base64.b64encode(document.encode()).decode()
    return (
        f"<p class='wb-good' role='status'>The document is ready: <a download='{escaped(name)}' "
        f"href='data:text/html;base64,{content}'>keep it as {escaped(name)}</a>.</p>"
    )


def document_html(document: str, file: str = "") -> str:
    """Return a plan's document as HTML: a link to its file, or in a frame where it has none.

    Parameters
    ----------
    document : str
        From `workbench.report.plan.document.plan_document`.
    file : str
        Beside the page that shows the link.
    """
    if file:
        return f'<p><a href="{escaped(file)}">The plan as a document, on two pages</a></p>'
    # In a frame, neither's style reaches the other's.
    return (
        f'<iframe title="Account plan" srcdoc="{html.escape(document, quote=True)}" '
        'sandbox="allow-scripts" style="width: 100%; height: 1100px; border: 0"></iframe>'
    )


def action_html(action: CatalogueAction) -> str:
    """Return what an action is, and where its effect comes from, as HTML.

    Parameters
    ----------
    action : CatalogueAction
    """
    return f"<h4>{escaped(action.title)}</h4><p class='wb-note'>{escaped(action.what)}</p>"


def lever_html(card: LeverCard) -> str:
    """Return where a lever's effect comes from, and what speaks against it, as HTML.

    Parameters
    ----------
    card : LeverCard
    """
    text = f"{card.text}: {card.effect} ({card.source})."
    warning = f"<p class='wb-warn'>{escaped(card.warning)}</p>" if card.warning else ""
    marks = "".join(map(_marks_html, card.controls))
    return f"{marks}<p class='wb-note'>{escaped(text)}</p>{warning}"


def _marks_html(control: Control) -> str:
    """Return where most accounts and today's value lie along a slider, drawn and in words."""
    if not control.marks or control.usual is None:
        return ""
    span = (control.high - control.low) or 1.0
    left, right = (100 * (place - control.low) / span for place in control.usual)
    today = control.today
    tick = (
        "" if today is None else f"<b style='left:{100 * (today - control.low) / span:.1f}%'></b>"
    )
    return (
        f"<div class='wb-scale' aria-hidden='true'><i style='left:{left:.1f}%;"
        f"width:{right - left:.1f}%'></i>{tick}</div>"
        f"<p class='wb-marks'>{escaped(control.marks)}</p>"
    )


def goal_html(goal: CustomerGoal) -> str:
    """Return a goal or challenge of the customer's as HTML.

    Parameters
    ----------
    goal : CustomerGoal
    """
    quoted = f": “{escaped(goal.words)}”" if goal.words else ""
    return f"<p><strong>{goal.kind.capitalize()}</strong> {escaped(goal.name)}{quoted}</p>"


def answer_html(found: GoalAnswer) -> str:
    """Return the answer to a goal as HTML.

    Parameters
    ----------
    found : GoalAnswer
    """
    kind = "wb-good" if found.reached else "wb-warn"
    return f"<p class='{kind}' role='status'>{escaped(found.sentence)}</p>"


def note_html(text: str, *, wrong: bool = False) -> str:
    """Return a sentence to stand beside a control; nothing for no text.

    Parameters
    ----------
    text : str
        Not markup.
    wrong : bool
        Whether it tells of a fault: it is then read out at once.
    """
    if not text:
        return ""
    head = FAULT if wrong else "<p class='wb-note' role='status'>"
    return f"{head}{escaped(text)}</p>"


def steps_html(steps: Sequence[Step]) -> str:
    """Return steps as an HTML list: what, who, by when.

    Parameters
    ----------
    steps : sequence of Step
        A sentence says so where there are none.
    """
    if not steps:
        return note_html("No steps yet.")
    items = []
    for step in steps:
        more = ", ".join(filter(None, [step.owner, step.by.isoformat() if step.by else ""]))
        items.append(f"<li>{escaped(step.what)}{escaped(f' ({more})') if more else ''}</li>")
    return f"<ol class='wb-list'>{''.join(items)}</ol>"


def demand_html(demand: Demand) -> str:
    """Return what brings new customers as a heading.

    Parameters
    ----------
    demand : Demand
    """
    return f"<h4>{escaped(demand.what)}</h4>"


def win_html(win: WinPlan, opportunities: pd.DataFrame, currency: str) -> str:
    """Return an opportunity that is to be won as a heading, with what is on offer.

    Parameters
    ----------
    win : WinPlan
    opportunities : DataFrame
        `workbench.plans.planbook.book.Planbook.opportunities`.
    currency : str
        Code shown with amounts; may be empty.
    """
    own = opportunities[opportunities["opportunity_id"] == win.opportunity_id].to_dict("records")
    return f"<h4>{escaped(opportunity_text(own[0], currency) if own else win.opportunity_id)}</h4>"


def opportunity_text(opportunity: Mapping[str, Any], currency: str) -> str:
    """Return an open opportunity in one line, as text: names are not markup there.

    Parameters
    ----------
    opportunity : mapping
        A row of `workbench.plans.planbook.book.Planbook.opportunities`; all but the id may be
        missing.
    currency : str
        Code shown with amounts; may be empty.
    """
    known = {name: one for name, one in opportunity.items() if isinstance(one, str) or one == one}
    shown = [str(known[name]).replace("_", " ") for name in ("product", "kind", "stage")
            if known.get(name)]  # fmt: skip
    if isinstance(known.get("amount"), float | int):
        shown.append(money(float(known["amount"]), currency))
    return (
        f"{opportunity['opportunity_id']}: {' · '.join(shown)}"
        if shown
        else opportunity["opportunity_id"]
    )


def signed_text(value: float, currency: str = "") -> str:
    """Return a difference of money with its sign.

    Parameters
    ----------
    value : float
        In the currency's units; below half a unit there is no sign.
    currency : str
        Code shown with amounts; may be empty.
    """
    # A difference of no cent is no sign of anything.
    if abs(value) < 0.5:
        return money(0.0, currency)
    return ("+" if value > 0 else "−") + money(abs(value), currency)


def escaped(text: object) -> str:
    """Return text that is no markup.

    Parameters
    ----------
    text : object
        Whatever ``str`` makes a text of.
    """
    return html.escape(str(text))
