"""Reports by a schedule, from the command line: made, told, tidied, and each once."""

from __future__ import annotations

from http.server import ThreadingHTTPServer

import pytest
from posts import Web, serving

from workbench.core.project import read_manifest

SCHEDULE = """
zone: Europe/Berlin
tries: 1
keep: {days: 0}
parameters: {source: simulated, simulated_accounts: 60}
deliver: {notices: "env:HOOK", reports: "env:HOOK"}
jobs:
  audit: {report: data_audit}
"""
DRIFTED = """
from workbench.report.output.publish import publish_facts
publish_facts(settings, "data", {"as_of": "2026-01-01"})
publish_facts(settings, "ledger", {"warnings": ["Revenue lies below the forecast."]})
"""
STOPPED = """
from workbench.core.errors import GateError
raise GateError("The chains disagree.")
"""


@pytest.fixture
def hook(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    server.answer = 200
    with serving(server) as (server, port):
        monkeypatch.setenv("HOOK", f"json://127.0.0.1:{port}/in")
        yield server


def test_a_schedule_is_made_told_tidied_and_made_once(make_project, workbench, hook) -> None:
    root = make_project(DRIFTED)
    (root / "params" / "schedule.yaml").write_text(SCHEDULE)
    first = workbench(root, "run-all")
    assert first.status == 0, first.err
    [run] = (root / "outputs" / "data_audit").glob("2026-01-01/*")
    assert read_manifest(run)["parameters"]["simulated_accounts"] == 60
    assert "audit" in first.out and (root / "outputs" / "index.html").exists()
    titles = sorted(got["title"] for got in hook.got)
    assert titles == ["audit is there", "audit: earlier forecasts drift"]
    again = workbench(root, "run-all")
    assert again.status == 0, again.err
    assert list((root / "outputs" / "data_audit").glob("2026-01-01/*")) == [run]
    assert len(hook.got) == 2

    make_project(STOPPED, root=root)
    stopped = workbench(root, "run-all")
    assert stopped.status == 4
    assert "The chains disagree." in stopped.out
    assert hook.got[-1]["title"] == "audit was stopped by a gate"
    assert "The chains disagree." in hook.got[-1]["message"]
    # The failed run is older than nothing, and nothing keeps it; the last good one stays.
    assert list((root / "outputs" / "data_audit").glob("2026-01-01/*")) == [run]
