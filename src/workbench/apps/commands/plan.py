"""`workbench plan`: what an account plan is expected to do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from workbench.apps.log import terminal_text
from workbench.apps.terminal_table import terminal_table
from workbench.core.project import find_project_root
from workbench.plans.evaluate.compare import compare
from workbench.plans.evaluate.planner import Planner
from workbench.plans.evaluate.provenance import provenance
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.plan.file import read_plan
from workbench.plans.plan.measured import read_measured
from workbench.plans.plan.omissions import omissions
from workbench.plans.planbook.file import NAME, newest_planbook, read_planbook
from workbench.report.plan.content import titled_provenance
from workbench.report.plan.document import plan_document, write_document

_ROWS = {
    "renews": "customer after the next renewal",
    "stays": "customer at the horizon",
    "arr": "yearly revenue at the horizon",
    "nrr": "net revenue retention",
    "gain": "gain",
    "better": "better than as things stand",
    "worse": "worse",
    "hours": "hours",
    "cost": "cost",
    "gain_per_hour": "gain per hour",
    "gain_per_cost": "gain per unit of cost",
}
_SHARES = ("renews", "stays", "nrr", "better", "worse")


def plan(
    file: Annotated[Path, typer.Argument(help="A plan in YAML or JSON.")],
    book: Annotated[
        Path | None,
        typer.Option(help=f"Planbook of a report; the newest outputs/*/latest/{NAME}."),
    ] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="Catalogue of actions; none for the shipped one.")
    ] = None,
    prob: Annotated[float, typer.Option(min=0.01, max=0.99, help="Inside the intervals.")] = 0.9,
    document: Annotated[
        Path | None, typer.Option(help="Write the plan as an HTML document, to send or print.")
    ] = None,
) -> None:
    """Evaluate a plan on a report's stored draws and print the comparison.

    Nothing is sampled: the same draws and random numbers serve the plan and the
    book as things stand, so a difference is the plan's.

    For example:

      workbench plan params/plans/keep_a_customer.yaml

      workbench plan params/plans/keep_a_customer.yaml --document keep.html

    Where hours should go in a whole book: `workbench plan allocate`.

    Of the plan store, which a team shares: `workbench plan export`, `import`,
    `history` and `actions`; each explains itself with --help.
    """
    known = read_catalogue(catalogue)
    found = read_planbook(book or newest_planbook(find_project_root(Path.cwd())))
    wanted = read_plan(file, known, found)
    planner = Planner(found, known, read_measured(wanted, known, file.parent))
    before, after = planner.baseline(wanted), planner.evaluate(wanted)
    compared = compare(before, [after], found.months, prob)
    console = Console()
    title = _title_text(wanted.name, len(before.accounts))
    console.print(_summary(compared.summary, title, prob, found.currency))
    console.print(_bridge(compared.bridge))
    effects = titled_provenance(provenance(planner, wanted), known)
    console.print(terminal_table(effects, "Where the effects come from", lines=True))
    for sentence in (
        *omissions(wanted, known.titles),
        *(f"Assumed: {text}" for text in wanted.assumptions),
    ):
        console.print(f"• {terminal_text(sentence)}", highlight=False)
    if document:
        write_document(plan_document(planner, wanted, prob), document)
        console.print(f"Document: {terminal_text(document)}", highlight=False, soft_wrap=True)


def _title_text(name: str, accounts: int) -> str:
    return f"{name}: {accounts} account{'s' if accounts > 1 else ''}"


def _summary(table: pd.DataFrame, title: str, prob: float, currency: str) -> Table:
    units = f"intervals: {prob:.0%}" + (f"; money in {terminal_text(currency)}" if currency else "")
    shown = Table(title=terminal_text(title), title_justify="left", caption=units)
    shown.add_column("")
    for name in table["plan"]:
        shown.add_column(terminal_text(name), justify="right")
    for key, label in _ROWS.items():
        shown.add_row(label, *(_cell_text(row, key) for row in table.to_dict("records")))
    return shown


def _cell_text(row: dict[str, float], key: str) -> str:
    form = "{:.0%}" if key in _SHARES else "{:,.0f}"
    if pd.isna(row[key]):
        return ""
    middle = form.format(row[key])
    if f"{key}_low" not in row:
        return middle
    return f"{middle} ({form.format(row[f'{key}_low'])} to {form.format(row[f'{key}_high'])})"


def _bridge(table: pd.DataFrame) -> Table:
    shown = Table(title="From today's revenue to the horizon's, expected", title_justify="left")
    for column in table.columns:
        shown.add_column(str(column), justify="left" if column == "plan" else "right")
    for row in table.itertuples(index=False):
        shown.add_row(terminal_text(row[0]), *(f"{value:,.0f}" for value in row[1:]))
    return shown
