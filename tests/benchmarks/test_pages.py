"""What a benchmark measures has a place in docs: a run of an hour must not fail at its end."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from page import DOCS
from revenue_parts import PARTS

from workbench.core.cohort_names import DISTRIBUTIONS

BENCHMARKS = DOCS.parent / "benchmarks"
CALIBRATION = [
    ("calibration.md", block)
    for block in (
        "ranks", "reasons", "relationship", "hazard",
        *(f"revenue {part}" for part in PARTS), *(f"cohorts {law}" for law in DISTRIBUTIONS),
    )
]  # fmt: skip


def written(path: Path) -> list[tuple[str, str]]:
    """Return the pages and blocks that a benchmark names when it writes."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = [[arg.value for arg in call.args if isinstance(arg, ast.Constant)] for call in calls]
    return [
        (found[0], found[1])
        for call, found in zip(calls, named, strict=True)
        if isinstance(call.func, ast.Name) and call.func.id == "put" and len(found) > 1
    ]


LITERAL = [place for path in sorted(BENCHMARKS.rglob("*.py")) for place in written(path)]


@pytest.mark.parametrize(("page", "block"), [*CALIBRATION, *LITERAL, ("nrr.md", "nrr")])
def test_a_measured_block_has_its_place(page: str, block: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert text.count(f"<!-- {block}: measured -->") == 1
    assert text.count(f"<!-- {block}: end -->") == 1


def test_places_are_read_from_the_benchmarks() -> None:
    assert ("benchmarks.md", "reports") in LITERAL and ("priors.md", "priors") in LITERAL
