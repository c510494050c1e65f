"""A believable company whose truth is known: canonical tables, and what made them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.files import write_folder
from workbench.data.simulator.forecasts import forecasts_table
from workbench.data.simulator.history import run
from workbench.data.simulator.observed_window import ObservedWindow, observe_window
from workbench.data.simulator.population import draw_candidates, draw_population
from workbench.data.simulator.records_activity import invoices_table, metrics_table, usage_table
from workbench.data.simulator.records_contracts import accounts_table, contracts_table
from workbench.data.simulator.records_people import (
    actions_table,
    contacts,
    events_table,
    surveys_table,
)
from workbench.data.simulator.records_pipeline import prospects_table, stages_table
from workbench.data.simulator.records_sales import opportunities_table
from workbench.data.simulator.records_support import messages_table, tickets_table
from workbench.data.simulator.signals import draw_panels
from workbench.data.simulator.span import Span, span
from workbench.data.simulator.true_process import TrueProcess, named_process
from workbench.data.simulator.truth import Truth, gather_truth

FORMATS = ("parquet", "csv")


@dataclass(frozen=True)
class Simulation:
    """A simulated company.

    Parameters
    ----------
    tables : dict of DataFrame
        Canonical tables by name. Contracts reach back before the window; everything else that
        happened is shown within the window only, and only as far as it was known at its end.
    truth : Truth
        What made them, and what happens in the 36 months after.
    """

    tables: dict[str, pd.DataFrame]
    truth: Truth


def simulate(
    accounts: int = 600,
    months: int = 48,
    seed: int = 0,
    *,
    end: str = "2026-01-01",
    texts: bool = True,
    process: str | TrueProcess = "hazard",
) -> Simulation:
    """Make a company that sells by subscription, in all canonical tables, with its truth.

    Parameters
    ----------
    accounts : int
        Number of accounts that are customers at some time within the window; at least 1.
    months : int
        Length of the window, 6 to 240 months.
    seed : int
        Same arguments, same tables; 0 or greater.
    end : str
        First day after the window, an ISO date that is the first of a month: the natural as-of
        date.
    texts : bool
        Whether messages and tickets carry text. Without it all else stays the same.
    process : {"hazard", "relationship", "showcase"} or TrueProcess
        What makes customers leave: see `workbench.data.simulator.true_process.TrueProcess`;
        ``showcase`` is a hazard with stronger signals, the one of the reports' own book.

    Returns
    -------
    Simulation

    Raises
    ------
    ParameterError
        When a parameter is out of its range.

    Examples
    --------
    >>> book = simulate(accounts=20, months=12, seed=1)
    >>> len(book.tables["accounts"])
    20
    """
    _check(accounts, months, seed)
    true_process = process if isinstance(process, TrueProcess) else named_process(process)
    when = span(months, end)
    people_rng, panel_rng, history_rng, table_rng = (
        np.random.default_rng([seed, subject]) for subject in range(4)
    )
    people = draw_population(accounts, true_process, when, people_rng)
    offered = draw_candidates(people, true_process, when, people_rng)
    panels = draw_panels(people, true_process, when, panel_rng)
    history, writer = run(people, offered, panels, true_process, when, history_rng)
    observed = observe_window(accounts, people, offered, panels, history, when)
    rows = writer.rows()
    contracts, first = contracts_table(observed, rows)
    tables = {"accounts": accounts_table(observed, contracts, table_rng), "contracts": contracts}
    tables |= _records(observed, rows, texts, table_rng)
    customers = opportunities_table(observed, tables, table_rng)
    tables |= _pipeline(observed, customers, when, np.random.default_rng([seed, 5]))
    if true_process.forecasts:
        own = forecasts_table(observed, true_process, np.random.default_rng([seed, 4]))
        tables["metrics"] = pd.concat([tables["metrics"], own], ignore_index=True)
    return Simulation(tables, gather_truth(observed, true_process, tables, first))


def _pipeline(
    observed: ObservedWindow, customers: pd.DataFrame, when: Span, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Put prospects beside the customers' offers; chance of its own changes no other table."""
    prospects = prospects_table(observed, customers, rng)
    stages, latest = stages_table(customers, prospects, when, rng)
    both = pd.concat([customers, prospects.assign(stage=latest)], ignore_index=True)
    return {"opportunities": both, "opportunity_stages": stages}


def _records(
    observed: ObservedWindow, rows: dict[str, np.ndarray], texts: bool, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    people = contacts(observed, rng)
    return {
        "usage": usage_table(observed, rows, rng),
        "invoices": invoices_table(observed, rng),
        "tickets": tickets_table(observed, texts, rng),
        "surveys": surveys_table(observed, people, rng),
        "messages": messages_table(observed, people, texts, rng),
        "contacts": people.table,
        "account_events": events_table(observed, rng),
        "metrics": metrics_table(observed, rng),
        "actions": actions_table(observed, rng),
    }


def write(simulation: Simulation, folder: str | Path, format: str = "parquet") -> Path:
    """Write one file per table into a new folder, all or nothing; return the folder.

    Parameters
    ----------
    simulation : Simulation
    folder : path
        Must not exist yet, or be empty.
    format : {"parquet", "csv"}
        Of the files, which are named after their tables.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ParameterError
        When the format is unknown or the folder holds something.
    """
    problems = []
    if format not in FORMATS:
        known = " or ".join(FORMATS)
        hint = nearest(str(format), FORMATS)
        problems.append(Problem("unknown format", "format", known, repr(format), hint))
    target = _new_folder(folder, problems, "The simulated tables were not written.")

    def fill(aside: Path) -> None:
        for name, table in simulation.tables.items():
            file = aside / f"{name}.{format}"
            if format == "csv":
                table.to_csv(file, index=False)
            else:
                table.to_parquet(file, index=False)

    write_folder(target, fill)
    return target


def write_truth(truth: Truth, folder: str | Path) -> Path:
    """Write what made a simulated company, and what becomes of it, into a folder of its own.

    Never into the folder of its tables, whose loader would take the truth for data.

    Parameters
    ----------
    truth : Truth
    folder : path
        Must not exist yet, or be empty.

    Returns
    -------
    Path
        The folder: process.json (every number of the process), accounts.csv, subscriptions.csv,
        group_effects.csv and stories.csv.

    Raises
    ------
    ParameterError
        When the folder holds something.
    """
    target = _new_folder(folder, [], "The truth was not written.")
    effects = pd.concat(truth.group_effects, names=["grouping", "level"]).rename("effect")

    def fill(aside: Path) -> None:
        process = json.dumps(asdict(truth.process), indent=2)
        (aside / "process.json").write_text(process + "\n", encoding="utf-8")
        truth.accounts.to_csv(aside / "accounts.csv", index=False)
        truth.subscriptions.to_csv(aside / "subscriptions.csv", index=False)
        truth.stories.to_csv(aside / "stories.csv", index=False)
        effects.reset_index().to_csv(aside / "group_effects.csv", index=False)

    write_folder(target, fill)
    return target


def _new_folder(folder: str | Path, problems: list[Problem], refusal: str) -> Path:
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        problems = [
            *problems,
            Problem("not an empty folder", str(target), hint="Name a new folder, or empty it."),
        ]
    if problems:
        raise ParameterError(refusal, problems)
    return target


def _check(accounts: int, months: int, seed: int) -> None:
    problems = [
        Problem("out of range", name, expected, repr(value))
        for name, value, low, high, expected in (
            ("accounts", accounts, 1, 10_000_000, "a whole number from 1 to 10,000,000"),
            ("months", months, 6, 240, "a whole number from 6 to 240"),
            ("seed", seed, 0, 2**63 - 1, "a whole number, 0 or greater"),
        )
        if not low <= value <= high
    ]
    if problems:
        raise ParameterError("The company cannot be simulated.", problems)
