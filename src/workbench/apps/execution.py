"""A notebook executed by papermill, and what went wrong in it put into words."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError, strip_color

from workbench.apps.kernel import kernel_manager
from workbench.core.errors import (
    DataError,
    GateError,
    MachineError,
    ParameterError,
    is_machine_fault,
)
from workbench.core.files import write_text
from workbench.core.masking import has_password, mask_passwords, without_secrets
from workbench.core.settings import ReportSettings, SourceSettings

_SECRET_VARIABLE = "WORKBENCH_SOURCE"
_KINDS = {kind.__name__: kind for kind in (ParameterError, DataError, GateError, MachineError)}


@dataclass(frozen=True)
class Failure:
    """Why a run ended early.

    Parameters
    ----------
    words : str
        For the reader.
    kind : str
        Name of the error's class.
    exit_status : int
        2 parameters, 3 data, 4 a gate, 5 the machine, 1 anything else.
    """

    words: str
    kind: str
    exit_status: int = 1


@dataclass(frozen=True)
class Execution:
    """What to execute and where.

    Parameters
    ----------
    notebook, output : Path
        The notebook and its executed copy, saved after every cell.
    log : Path
        Receives what the notebook printed to stderr, and the traceback of a failure.
    cwd : Path
        The notebook's working folder.
    cell_seconds : int or None
        The longest that a cell may take; None for no limit.
    """

    notebook: Path
    output: Path
    log: Path
    cwd: Path
    cell_seconds: int | None = None


def execute(plan: Execution, settings: ReportSettings, progress: bool) -> Failure | None:
    """Execute a notebook in a kernel of this interpreter; return what stopped it, if anything.

    Parameters
    ----------
    plan : Execution
    settings : ReportSettings
        The notebook's parameters. A source's address with a password reaches the kernel through its
        environment, and is masked in what the run leaves.
    progress : bool
        Whether to draw a progress bar.

    Returns
    -------
    Failure or None
    """
    parameters, environment = _kernel_inputs(settings)
    connection = plan.output.with_name(".kernel.json")
    with plan.log.open("w", encoding="utf-8") as log:
        try:
            papermill.execute_notebook(
                _literal_path(plan.notebook),
                _literal_path(plan.output),
                parameters,
                kernel_name="python3",
                language="python",
                progress_bar=progress,
                stderr_file=log,
                cwd=str(plan.cwd),
                execution_timeout=plan.cell_seconds,
                kernel_manager_class=kernel_manager(environment, connection, log),
            )
        except PapermillExecutionError as error:
            log.write(strip_color("\n".join(error.traceback)) + "\n")
            failure = _cell_failure(error, plan.notebook.name)
        except DeadKernelError:
            log.write(traceback.format_exc())
            message = "The kernel died while a cell was running; most often memory ran out."
            failure = Failure(message, "DeadKernelError", MachineError.exit_status)
        except CellTimeoutError:
            log.write(traceback.format_exc())
            message = f"A cell took longer than {plan.cell_seconds} seconds and was ended."
            failure = Failure(message, "CellTimeoutError")
        else:
            failure = None
    connection.unlink(missing_ok=True)
    if environment:
        _mask_files(environment[_SECRET_VARIABLE], plan.output, plan.log)
    return failure


def _cell_failure(error: PapermillExecutionError, name: str) -> Failure:
    message = mask_passwords(strip_color(error.evalue))
    if error.ename in _KINDS:
        return Failure(message, error.ename, _KINDS[error.ename].exit_status)
    first = next((line.strip() for line in error.source.splitlines() if line.strip()), "")
    where = f"{name}, In [{error.exec_count}]" + (f" ({first})" if first else "")
    status = MachineError.exit_status if is_machine_fault(error.ename, message) else 1
    return Failure(f"{where}, stopped with {error.ename}: {message}", error.ename, status)


def _kernel_inputs(settings: ReportSettings) -> tuple[dict[str, Any], dict[str, str]]:
    # A parameter is written into the executed notebook; a password must not be.
    parameters = settings.model_dump()
    if not isinstance(settings, SourceSettings):
        return parameters, {}
    if not has_password(settings.source):
        return parameters, {}
    secret = {_SECRET_VARIABLE: settings.source}
    return parameters | {"source": f"env:{_SECRET_VARIABLE}"}, secret


def _mask_files(source: str, *paths: Path) -> None:
    for path in paths:
        write_text(path, without_secrets(path.read_text(encoding="utf-8"), source))


def _literal_path(path: Path) -> str:
    # Papermill fills in braces that it finds in a path.
    return str(path).replace("{", "{{").replace("}", "}}")
