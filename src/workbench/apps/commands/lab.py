"""`workbench lab`: JupyterLab at the notebooks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from jupyterlab.labapp import LabApp

from workbench.apps.servers import KERNELS, free_port, run_server, server_folder
from workbench.apps.slider_handles import lab_extension
from workbench.core.project import find_project_root

# Overrides of JupyterLab's defaults. Left to itself it sends what controls say to several threads
# of a kernel, and they overtake each other; and it asks whether to fetch news.
_SETTINGS = Path(__file__).parents[1] / "lab_settings"
_SAVING = "workbench.apps.notebook_saving.strip_saved"


def lab(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open JupyterLab at the notebooks, on this machine only and behind a token.

    Notebooks run in this workbench's own interpreter, whatever kernels the
    machine has, and are saved without their outputs, so that a tracked file
    changes by what was written in it. Ctrl-C ends it.

    For example:

      workbench lab --no-browser --port 8890
    """
    root = find_project_root(Path.cwd())
    options = [
        f"--ServerApp.root_dir={root}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={free_port(port)}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.open_browser={browser}",
        f"--ServerApp.kernel_spec_manager_class={KERNELS}",
        "--LabApp.default_url=/lab/tree/notebooks",
        f"--LabApp.app_settings_dir={_SETTINGS}",
        f"--FileContentsManager.pre_save_hook={_SAVING}",
        # In a container there is often no other user; the address and the token still guard it.
        f"--ServerApp.allow_root={os.name == 'posix' and os.geteuid() == 0}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with server_folder(root, "lab") as folder:
        extensions = lab_extension(folder / "labextensions")
        run_server(LabApp, [*options, f"--LabApp.extra_labextensions_path={extensions}"])
