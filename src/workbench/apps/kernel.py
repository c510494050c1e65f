"""The kernel of the interpreter that is running, whatever kernels the machine has registered."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

_ENVIRONMENT = {
    # A scheduler's own choice, Agg as a rule, would leave every figure out of the page.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def kernel_manager(environment: Mapping[str, str]) -> type[AsyncKernelManager]:
    """Return the class that starts this interpreter's kernel.

    Parameters
    ----------
    environment : mapping of str
        Variables that only the kernel gets to see, such as an address with a password, which as a
        parameter would be written into the executed notebook.
    """
    # Each start warns that a local kernel speaks unencrypted TCP; that is no news to the reader.
    quiet = "--log-level=ERROR"
    spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", quiet],
        display_name="workbench",
        language="python",
        env={**_ENVIRONMENT, **environment},
    )

    class OwnKernelManager(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return spec

    return OwnKernelManager
