"""`workbench plan allocate`: where the hours go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from workbench.apps.log import terminal_text
from workbench.core.errors import ParameterError, Problem
from workbench.core.project import find_project_root
from workbench.plans.allocation.bundles import BookProblem, BundleSettings, book_problem
from workbench.plans.allocation.plan import allocation_plan
from workbench.plans.allocation.report import AllocationReport, allocation_report, toss_tables
from workbench.plans.allocation.sentences import allocation_sentences
from workbench.plans.allocation.solve import SolveSettings
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.plan.file import write_plan
from workbench.plans.planbook.file import NAME, newest_planbook, read_planbook
from workbench.report.output.publish import write_tables

_SHOWN = 25


def plan_allocate(
    hours: Annotated[float, typer.Option(min=0, help="Hours that each owner has.")] = 40.0,
    hours_of: Annotated[
        list[str] | None, typer.Option(help="Of one owner, such as 'Ada Moss=20'; may be repeated.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Money for all actions; none for no limit.")
    ] = None,
    month: Annotated[str, typer.Option(help="When it is done, as 2026-03; first to come.")] = "",
    draws: Annotated[int, typer.Option(min=20, help="Posterior draws that are simulated.")] = 400,
    risk_weight: Annotated[
        float, typer.Option(min=0, max=1, help="Weight of the mean of the worst tenth of draws.")
    ] = 0.0,
    near_tie: Annotated[
        float, typer.Option(min=0, help="Money below which a recorded coin decides; 0: none.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Of the coin.")] = 0,
    book: Annotated[
        Path | None,
        typer.Option(help=f"Planbook of a report; the newest outputs/*/latest/{NAME}."),
    ] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="Catalogue of actions; none for the shipped one.")
    ] = None,
    prob: Annotated[float, typer.Option(min=0.01, max=0.99, help="Inside the intervals.")] = 0.9,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the tables and the allocation as a plan.")
    ] = None,
) -> None:
    """Where do my 40 hours go? Choose actions for a whole book of business.

    One bundle of actions per account, within each owner's hours and the budget.
    It is chosen on one half of the posterior draws; what it is worth is told from
    the other half, beside working the top-risk list or the largest accounts.

    For example:

      workbench plan allocate --hours 40

      workbench plan allocate --hours 40 --hours-of "Ada Moss=20" --out allocation/
    """
    known = read_catalogue(catalogue)
    found = read_planbook(book or newest_planbook(find_project_root(Path.cwd())))
    progress, console = Console(stderr=True), Console()
    chosen = book_problem(
        Planner(found, known, {}),
        _owner_hours(hours, hours_of or []),
        float("inf") if budget is None else budget,
        BundleSettings(month=month, draws=draws),
        lambda text: progress.print(f"{text} …", highlight=False),
    )
    settings = SolveSettings(risk_weight=risk_weight)
    report = allocation_report(chosen, settings, prob, near_tie=near_tie, seed=seed)
    for sentence in allocation_sentences(chosen, report, found.currency):
        console.print(terminal_text(sentence), highlight=False)
    for title, table in _tables(report, found.currency).items():
        console.print(_shown(title, table))
    if out:
        _write(out, chosen, report)
        console.print(f"Written to {terminal_text(out)}", highlight=False)


def _owner_hours(hours: float, hours_of: list[str]) -> tuple[float, dict[str, float]]:
    """Return the hours of every owner, and of those that are named."""
    named = {}
    for text in hours_of:
        owner, _, amount = text.rpartition("=")
        try:
            named[owner] = float(amount)
        except ValueError:
            named[owner] = -1.0
        if not owner or named[owner] < 0:
            problem = Problem("not accepted", "--hours-of", "such as 'Ada Moss=20'", repr(text))
            raise ParameterError("Hours cannot be allocated.", [problem])
    return hours, named


def _tables(report: AllocationReport, currency: str) -> dict[str, dict[str, list[str]]]:
    prob = f"{report.prob:.0%}"
    every, ways, owners = report.accounts.head(_SHOWN), report.values, report.owners
    rest = len(report.accounts) - len(every)
    title = "For whom" + (f" (the first {_SHOWN}, {rest} more in the table)" if rest else "")
    return {
        title: {
            "account": every["name"].tolist(),
            "owner": every["owner"].tolist(),
            "actions": every["actions"].tolist(),
            "hours": [f"{value:,.0f}" for value in every["hours"]],
            f"gain {currency} ({prob})": _ranges(every, "gain"),
        },
        "What it is worth": {
            "way of working": ways["way"].tolist(),
            f"gain {currency} ({prob})": _ranges(ways, "gain"),
            f"this one brings more by ({prob})": _ranges(ways, "regret"),
            "accounts": [str(value) for value in ways["accounts"]],
            "hours": [f"{value:,.0f}" for value in ways["hours"]],
        },
        "Owners": {
            "owner": owners["owner"].tolist(),
            "hours used": [
                f"{spent:,.0f} of {all_:,.0f}"
                for spent, all_ in zip(owners["hours_used"], owners["hours"], strict=True)
            ],
            "accounts": [str(value) for value in owners["accounts"]],
            f"one more hour is worth {currency}": [f"{v:,.0f}" for v in owners["one_more_hour"]],
        },
    }


def _ranges(table, name: str) -> list[str]:
    ends = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
    return [f"{mean:,.0f} ({low:,.0f} to {high:,.0f})" for mean, low, high in ends]


def _shown(title: str, columns: dict[str, list[str]]) -> Table:
    shown = Table(title=terminal_text(title), title_justify="left")
    texts = ("account", "owner", "actions", "way of working")
    for name in columns:
        shown.add_column(terminal_text(name.strip()), justify="left" if name in texts else "right")
    for row in zip(*columns.values(), strict=True):
        shown.add_row(*map(terminal_text, row))
    return shown


def _write(out: Path, chosen: BookProblem, report: AllocationReport) -> None:
    out.mkdir(parents=True, exist_ok=True)
    tables = {"accounts": report.accounts, "owners": report.owners, "values": report.values}
    write_tables(out, tables | toss_tables(chosen, report))
    plan = allocation_plan(chosen, report)
    if plan is not None:
        write_plan(plan, out / "plan.yaml")
