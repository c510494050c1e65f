"""A project in miniature, whose data audit is a tiny notebook with one defect."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from planner_pages import close_pages

from workbench.apps import cli
from workbench.apps.reports import REPORTS

READ = (
    "from workbench.core.parameters import read_parameters\n"
    "from workbench.report.data_audit.settings import REPORT\n"
    "settings = read_parameters(REPORT, globals())"
)


@dataclass(frozen=True)
class Answer:
    """What a call of the command line gave."""

    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _pages_closed() -> Iterator[None]:
    yield
    close_pages()


@pytest.fixture(scope="module")
def parameters_source() -> str:
    """The source of a right parameters cell of the data audit."""
    fields = REPORTS["data_audit"].settings.model_fields
    return "\n".join(f"{name} = {field.default!r}" for name, field in fields.items())


@pytest.fixture(scope="module")
def make_project(
    tmp_path_factory: pytest.TempPathFactory, parameters_source: str
) -> Callable[..., Path]:
    """Make a project, or change one, so that its data audit consists of the cells given."""

    def make(
        *cells: str,
        root: Path | None = None,
        parameters: str = parameters_source,
        tags: Sequence[str] = ("parameters",),
    ) -> Path:
        root = root or tmp_path_factory.mktemp("project")
        (root / "params").mkdir(parents=True, exist_ok=True)
        (root / "notebooks").mkdir(exist_ok=True)
        first = new_code_cell(parameters, metadata={"tags": list(tags)})
        kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = new_notebook(
            cells=[new_markdown_cell("# Tiny"), first, *map(new_code_cell, (READ, *cells))],
            metadata={"kernelspec": kernelspec, "language_info": {"name": "python"}},
        )
        nbformat.write(notebook, root / "notebooks" / "00_data_audit.ipynb")
        return root

    return make


@pytest.fixture
def workbench(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """Call the command line from a folder."""

    def call(folder: Path, *arguments: str) -> Answer:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["workbench", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        printed = capfd.readouterr()
        return Answer(int(left.value.code or 0), printed.out, printed.err)

    return call
