"""An account plan as one HTML page: opens anywhere, offline, and prints on two A4 pages."""

from __future__ import annotations

import base64
import io
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.figure import Figure

from workbench.core.errors import Problem, WorkbenchError
from workbench.core.files import write_text
from workbench.plans.evaluate.compare import compare
from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.precomputed import precomputed_outcomes
from workbench.plans.evaluate.provenance import provenance
from workbench.plans.plan.document import Plan
from workbench.plans.plan.omissions import omissions
from workbench.report.amounts import date_text, money
from workbench.report.output.page import external_loads
from workbench.report.plan import content, figures, standing
from workbench.report.plan.sliders import ALLOWED, SCRIPT, STYLE, sliders_html

MOST_SLIDERS = 3  # accounts that a reader may drag; each costs a second or two
_TEMPLATES = Path(__file__).parents[1] / "page_template"
_MARK_TOP, _MARK_ROW = 24, 15  # of the timeline, in its own units: 720 across
_MARK_LEFT, _MARK_RIGHT = 210.0, 716.0


def plan_document(planner: Planner, plan: Plan, prob: float = 0.9) -> str:
    """Return a plan's document: wishes, standing, road map, expected effect and its provenance.

    Parameters
    ----------
    planner : Planner
        Book, catalogue and measured effects.
    plan : Plan
        Must fit the book.
    prob : float
        Probability inside the intervals, between 0 and 1.

    Returns
    -------
    str
        HTML that fetches nothing. Text from plans and customers is escaped.

    Raises
    ------
    ParameterError
        When the plan does not fit the book.
    WorkbenchError
        When the page would run or fetch what is not its own.
    """
    before, after = planner.baseline(plan), planner.evaluate(plan)
    book = planner.book
    compared = compare(before, [after], book.months, prob)
    items = content.road_map(planner, plan)
    standings = standing.standings(planner, before, prob)
    keys = [one.account_id for one in standings[:MOST_SLIDERS]]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template("plan_document.html.j2").render(
        css="".join(map(_style, ("page.css", "plan_document.css"))) + STYLE,
        script=SCRIPT,
        allowed=ALLOWED,
        plan=plan,
        book=book,
        as_of=f"As of {date_text(book.as_of)}",
        prob=prob,
        accounts=len(before.accounts),
        opening=before.opening / 100,
        answer=content.answer_text(compared.summary, book, len(before.accounts), prob),
        omissions=omissions(plan, planner.catalogue.titles),
        goals=content.served(plan, planner.catalogue),
        standings=standings,
        items=items,
        total=(after.hours, after.cost),
        timeline=_timeline(book.months, items, standings),
        compared=content.compared(compared.summary, book.currency),
        figures=_figures(planner, before, compared.monthly, prob),
        sliders=sliders_html(asdict(precomputed_outcomes(planner, keys, prob))),
        sources=content.titled_provenance(provenance(planner, plan), planner.catalogue),
        money=lambda value: money(value, book.currency),
    )
    if loads := external_loads(page):
        problems = [Problem("runs or fetches what is not its own", found=load) for load in loads]
        raise WorkbenchError("The document would not open offline.", problems)
    return page


def write_document(page: str, path: str | Path) -> None:
    """Write a document in one step: at any moment the file is the old, the new or absent.

    Parameters
    ----------
    page : str
        From `plan_document`.
    path : str or Path
        Of the HTML file, written over where it is there.
    """
    write_text(Path(path), page)


def _figures(
    planner: Planner, before: Outcome, monthly: pd.DataFrame, prob: float
) -> list[tuple[str, str]]:
    """Return the figures as addresses, each with what a reader who cannot see it is told."""
    single = len(before.accounts) == 1
    due = float(planner.book.facts(before.accounts[0])["months_to_renewal"]) if single else np.nan
    due_month = int(due) if due <= planner.book.inputs.months else None
    opening, currency = before.opening / 100, planner.book.currency
    return [
        (
            _drawn(figures.revenue_figure(monthly, opening, prob, currency)),
            "Yearly revenue by month, as things stand and with the plan, with intervals",
        ),
        (
            _drawn(figures.renewal_figure(monthly, due_month, prob)),
            "Probability of still being a customer by month, as things stand and with the plan",
        ),
    ]


def _style(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _drawn(figure: Figure) -> str:
    """Return a figure as an address that needs no file."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(file.getvalue()).decode()


def _timeline(
    months: list[str],
    items: list[content.RoadMapItem],
    standings: list[standing.AccountStanding],
) -> dict[str, object]:
    """Place the road map and the renewals along the months to come."""
    scale = (_MARK_RIGHT - _MARK_LEFT) / len(months)

    def across(month: float) -> float:
        return round(_MARK_LEFT + scale * month, 1)

    step = 3 if len(months) <= 24 else 6
    return {
        "rows": [
            {
                "label": item.what,
                "x": across(item.begins),
                "to": across(item.ends),
                "y": _MARK_TOP + _MARK_ROW * at,
            }
            for at, item in enumerate(items)
        ],
        "renewals": [
            (across(one.due), f"{one.name}, {one.renewal}")
            for one in standings
            if one.due is not None
        ],
        "renewals_y": _MARK_TOP + _MARK_ROW * len(items),
        "ticks": [(across(at), months[at]) for at in range(0, len(months), step)],
        "height": _MARK_TOP + _MARK_ROW * (len(items) + 1),
    }
