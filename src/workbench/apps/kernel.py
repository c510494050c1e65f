"""The kernel of the interpreter that is running, whatever kernels the machine has registered."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from jupyter_client.kernelspec import NATIVE_KERNEL_NAME as NATIVE_KERNEL
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

_ENVIRONMENT = {
    # A scheduler's own choice, Agg as a rule, would leave every figure out of the page.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class OwnKernelSpecs(KernelSpecManager):
    """The kernels that a server of this workbench offers: its own interpreter's and no other."""

    def find_kernel_specs(self) -> dict[str, str]:
        """Return the one kernel there is; it has no folder of its own."""
        return {NATIVE_KERNEL: ""}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return this interpreter's kernel, whatever a notebook asks for.

        Parameters
        ----------
        kernel_name : str
            What the notebook asks for.
        """
        return _spec({})

    def get_all_specs(self) -> dict[str, Any]:
        """Return the one kernel there is, as servers list them."""
        spec = _spec({}).to_dict()
        return {NATIVE_KERNEL: {"resource_dir": "", "spec": spec}}


def kernel_manager(
    environment: Mapping[str, str], connection_file: Path, log: IO[str]
) -> type[AsyncKernelManager]:
    """Return the class that starts this interpreter's kernel.

    Parameters
    ----------
    environment : mapping of str
        Variables that only the kernel gets to see, such as an address with a password, which as a
        parameter would be written into the executed notebook.
    connection_file : Path
        Holds the kernel's key while it lives; where it stands, whatever is left of a killed run is
        removed.
    log : file
        Receives what the kernel's process itself writes, past the notebook: a library's remarks,
        and whatever goes wrong while it is ended.
    """
    spec = _spec(environment)

    class OwnKernelManager(AsyncKernelManager):
        @default("connection_file")
        def _own_file(self) -> str:
            return str(connection_file)

        @property
        def kernel_spec(self) -> KernelSpec:
            return spec

        async def start_kernel(self, **options: Any) -> None:
            log.flush()
            await super().start_kernel(stdout=log, stderr=log, **options)

    return OwnKernelManager


def _spec(environment: Mapping[str, str]) -> KernelSpec:
    # Each start warns that a local kernel speaks unencrypted TCP; that is no news to the reader.
    quiet = "--log-level=ERROR"
    return KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", quiet],
        display_name="workbench",
        language="python",
        env={**_ENVIRONMENT, **environment},
    )
