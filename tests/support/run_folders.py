"""Folders of runs by hand: what the runner leaves, as far as an index and a comparison read it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from workbench.report.output.answer import Answer, Headline


def write_run(outputs: Path, made: str, nrr: float = 0.97, **settings) -> Path:
    """Write a run of net_growth whose one headline number is NRR; return its folder."""
    status = settings.get("status", "published")
    run_id = f"{made}T060000Z-{settings.get('mark', 'abcdef')}"
    as_of = settings.get("as_of", "2026-01-01")
    folder = (
        outputs / "net_growth" / as_of / (run_id + ("" if status == "published" else f"-{status}"))
    )
    folder.mkdir(parents=True)
    number = Headline("nrr_12m", "NRR in 12 months", nrr, nrr - 0.03, nrr + 0.03, "share")
    simulated = {"source": "simulated", "mapping": None, "as_of": ""}
    manifest = {
        "run_id": run_id,
        "status": status,
        "report": "net_growth",
        "failure": {"words": "The gate <b>fell</b>."} if status == "failed" else None,
        "parameters": simulated | settings.get("parameters", {}),
        "data": {"as_of": as_of, "fingerprint": settings.get("data", "d1")},
        "facts": {"answer": Answer("So.", (number,)).facts()} if status != "failed" else {},
        "code": {"source": settings.get("model", "m1"), "notebook": "n1"},
        "packages": {"pymc": "6.3.2"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "net_growth.html").write_text("page", encoding="utf-8")
    return folder


def write_accounts(folder: Path, stays: dict[str, float]) -> None:
    """Write the account table of a run."""
    (folder / "tables").mkdir()
    table = pd.DataFrame({"account_id": list(stays), "stays": list(stays.values())})
    table.to_parquet(folder / "tables" / "accounts.parquet")
