"""What may stand in no file of the project: registry hosts, machine paths, big files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

# Put together from parts, so that this file does not hold what it forbids.
HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("anaconda", "org"),
        ("debian", "org"),
    ]
]
MACHINE_FOLDERS = ["root", "work", "home", "tmp"]
FORBIDDEN = re.compile(
    "|".join(re.escape(host) for host in HOSTS)
    + r"|(?<![\w.~>*}$)-])/(?:"
    + "|".join(MACHINE_FOLDERS)
    + r")/\w"
)


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return [PROJECT / name for name in listing.stdout.split("\0") if name]


def offences(text: str) -> list[str]:
    return [match.group() for match in FORBIDDEN.finditer(text)]


def test_no_tracked_file_names_a_registry_or_a_machine_path() -> None:
    found = {
        str(path.relative_to(PROJECT)): offences(path.read_text(errors="ignore"))
        for path in tracked()
        if path.is_file()
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("folder", MACHINE_FOLDERS)
def test_the_search_finds_machine_paths(folder: str) -> None:
    assert offences(f"see /{folder}/x") == [f"/{folder}/x"]
    assert offences(f"'/{folder}/data.csv'") != []
    assert offences(f"notes/{folder}/x") == []


@pytest.mark.parametrize("host", HOSTS)
def test_the_search_finds_hosts(host: str) -> None:
    assert offences(f"https://{host}/simple") == [host]


def test_no_tracked_file_is_above_one_mebibyte() -> None:
    assert [path.name for path in tracked() if path.stat().st_size > 2**20] == []
