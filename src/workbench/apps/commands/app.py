"""`workbench app`: the planner's page in a browser, through Voila."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from voila.app import Voila

from workbench.apps.reports import REPORTS
from workbench.apps.servers import KERNELS, free_port, run_server, server_folder
from workbench.core.project import find_project_root

_FRAME = Path(__file__).parents[1] / "page_frame"
_IDLE_SECONDS = 1800


def app(
    book: Annotated[
        Path | None, typer.Option(help="Planbook of a report; the newest if not given.")
    ] = None,
    plans: Annotated[
        Path | None, typer.Option(help="Folder of plans; outputs/plans if not given.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8866,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    idle: Annotated[
        int, typer.Option(min=1, help="Seconds after which an abandoned page loses its kernel.")
    ] = _IDLE_SECONDS,
) -> None:
    """Open the planner's page, on this machine only and behind a token.

    The page's address is printed; whoever has it may use the page. Every visitor
    gets a kernel of their own, which ends some time after the page is closed.
    Ctrl-C ends it all.

    For example:

      workbench app

      workbench app --book outputs/net_growth/latest/planbook.zip --plans plans/
    """
    root = find_project_root(Path.cwd())
    given = {"planbook": str(book.resolve()) if book else ""}
    given |= {"plans_dir": str(plans.resolve())} if plans else {}
    # Inside of the project, so that the kernel finds it from the folder that it starts in.
    with server_folder(root, "app") as folder:
        notebook = folder / "account_plan.ipynb"
        _write_notebook(root / "notebooks" / REPORTS["account_plan"].notebook, notebook, given)
        shutil.copytree(_FRAME, folder / "voila" / "templates" / _FRAME.name)
        known = [str(folder), *filter(None, [os.environ.get("JUPYTER_PATH")])]
        os.environ["JUPYTER_PATH"] = os.pathsep.join(known)
        token, number = secrets.token_urlsafe(24), free_port(port)
        # Not on the command line, where every user of the machine could read it.
        os.environ["JUPYTER_TOKEN"] = token
        typer.echo(f"http://127.0.0.1:{number}/?token={token}")
        run_server(Voila, [str(notebook), *_options(folder, number, browser, idle)])


def _write_notebook(source: Path, target: Path, given: dict[str, str]) -> None:
    notebook = load_notebook_node(str(source))
    nbformat.write(parameterize_notebook(notebook, given), target)


def _options(folder: Path, port: int, browser: bool, idle: int) -> list[str]:
    return [
        "--Voila.ip=127.0.0.1",
        f"--Voila.port={port}",
        f"--Voila.connection_dir_root={folder}",
        "--Voila.port_retries=0",
        "--Voila.auto_token=True",
        f"--Voila.open_browser={browser}",
        f"--VoilaConfiguration.template={_FRAME.name}",
        f"--VoilaConfiguration.kernel_spec_manager_class={KERNELS}",
        f"--MappingKernelManager.cull_idle_timeout={idle}",
        f"--MappingKernelManager.cull_interval={min(idle, 60)}",
        "--Application.log_level=WARN",
    ]
