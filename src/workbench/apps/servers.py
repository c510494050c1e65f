"""Jupyter servers on this machine alone: where they listen, and whose kernels they start."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.apps.run_folder import LOCK
from workbench.core.errors import ParameterError, Problem
from workbench.core.files import hold

KERNELS = "workbench.apps.kernel.OwnKernelSpecs"


def free_port(wanted: int) -> int:
    """Return a port of the loopback interface that nobody listens on.

    Parameters
    ----------
    wanted : int
        0 takes any.

    Raises
    ------
    ParameterError
        When somebody listens there already.
    """
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind(("127.0.0.1", wanted))
        except OSError:
            hint = "Name another one, or 0 for any."
            problem = Problem("already in use", f"port {wanted}", hint=hint)
            raise ParameterError("The server cannot be started.", [problem]) from None
        return int(asked.getsockname()[1])


@contextmanager
def server_folder(root: Path, name: str) -> Iterator[Path]:
    """Make a hidden folder for a server's own files and the keys of its kernels, while it runs.

    Its lock is held meanwhile: `workbench clean` removes what a killed server leaves.

    Parameters
    ----------
    root : Path
        Project root.
    name : str
        Of the server.

    Yields
    ------
    Path
        Of the folder; it is removed afterwards.
    """
    outputs = root / "outputs"
    outputs.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=f".{name}-", dir=outputs) as folder,
        hold(Path(folder) / LOCK),
    ):
        # Jupyter's own place is the user's, where nobody removes the keys of killed kernels.
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ["JUPYTER_RUNTIME_DIR"] = str(runtime)
        yield Path(folder)


def run_server(kind: Any, arguments: list[str]) -> None:
    """Run a server until it is told to stop, by Ctrl-C or otherwise.

    Parameters
    ----------
    kind : type
        A Jupyter server application.
    arguments : list of str
        Of its command line.
    """
    kind.launch_instance(argv=arguments)
