"""ARCHITECTURE.md, the Makefile's help and the CHANGELOG tell the truth about the tree."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path, PurePath

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "src" / "workbench"


def mapped(pattern: str) -> set[str]:
    text = (PROJECT / "ARCHITECTURE.md").read_text()
    return set(re.findall(f"^- `({pattern})`: .", text, flags=re.MULTILINE))


def test_architecture_is_a_map_and_no_list() -> None:
    text = (PROJECT / "ARCHITECTURE.md").read_text()
    assert len(text.splitlines()) <= 150
    assert re.findall(r"^- `[\w/]+\.py`", text, flags=re.MULTILINE) == []


def test_architecture_names_every_folder() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [Path(line) for line in listing.stdout.splitlines()]
    top = {f"{path.parts[0]}/" for path in paths if len(path.parts) > 1}
    floors = {
        f"{folder.relative_to(PROJECT).as_posix()}/"
        for folder in PACKAGE.rglob("*")
        if folder.is_dir() and folder.name != "__pycache__"
    }
    listed = mapped(r"[\w./]+/")
    # Folders of one kind, such as one per report, may share a line.
    alike = {
        path for kind in mapped(r"[\w./]+/\*/") for path in floors if PurePath(path).match(kind)
    }
    assert listed <= top | floors
    assert (top | floors) - alike <= listed


def test_make_help_lists_every_target() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, flags=re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    shown = subprocess.run(
        ["make", "--silent"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout

    assert phony is not None
    assert targets == set(phony.group(1).split())
    assert targets == {line.split()[1] for line in shown.splitlines()}


def test_changelog_has_a_place_for_what_comes() -> None:
    headings = re.findall(r"^## (.*)$", (PROJECT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
