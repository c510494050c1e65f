"""Jupyter servers on this machine alone: where they listen, and whose kernels they start."""

from __future__ import annotations

import socket
from typing import Any

from workbench.core.errors import ParameterError, Problem

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


def run_server(kind: Any, arguments: list[str]) -> None:
    """Run a server until it is told to stop, by Ctrl-C or otherwise."""
    kind.launch_instance(argv=arguments)
