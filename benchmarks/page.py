"""Write a measured table into its place in a page of docs/, and say what it was measured on."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import pandas as pd

DOCS = Path(__file__).parents[1] / "docs"
PACKAGES = ("pymc", "pytensor", "nutpie", "numba", "numpy")


def put(page: str, block: str, text: str) -> None:
    """Replace what stands between a block's two marks in a page."""
    path = DOCS / page
    begin, end = f"<!-- {block}: measured -->", f"<!-- {block}: end -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    new, count = pattern.subn(lambda _: f"{begin}\n{text.strip()}\n{end}", path.read_text())
    if count != 1:
        raise ValueError(f"{path} has no place for {block}: {count} pairs of marks.")
    path.write_text(new)


def measured_on() -> str:
    """Return versions and cores in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()}, {packages}; {os.cpu_count()} cores."


def as_markdown(table: pd.DataFrame, digits: int = 3) -> str:
    """Return a table as Markdown, numbers rounded, what is missing left blank."""
    rows = [list(table.columns), ["---"] * table.shape[1]]
    rows += [
        [f"{value:,.{digits}g}" if isinstance(value, float) else str(value) for value in row]
        for row in table.astype(object).where(table.notna(), "").itertuples(index=False)
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
