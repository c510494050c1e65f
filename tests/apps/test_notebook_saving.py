"""Saving a shipped notebook in JupyterLab changes what was written in it, and nothing else."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from traitlets.config import Config

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "10_renewals.ipynb"
HOOK = "workbench.apps.notebook_saving.strip_saved"


def saved(root: Path, path: str, edit) -> str:
    """Open a notebook as the lab does, change it, save it, and return the file."""
    config = Config({"FileContentsManager": {"pre_save_hook": HOOK}})
    manager = AsyncLargeFileManager(root_dir=str(root), config=config)

    async def save() -> None:
        model = await manager.get(path)
        edit(model["content"])
        await manager.save(model, path)

    asyncio.run(save())
    manager.notary.store.close()
    return (root / path).read_text(encoding="utf-8")


def run_all(notebook) -> None:
    """Leave what running a notebook leaves in it."""
    notebook["metadata"]["language_info"]["version"] = "3.13.0"
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"]["trusted"] = True
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            text = {"output_type": "stream", "name": "stdout", "text": "thousands of lines"}
            cell["outputs"] = [text]


def copied(tmp_path: Path, folder: str) -> str:
    (tmp_path / folder).mkdir()
    shutil.copy(NOTEBOOK, tmp_path / folder)
    return f"{folder}/{NOTEBOOK.name}"


def test_a_notebook_that_was_run_is_saved_as_it_was(tmp_path) -> None:
    path = copied(tmp_path, "notebooks")
    assert saved(tmp_path, path, run_all) == NOTEBOOK.read_text(encoding="utf-8")


def test_what_was_written_is_saved(tmp_path) -> None:
    path = copied(tmp_path, "notebooks")

    def change(notebook) -> None:
        run_all(notebook)
        notebook["cells"][0]["source"] += "\nAnother line."

    lines = set(saved(tmp_path, path, change).splitlines())
    assert len(lines - set(NOTEBOOK.read_text(encoding="utf-8").splitlines())) == 2


def test_a_copy_elsewhere_keeps_what_it_shows(tmp_path) -> None:
    path = copied(tmp_path, "mine")
    assert "thousands of lines" in saved(tmp_path, path, run_all)
