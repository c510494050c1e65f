"""Servers on this machine: where they listen, and whose kernels they start."""

from __future__ import annotations

import errno
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
    with bound_socket("127.0.0.1", wanted) as asked:
        return int(asked.getsockname()[1])


def bound_socket(address: str, port: int) -> socket.socket:
    """Return a socket at an address of this machine; nobody else can take its port any more.

    Parameters
    ----------
    address : str
        Such as ``127.0.0.1``.
    port : int
        0 takes any.

    Raises
    ------
    ParameterError
        When somebody listens there already, or the machine has no such address.
    """
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((address, port))
    except OSError as error:
        made.close()
        taken = error.errno == errno.EADDRINUSE
        what = "already in use" if taken else "cannot be listened at"
        where = f"port {port}" if taken else f"{address}, port {port}"
        hint = "Name another one, or 0 for any." if taken else "Name an address of this machine."
        problem = Problem(what, where, hint=hint)
        raise ParameterError("The server cannot be started.", [problem]) from None
    return made


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
