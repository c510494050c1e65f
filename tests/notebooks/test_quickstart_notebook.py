"""The quickstart by papermill, on a small book and mock draws: each cell runs and shows itself."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_quickstart.ipynb"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory) -> list[dict]:
    folder = tmp_path_factory.mktemp("quickstart")
    out = folder / "out.ipynb"
    papermill.execute_notebook(
        str(NOTEBOOK),
        str(out),
        {"accounts": 40, "draws": 50, "smoke": True},
        kernel_name="python3",
        language="python",
        progress_bar=False,
        cwd=str(folder),
    )
    cells = nbformat.read(out, as_version=4).cells
    return [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]


def test_it_has_twelve_cells_and_one_import() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert len(cells) == 12
    assert [line for line in code.splitlines() if "import" in line] == ["import workbench as wb"]


def test_every_value_shows_itself_and_two_answers_are_pictures(outputs) -> None:
    cards = "\n".join(data.get("text/html", "") for data in outputs)
    for title in ("Book of", "Data of the", "Fitted renewal", "Who stays", "Revenue to come"):
        assert f"<strong>{title}" in cards
    assert sum("image/png" in data or "image/svg+xml" in data for data in outputs) == 2


def test_mock_draws_are_called_what_they_are(outputs) -> None:
    shown = [data["text/html"] for data in outputs if "Who stays" in data.get("text/html", "")]
    assert len(shown) == 1 and "mock draws: the numbers mean nothing" in shown[0]
