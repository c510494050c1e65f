"""What a plan document says, computed before it is laid out: sentences, rows and marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from workbench.plans.evaluate.planner import Planner
from workbench.plans.levers.registry import Lever
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Action, CustomerGoal, Plan, Step
from workbench.plans.planbook.book import Planbook
from workbench.report.amounts import money

COMPARED = {
    "stays": "still a customer at the horizon",
    "renews": "still a customer after the next renewal as it falls due today",
    "arr": "yearly revenue at the horizon",
    "nrr": "net revenue retention",
    "gain": "more revenue than as things stand",
    "better": "chance that the plan does better",
    "worse": "chance that it does worse",
    "hours": "hours of our people",
    "cost": "cost besides",
    "gain_per_hour": "more revenue per hour",
    "gain_per_cost": "more revenue per unit of cost",
}
_SHARES = ("renews", "stays", "nrr", "better", "worse")
_PLAIN = ("hours", "gain_per_cost")


@dataclass(frozen=True)
class RoadMapItem:
    """One line of the road map.

    Parameters
    ----------
    when : str
        A month or a day, ISO.
    what, who : str
    hours, cost : float
    serves : tuple of str
        Names of goals and challenges.
    steps : tuple of Step
    note : str
    begins, ends : float
        Months after the as-of date between which it acts; equal for what acts on no signal.
    """

    when: str
    what: str
    who: str
    hours: float
    cost: float
    serves: tuple[str, ...]
    steps: tuple[Step, ...]
    note: str
    begins: float
    ends: float


def road_map(planner: Planner, plan: Plan) -> list[RoadMapItem]:
    """Return who does what when, in order of time: actions, win plans and demand.

    Parameters
    ----------
    planner : Planner
        Its catalogue gives hours, cost and steps where an action states none.
    plan : Plan
    """
    items = [_of_action(planner, action) for action in plan.actions]
    for win in plan.win_plans:
        at = _months_after(planner, win.on)
        ends = max([_ends(planner, lever, at) for lever in win.levers], default=at)
        what = f"Win {win.opportunity_id}{_product_text(planner, win.opportunity_id)}"
        items.append(
            RoadMapItem(win.on.isoformat(), what, win.owner, win.hours, win.cost, (), win.steps,
                        win.how, at, ends)
        )  # fmt: skip
    for demand in plan.demand:
        at = _months_after(planner, demand.on)
        done = f"done {demand.done_on.isoformat()}" if demand.done_on else ""
        note = ", ".join(filter(None, [f"for {demand.segment}" if demand.segment else "", done]))
        items.append(
            RoadMapItem(demand.on.isoformat(), demand.what, demand.owner, demand.hours, demand.cost,
                        ("new customers",), (), note, at, at)
        )  # fmt: skip
    return sorted(items, key=lambda item: item.when)


def _of_action(planner: Planner, action: Action) -> RoadMapItem:
    filled = planner.catalogue.filled(action)
    at = float(planner.book.months.index(action.month))
    ends = max([_ends(planner, lever, at) for lever in filled.levers or ()], default=at)
    return RoadMapItem(
        when=action.month,
        what=_title_text(planner.catalogue, action.kind),
        who=action.owner,
        hours=filled.hours or 0.0,
        cost=filled.cost or 0.0,
        serves=action.serves,
        steps=filled.steps or (),
        note=action.note,
        begins=at,
        ends=ends,
    )


def _title_text(catalogue: Catalogue, kind: str) -> str:
    return catalogue.entries[kind].title


def _product_text(planner: Planner, opportunity_id: str) -> str:
    every = planner.book.opportunities
    row = every[every["opportunity_id"] == opportunity_id]
    if row.empty or "product" not in row or pd.isna(row["product"].iloc[0]):
        return ""
    return f": {row['product'].iloc[0]}"


def _months_after(planner: Planner, day: date) -> float:
    first = planner.book.inputs.first_month
    return day.year * 12 + day.month - 1 - first + (day.day - 1) / 31


def _ends(planner: Planner, lever: Lever, at: float) -> float:
    lasts = getattr(lever, "lasts", "sustained")
    months = planner.book.inputs.months
    if lasts == "sustained":
        return float(months)
    return min(at + (1 if lasts == "once" else int(lasts)), float(months))


def served(plan: Plan, catalogue: Catalogue) -> list[tuple[CustomerGoal, tuple[str, ...]]]:
    """Return each goal or challenge of the customer's with the actions that serve it.

    Parameters
    ----------
    plan : Plan
    catalogue : Catalogue
        Its titles name the actions.
    """
    return [
        (
            goal,
            tuple(
                _title_text(catalogue, action.kind)
                for action in plan.actions
                if goal.name in action.serves
            ),
        )
        for goal in plan.goals
    ]


def answer_text(summary: pd.DataFrame, book: Planbook, accounts: int, prob: float) -> str:
    """Say in a paragraph what the plan is expected to change.

    Parameters
    ----------
    summary : DataFrame
        From `workbench.plans.evaluate.compare.compare`: the baseline and the plan.
    book : Planbook
    accounts : int
        How many the plan is for.
    prob : float
        Probability inside the intervals.
    """
    before, after, currency = summary.iloc[0], summary.iloc[1], book.currency
    who = (
        f"the probability of still being a customer in {book.months[-1]} is"
        if accounts == 1
        else f"the share of the {accounts} accounts that are customers in {book.months[-1]} is"
    )
    takes = ""
    if after["hours"] or after["cost"]:
        takes = f", for {after['hours']:,.0f} hours and {money(after['cost'], currency)}"
    return (
        f"With this plan {who} expected at {after['stays']:.0%} ({after['stays_low']:.0%} to "
        f"{after['stays_high']:.0%}), against {before['stays']:.0%} as things stand. Yearly "
        f"revenue then is expected at {money(after['arr'], currency)} instead of "
        f"{money(before['arr'], currency)}: {_signed_text(after['gain'], currency)}{takes}. The "
        f"plan does better in {after['better']:.0%} of draws, worse in {after['worse']:.0%}. "
        f"Intervals hold {prob:.0%}."
    )


def _signed_text(value: float, currency: str) -> str:
    return f"{money(abs(value), currency)} {'more' if value >= 0 else 'less'}"


def compared(summary: pd.DataFrame, currency: str) -> list[tuple[str, str, str]]:
    """Return the comparison as rows: what, as things stand, with the plan.

    Parameters
    ----------
    summary : DataFrame
        From `workbench.plans.evaluate.compare.compare`: the baseline and the plan.
    currency : str
        Code shown with amounts; may be empty.
    """
    before, after = summary.iloc[0], summary.iloc[1]
    rows = []
    for key, label in COMPARED.items():
        cells = [_cell_text(row, key, currency) for row in (before, after)]
        if key in ("gain", "better", "worse"):
            cells[0] = ""
        if cells[1]:
            rows.append((label, *cells))
    return rows


def _cell_text(row: pd.Series, key: str, currency: str) -> str:
    if pd.isna(row[key]):
        return ""

    def written(value: float) -> str:
        if key in _SHARES:
            return f"{value:.0%}"
        return f"{value:,.3g}" if key in _PLAIN else money(value, currency)

    middle = written(row[key])
    if f"{key}_low" not in row:
        return middle
    return f"{middle} ({written(row[f'{key}_low'])} to {written(row[f'{key}_high'])})"


def titled_provenance(table: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return where effects come from with actions by their titles, equal warnings said once.

    Parameters
    ----------
    table : DataFrame
        From `workbench.plans.evaluate.provenance.provenance`.
    catalogue : Catalogue
        Has the titles.
    """
    named = catalogue.titles
    out = table.assign(action=[named.get(kind, kind) for kind in table["action"]])
    again = out["warning"].duplicated() & out["warning"].ne("")
    return out.assign(warning=out["warning"].mask(again, "as above"))
