"""A server on loopback that keeps what is posted to it."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler


class Web(BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(content))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def serving(server):
    server.got = []
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server, server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
