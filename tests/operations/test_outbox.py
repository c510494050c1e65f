"""The outbox: what waits goes out once, and what cannot is kept and says why."""

from __future__ import annotations

import email
import json
import shutil
import socketserver
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer

import pytest
from posts import Web, serving

from workbench.operations.outbox import Outbox
from workbench.operations.post import post
from workbench.report.output.pdf import print_page

NOW = datetime(2026, 1, 5, tzinfo=UTC)


class Mail(socketserver.StreamRequestHandler):
    """The few words of SMTP that a client needs; keeps each message."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line)
                self.server.got.append(b"".join(lines).decode())
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 well\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    server.answer = 200
    with serving(server) as (server, port):
        yield server, port


def test_a_message_goes_out_once_and_by_its_id(tmp_path, web, monkeypatch):
    server, port = web
    monkeypatch.setenv("HOOK", f"json://127.0.0.1:{port}/in")
    box = Outbox(tmp_path)
    assert box.put("p", "env:HOOK", ("Two accounts", "Look."), NOW)
    assert not box.put("p", "env:HOOK", ("Two accounts", "Look."), NOW)
    (waiting,) = box.waiting()
    assert box.send(post, NOW) == []
    assert box.send(post, NOW) == []
    assert [got["title"] for got in server.got] == ["Two accounts"]
    assert waiting.id in server.got[0]["message"]
    assert not box.put("p", "env:HOOK", ("Two accounts", "Look."), NOW)


def test_what_cannot_go_out_stays_and_says_why_without_the_secret(tmp_path, web, monkeypatch):
    server, port = web
    server.answer = 500
    monkeypatch.setenv("HOOK", f"json://user:hush@127.0.0.1:{port}/in")
    box = Outbox(tmp_path)
    box.put("a", "env:HOOK", ("A", "a"), NOW)
    box.put("b", "env:NOWHERE", ("B", "b"), NOW)
    monkeypatch.setenv("ODD", "nothing of the kind")
    box.put("c", "env:ODD", ("C", "c"), NOW)
    box.put("d", "env:HOOK", ("D", "d"), NOW, [tmp_path / "gone.pdf"])
    errors = {message.purpose: message.error for message in box.send(post, NOW)}
    assert set(errors) == {"a", "b", "c", "d"}
    assert "500" in errors["a"]
    assert "NOWHERE" in errors["b"]
    assert "Apprise" in errors["c"]
    assert "gone.pdf" in errors["d"]
    assert "hush" not in json.dumps(errors)
    server.answer = 200
    assert {message.purpose for message in box.send(post, NOW)} == {"b", "c", "d"}


def test_a_mail_arrives_with_its_attachment(tmp_path, monkeypatch):
    report = tmp_path / "report.html"
    report.write_text("<p>in the page</p>")
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)) as (server, port):
        address = f"mailto://127.0.0.1:{port}?from=a@example.com&to=b@example.com&mode=insecure"
        monkeypatch.setenv("MAIL", address)
        box = Outbox(tmp_path / "box")
        box.put("p", "env:MAIL", ("Ümlaut", "Look."), NOW, [report])
        assert box.send(post, NOW) == []
        (mail,) = server.got
    assert "To: b@example.com" in mail
    assert 'filename="report.html"' in mail


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_a_page_is_printed(tmp_path):
    page = tmp_path / "report.html"
    page.write_text("<h1>Renewals</h1>")
    pdf = print_page(page)
    assert pdf == tmp_path / "report.pdf"
    assert pdf.read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.pdf"]


def test_without_a_browser_there_is_no_pdf(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert print_page(tmp_path / "report.html") is None


def test_a_calendar_file_says_its_method_in_the_mail(tmp_path, monkeypatch):
    event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260105T000000Z\r\nEND:VEVENT\r\n"
    head = "BEGIN:VCALENDAR\r\nPRODID:x\r\nVERSION:2.0\r\nMETHOD:CANCEL\r\n"
    file = tmp_path / "review.ics"
    file.write_text(f"{head}{event}END:VCALENDAR\r\n", newline="")
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)) as (server, port):
        address = f"mailto://127.0.0.1:{port}?from=a@example.com&to=b@example.com&mode=insecure"
        monkeypatch.setenv("MAIL", address)
        box = Outbox(tmp_path / "box")
        box.put("p", "env:MAIL", ("Off", "Look."), NOW, [file])
        assert box.send(post, NOW) == []
        parts = [*email.message_from_string(server.got[0]).walk()]
    [sent] = [part for part in parts if part.get_content_type() == "text/calendar"]
    assert sent.get_param("method") == "CANCEL"
    assert b"METHOD:CANCEL" in sent.get_payload(decode=True)
