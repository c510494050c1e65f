"""A planner without a browser: a WebSocket client that does what the page's own script does."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from websockets.sync.client import connect
from websockets.typing import Origin

MODEL = "IPY_MODEL_"


class SimulatedPlanner:
    """One open page, spoken to as a browser speaks to it.

    Parameters
    ----------
    url : str
        Of the page.
    cookie : str
        Of a login; see `cookie_of`.
    """

    def __init__(self, url: str, cookie: str) -> None:
        base = url.split("?")[0].rstrip("/")
        self.session, self.kernel = uuid.uuid4().hex, uuid.uuid4().hex
        self.models: dict[str, dict[str, Any]] = {}
        closing = f"{base}/_solara/api/close/{self.kernel}?session_id={self.session}"
        self._goodbye = Request(closing, b"", {"Cookie": cookie, "Origin": base})
        self._closing = ExitStack()
        opening = connect(
            f"ws{base[4:]}/jupyter/api/kernels/{self.kernel}/channels?session_id={self.session}",
            origin=Origin(base), additional_headers={"Cookie": cookie}, max_size=None,
            open_timeout=120,
        )  # fmt: skip
        self._socket = self._closing.enter_context(opening)
        control = uuid.uuid4().hex
        opened = {"comm_id": control, "target_name": "solara.control", "data": {}}
        self._send("comm_open", opened)
        run = {"method": "run", "args": {"path": "/", "themes": {}, "dark": False}}
        self._send("comm_msg", {"comm_id": control, "data": run})
        self._until(lambda told: told["content"].get("data", {}).get("method") == "finished")

    def close(self) -> None:
        """Close the page, and tell the server as a browser does whose tab is closed."""
        self._closing.close()
        urlopen(self._goodbye, timeout=120).close()

    def find(self, **wanted: Any) -> str:
        """Return the model of a widget whose state begins with these texts.

        Parameters
        ----------
        **wanted : str
            By name of the trait.
        """
        return next(
            key for key, state in self.models.items()
            if all(str(state.get(name, "")).startswith(text) for name, text in wanted.items())
        )  # fmt: skip

    def press(self, label: str) -> None:
        """Press a button, as the page does: it tells of the click only after what it held back.

        Parameters
        ----------
        label : str
            How its text begins.
        """
        button = self.find(_model_name="ButtonModel", description=label)
        self._told(button, {"method": "custom", "content": {"event": "click"}})
        source = str([f"{MODEL}{button}", "disabled"])
        links = [state for state in self.models.values() if str(state.get("source", "")) == source]
        for link in links:  # a plain button, as a view's, holds nothing back
            self._set(link["target"][0].removeprefix(MODEL), {"value": True})

    def move(self, key: str, value: Any) -> float:
        """Move a slider, and return the seconds until the page may draw what came of it.

        Parameters
        ----------
        key : str
            Of its model.
        value : float or list of float
        """
        begun = time.perf_counter()
        self._set(key, {"value": value})
        return time.perf_counter() - begun

    def _set(self, key: str, state: dict[str, Any]) -> None:
        self._told(key, {"method": "update", "state": state, "buffer_paths": []})

    def _told(self, key: str, data: dict[str, Any]) -> None:
        asked = self._send("comm_msg", {"comm_id": key, "data": data})
        self._until(
            lambda told: (
                told["parent_header"].get("msg_id") == asked
                and told["content"].get("execution_state") == "idle"
            )
        )

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        key = uuid.uuid4().hex
        header = {"msg_id": key, "msg_type": kind, "session": self.session, "username": "",
                  "version": "5.3", "date": "2026-01-01T00:00:00Z"}  # fmt: skip
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content,
                   "channel": "shell", "buffers": []}  # fmt: skip
        self._socket.send(json.dumps(message))
        return key

    def _until(self, there: Callable[[dict[str, Any]], bool]) -> None:
        while True:
            received = self._socket.recv(timeout=120)
            told = json.loads(received if isinstance(received, str) else _head(received))
            content = told["content"]
            if told["msg_type"] == "comm_open":
                self.models[content["comm_id"]] = dict(content["data"].get("state", {}))
            elif told["msg_type"] == "comm_msg" and content["comm_id"] in self.models:
                self.models[content["comm_id"]] |= content["data"].get("state", {})
            elif told["msg_type"] == "comm_close":
                self.models.pop(content["comm_id"], None)
            if there(told):
                return


def cookie_of(url: str) -> str:
    """Return the cookie of a login by an address that carries the token.

    Parameters
    ----------
    url : str
        With the token.
    """
    cookies = HTTPCookieProcessor()
    build_opener(cookies).open(url, timeout=120).close()
    return "; ".join(f"{one.name}={one.value}" for one in cookies.cookiejar)


def _head(message: bytes) -> bytes:
    """Return the JSON of a message that carries buffers."""
    first, second = (int.from_bytes(message[at : at + 4]) for at in (4, 8))
    return message[first:second]
