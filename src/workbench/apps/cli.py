"""The command line: `workbench COMMAND`.

Each command stands in a module of its own that is loaded when it is called, so that help comes at
once while a run may import all it needs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Annotated

import typer

from workbench.apps.log import configure_log
from workbench.apps.manifest import workbench_version
from workbench.core.errors import MachineError, WorkbenchError, is_machine_fault
from workbench.core.masking import mask_passwords
from workbench.core.plain_text import printable

_HELP = """Forecast renewals, churn and net growth from contracts, with their uncertainty.

Start here:

  [b]workbench run renewals[/b]    the report on a simulated book

  [b]workbench simulate book/ --accounts 200[/b]    such a book as files, to look at

  [b]workbench check crm_export/[/b]    what is wrong with your own data?

  [b]workbench run renewals -p source=crm_export/[/b]    the report on it

  [b]workbench app[/b]    plan accounts in a browser, once a growth report has run

Each command explains itself: [b]workbench run --help[/b].

Exit status: 0 done, 1 failed, 2 wrong usage or parameters, 3 bad data, 4 a gate failed,
5 the machine failed (a database away, a full disk, memory gone): tried again, it may work.
"""

_COMMANDS = {
    "run": "Make a report and print the path of its page.",
    "run-all": "Make the reports of a schedule, each once, in their order.",
    "diff": "Say what differs between two runs, and why.",
    "alerts": "Look at the alerts on accounts, and tell their owners.",
    "reports": "List the reports, each with its parameters, ranges and defaults.",
    "map": "Write a first mapping of a source, with reasons and what to decide.",
    "check": "Load a source as a report would, and say what was found.",
    "simulate": "Write a simulated book whose truth is known.",
    "clean": "Remove old runs; what they forecast stays in the ledger.",
    "plan": "Evaluate an account plan; allocate hours; the plan store's export, import, history.",
    "app": "Open the planner's page in a browser; `app users` says who of a team may use it.",
    "lab": "Open JupyterLab at the notebooks.",
}

# `workbench plan FILE` evaluates a plan; these words after a command are commands of their own.
_BELOW = {"plan": ("allocate", "export", "import", "history", "actions"), "app": ("users",)}

app = typer.Typer(
    help=_HELP, no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False,
    add_completion=False,
)  # fmt: skip


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"workbench {workbench_version()}")
        raise typer.Exit


@app.callback()
def _front(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log every step and what it took.")
    ] = False,
) -> None:
    if verbose:
        configure_log(verbose=True)


def _lazy(name: str) -> Callable[[typer.Context], None]:
    def call(context: typer.Context) -> None:
        called, arguments = name, context.args
        if arguments and arguments[0] in _BELOW.get(name, ()):
            called, arguments = f"{name} {arguments[0]}", arguments[1:]
        command_name = called.replace("-", "_").replace(" ", "_")
        module = import_module(f"workbench.apps.commands.{command_name}")
        single = typer.Typer(
            rich_markup_mode="rich", pretty_exceptions_enable=False, add_completion=False
        )
        single.command()(getattr(module, command_name))
        command = typer.main.get_command(single)
        shown = f"workbench {called}"
        status = command.main(arguments, prog_name=shown, standalone_mode=False)
        raise typer.Exit(status or 0)

    return call


_PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
for _name, _summary in _COMMANDS.items():
    app.command(_name, help=_summary, context_settings=_PASS_ON)(_lazy(_name))


def main(commands: Callable[..., object] = app) -> None:
    """Run the command line; leave with a status and words, never with a bare traceback.

    Parameters
    ----------
    commands : callable
        What reads the arguments and runs the command.
    """
    configure_log()
    try:
        commands(prog_name="workbench")
    except WorkbenchError as error:
        typer.echo(printable(mask_passwords(str(error))), err=True)
        sys.exit(error.exit_status)
    except Exception as error:
        message = printable(mask_passwords(f"{type(error).__name__}: {error}"))
        typer.echo(f"Something unforeseen went wrong: {message}", err=True)
        typer.echo(f"Details: {_write_traceback()}", err=True)
        sys.exit(MachineError.exit_status if is_machine_fault(*_error_text(error)) else 1)


def _error_text(error: Exception) -> tuple[str, str]:
    return type(error).__name__, str(error)


def _write_traceback() -> str:
    handle, path = tempfile.mkstemp(prefix="workbench-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        log.write(mask_passwords(traceback.format_exc()))
    return path
