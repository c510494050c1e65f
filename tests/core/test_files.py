"""What is written comes into place whole, readable for a team, or leaves nothing."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench.core.files import (
    aside_of,
    hold,
    is_abandoned,
    is_held,
    point_link,
    write_file,
    write_folder,
    write_text,
)
from workbench.core.fingerprint import PACKAGE


@pytest.fixture(params=[0o022, 0o002, 0o077], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_folders_have_the_modes_of_new_ones(tmp_path, umask) -> None:
    write_text(tmp_path / "new" / "plan.yaml", "a: 1\n")
    write_folder(tmp_path / "book", lambda aside: (aside / "x.csv").write_text("1"))
    assert mode(tmp_path / "new" / "plan.yaml") == 0o666 & ~umask
    assert mode(tmp_path / "new") == mode(tmp_path / "book") == 0o777 & ~umask
    assert mode(tmp_path / "book" / "x.csv") == 0o666 & ~umask


def test_a_text_is_written_as_it_is(tmp_path) -> None:
    write_text(tmp_path / "a", "one\r\ntwo\né")
    assert (tmp_path / "a").read_bytes() == "one\r\ntwo\né".encode()


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path) -> None:
    path = tmp_path / "table.csv"
    write_text(path, "old")

    def fail(aside: Path) -> None:
        assert aside.suffix == ".csv"
        aside.write_text("half")
        raise OSError("No space left on device")

    for write in (write_file, write_folder):
        with pytest.raises(OSError, match=re.escape("[Errno") + "|No space"):
            write(path, fail if write is write_file else lambda aside: fail(aside / "part.csv"))
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]
    assert path.read_text() == "old"


def test_a_folder_does_not_replace_one_that_holds_something(tmp_path) -> None:
    write_folder(tmp_path / "book", lambda aside: (aside / "x").write_text("1"))
    with pytest.raises(OSError, match="not empty"):
        write_folder(tmp_path / "book", lambda aside: (aside / "y").write_text("2"))
    assert [p.name for p in tmp_path.rglob("*")] == ["book", "x"]


def test_a_link_is_moved(tmp_path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        point_link(tmp_path / "latest", Path(name))
    assert (tmp_path / "latest").resolve() == tmp_path / "two"
    assert len(list(tmp_path.iterdir())) == 3


def test_a_name_as_long_as_names_may_be_can_be_written(tmp_path) -> None:
    path = tmp_path / ("x" * 251 + ".csv")
    write_text(path, "1")
    assert path.read_text() == "1"


def test_what_a_killed_writer_left_is_told_from_what_is_being_written(tmp_path) -> None:
    code = (
        "import time, sys; from pathlib import Path; from workbench.core.files import write_file\n"
        "write_file(Path(sys.argv[1]), lambda p: (p.write_text('half'), time.sleep(60)))"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "a.csv")]) as writer:
        while not (found := list(tmp_path.iterdir())):
            time.sleep(0.05)
        assert [is_abandoned(path) for path in found] == [False]
        writer.kill()
    assert [is_abandoned(path) for path in tmp_path.iterdir()] == [True]
    assert is_abandoned(tmp_path / ".aside-notes.txt") is None


def test_what_another_machine_writes_is_taken_to_be_at_work() -> None:
    own = aside_of(Path("a.csv")).name
    host = own.split("-")[1]
    other = f"{int(host, 16) ^ 1:08x}"
    assert is_abandoned(Path(own.replace(host, other).replace(str(os.getpid()), "999999999"))) is (
        False
    )


def test_a_lock_is_held_once_and_by_whoever_may_write_to_the_folder(tmp_path, umask) -> None:
    tmp_path.chmod(0o775)
    path = tmp_path / ".lock"
    assert not is_held(path)
    with hold(path):
        assert is_held(path)
        with pytest.raises(BlockingIOError):
            hold(path, wait=False)
    assert not is_held(path)
    assert mode(path) == 0o664


def test_nothing_else_writes_aside() -> None:
    by_hand = re.compile(r"mkstemp|NamedTemporaryFile|mkdtemp|os\.replace|getpid\(\)\}\"")
    example = re.compile(r"^\s*>>> .*$", re.MULTILINE)  # a reader's own file, to be read
    found = {
        str(p.relative_to(PACKAGE))
        for p in PACKAGE.rglob("*.py")
        if by_hand.search(example.sub("", p.read_text()))
    }
    assert found == {"apps/cli.py"}  # its log of what was unforeseen, in the system's own folder
