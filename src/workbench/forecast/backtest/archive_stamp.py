"""What a forecast's file says of the run that made it; the runner needs no more of forecasts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.files import write_file

FACTS = b"workbench"


def stamp(source: Path, target: Path, facts: Mapping[str, Any]) -> None:
    """Copy a forecast, with further facts about its run, in one step: the whole file or none."""
    table = pq.read_table(source)
    known = json.loads(table.schema.metadata[FACTS])
    write_file(target, lambda aside: write_stamped(table, known | dict(facts), aside))


def write_stamped(table: pa.Table, facts: Mapping[str, Any], path: Path) -> None:
    """Write a table with facts about it."""
    stated = table.replace_schema_metadata({FACTS: json.dumps(dict(facts))})
    pq.write_table(stated, path, compression="zstd")
