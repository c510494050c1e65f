"""What the handles of sliders tell who cannot see them, in JupyterLab and on the served page."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.core.files import write_text

SCRIPT = (Path(__file__).parent / "lab_settings" / "handles.js").read_text(encoding="utf-8")
_NAME = "workbench-handles"
# JupyterLab loads a script and asks it for a plugin; what there is to do is done by then.
_PLUGIN = f"""
(window._JUPYTERLAB ??= {{}})["{_NAME}"] = {{
  init: () => {{}},
  get: async () => () => ({{
    __esModule: true, default: {{ id: "{_NAME}:plugin", autoStart: true, activate: () => {{}} }},
  }}),
}};
"""


def lab_extension(folder: Path) -> Path:
    """Write the script as an extension of JupyterLab.

    Parameters
    ----------
    folder : Path
        Where; made if it is not there.

    Returns
    -------
    Path
        For ``LabApp.extra_labextensions_path``.
    """
    build = {"load": "static/handles.js", "extension": "./extension"}
    described = {"name": _NAME, "version": "1.0.0", "jupyterlab": {"_build": build}}
    write_text(folder / _NAME / "package.json", json.dumps(described))
    write_text(folder / _NAME / "static" / "handles.js", SCRIPT + _PLUGIN)
    return folder
