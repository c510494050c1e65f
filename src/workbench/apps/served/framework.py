"""Solara, told before it is imported what it must not do."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

# It may write no file into the user's home, tell nobody that it runs, and fetch nothing; port 9
# answers nobody.
os.environ |= {
    "SOLARA_HOME": str(Path(__file__).parent),
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_TELEMETRY_SERVER_USER_ID": "none",
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",
    "SOLARA_ASSETS_PROXY": "True",
}
solara = import_module("solara")
lab = import_module("solara.lab")
applications = import_module("solara.server.app")
kernel_context = import_module("solara.server.kernel_context")
server = import_module("solara.server.server")
server_settings = import_module("solara.server.settings")
starlette_app = import_module("solara.server.starlette").app
