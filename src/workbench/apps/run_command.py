"""The command that makes a report in a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any


def run_command(report: str, parameters: Mapping[str, Any], *options: str) -> list[str]:
    """Return a command that runs a report in this interpreter.

    Parameters
    ----------
    report : str
        Its name.
    parameters : mapping
        What JSON can hold; see `assignments`.
    *options : str
        Of `workbench run`.

    Returns
    -------
    list of str
    """
    flags = [word for each in assignments(parameters) for word in ("-p", each)]
    start = "from workbench.apps.cli import main; main()"
    return [sys.executable, "-c", start, "run", report, *options, *flags]


def assignments(parameters: Mapping[str, Any]) -> list[str]:
    """Return parameters as the command line takes them.

    Parameters
    ----------
    parameters : mapping
        What JSON can hold.

    Examples
    --------
    >>> assignments({"draws": 500, "mapping": None})
    ['draws=500', 'mapping=null']
    """
    return [f"{name}={json.dumps(value)}" for name, value in parameters.items()]
