"""A run's folder: aside while it works, in place when it is done, gone when it died."""

from __future__ import annotations

import pytest

from workbench.apps.run_folder import close_run, open_run


def test_published_run_becomes_the_latest(tmp_path):
    run = open_run(tmp_path / "renewals")
    (run.path / "page.html").write_text("good")
    folder = close_run(run, "2026-01-01", "published")
    assert folder == tmp_path / "renewals" / "2026-01-01" / run.run_id
    assert (tmp_path / "renewals" / "latest" / "page.html").read_text() == "good"
    assert sorted(path.name for path in folder.iterdir()) == ["page.html"]


@pytest.mark.parametrize("status", ["smoke", "failed"])
def test_other_runs_say_so_in_their_name_and_never_become_the_latest(tmp_path, status):
    good = close_run(open_run(tmp_path), "2026-01-01", "published")
    other = close_run(open_run(tmp_path), "2026-02-01", status)
    assert other.name.endswith(f"-{status}")
    assert (tmp_path / "latest").resolve() == good


def test_folder_of_a_living_run_is_left_alone_and_of_a_dead_one_removed(tmp_path):
    living, dead = open_run(tmp_path), open_run(tmp_path)
    dead.lock.close()
    (tmp_path / ".20260101T000000Z-0.partial").mkdir()
    newest = open_run(tmp_path)
    assert set(tmp_path.glob(".*.partial")) == {living.path, newest.path}
    living.lock.close()
    newest.lock.close()
