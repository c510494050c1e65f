"""Serve the planner's page until it is told to stop."""

from __future__ import annotations

import functools
import logging
import re
import socket
import threading
from collections.abc import Callable

import uvicorn

from workbench.apps.planner.visitor import Visitor
from workbench.apps.served import component
from workbench.apps.served.access import Access
from workbench.apps.served.framework import (
    applications,
    kernel_context,
    server,
    server_settings,
    starlette_app,
)
from workbench.apps.served.front import TITLE
from workbench.apps.served.gate import AccessGate, Behind
from workbench.apps.served.visits import Visits
from workbench.apps.slider_handles import SCRIPT

_LOOK_SECONDS = 10.0
_STOP_SECONDS = 3
_MOST_MESSAGE_BYTES = 2**20
_NO_ZOOM = ", maximum-scale=1, user-scalable=no, minimal-ui"
_ICON = re.compile(r'<link rel="icon"[^>]*>')
# The document scrolls, not a box within it: keys, phones, print and what is sticky expect that.
_HEAD = """<head><link rel="icon" href="data:,"><style>
html { overflow: auto !important; }
body, .v-application { background: #eef2f6 !important; }
.v-application--wrap .v-sheet { background: none !important; }
.v-content__wrap > div { height: auto !important; overflow: visible !important; }
.wb-served { padding: 8px; }
.wb-served strong { font-weight: 700; }
</style>"""
_HANDLES = f"<script>{SCRIPT}</script>"


def serve(
    visits: Visits, access: Access, listening: socket.socket, announce: Callable[[], None]
) -> None:
    """Serve the page until Ctrl-C, or whatever else ends a process.

    Parameters
    ----------
    visits : Visits
    access : Access
    listening : socket
        Bound to where it listens.
    announce : callable
        Called when browsers may come.
    """
    _configure(visits, access)
    _warm_up(visits)
    gate = AccessGate(_behind(), access, visits, f"workbench-{listening.getsockname()[1]}")
    told = uvicorn.Config(
        gate, log_config=None, access_log=False, proxy_headers=False, server_header=False,
        ws_max_size=_MOST_MESSAGE_BYTES,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )  # fmt: skip
    stopped = threading.Event()
    looking = threading.Thread(target=_close_left, args=(visits, stopped), daemon=True)
    looking.start()
    listening.listen()
    announce()
    try:
        uvicorn.Server(told).run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # it has ended as it was told
    finally:
        stopped.set()


def _configure(visits: Visits, access: Access) -> None:
    component.served[:] = [(visits, access)]
    settings = server_settings
    settings.main.root_path = ""
    settings.theme.title, settings.theme.loader = TITLE, "plain"
    settings.theme.show_banner = False
    settings.assets.fontawesome_enabled = False
    settings.kernel.cull_timeout = f"{visits.idle:g}s"
    # A browser whose page was closed here meanwhile, as on a machine that slept, makes it anew.
    settings.state.auto_remount = True
    applications.apps["__default__"] = applications.AppScript(
        "workbench.apps.served.component:Page"
    )


def _warm_up(visits: Visits) -> None:
    """Make a page that nobody sees: the first visitor waits for no compiling."""
    nowhere = kernel_context.create_dummy_context()
    with nowhere:
        visits.make(Visitor("nobody", "reader"))
    nowhere.close()


def _behind() -> Behind:
    @functools.cache
    def root() -> str:
        page = _ICON.sub("", server.read_root("/", "") or "").replace(_NO_ZOOM, "")
        return page.replace("<html>", '<html lang="en">', 1).replace("<head>", _HEAD + _HANDLES, 1)

    def owners() -> dict[str, str]:
        return {key: one.session_id for key, one in list(kernel_context.contexts.items())}

    assets = server_settings.assets.proxy_cache_dir.resolve()
    return Behind(starlette_app, root, owners, assets)


def _close_left(visits: Visits, stopped: threading.Event) -> None:
    while not stopped.wait(min(visits.idle / 4, _LOOK_SECONDS)):
        try:
            visits.close_left()
        except Exception:
            logging.getLogger(__name__).exception("Pages that were left could not be closed.")
