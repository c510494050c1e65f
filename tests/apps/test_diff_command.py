"""What differs between two runs, from the command line: runs made aside, and where they read."""

from __future__ import annotations

import pytest
from run_folders import write_run

ADDRESS = "postgresql://ann:***@db.example/crm"


@pytest.fixture
def project(tmp_path):
    """Two runs between which rows and settings differ, of a source with a password."""
    for folder in ("notebooks", "params"):
        (tmp_path / folder).mkdir()
    outputs = tmp_path / "outputs"
    read = {"source": ADDRESS, "draws": 500}
    write_run(outputs, "20260101", data="d1", parameters=read)
    last = write_run(outputs, "20260201", data="d2", parameters=read | {"draws": 900})
    (outputs / "net_growth" / "latest").symlink_to(last)
    return tmp_path


@pytest.mark.parametrize("more", [[], ["--source", "postgresql://ann:s3cret@db.example/crm"]])
def test_an_address_with_a_password_is_asked_for_by_its_variable(project, workbench, more):
    told = workbench(project, "diff", "net_growth", "--explain", *more)
    assert told.status == 2
    assert "The run's source cannot be read again." in told.err
    assert "--source env:ITS_NAME" in told.err
    assert ADDRESS in told.err and "s3cret" not in told.err + told.out


def test_a_run_aside_that_comes_to_nothing_is_told(project, workbench):
    told = workbench(project, "diff", "net_growth", "--explain", "--source", "env:NOT_SET_HERE")
    assert told.status == 0
    assert "A run that would tell changes apart came to nothing" in told.err
    assert "NOT_SET_HERE" in told.err
    assert "differ at once" in told.out
