"""Files of measured effects, and which of them a plan names."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import ParameterError, Problem
from workbench.core.validation import read_file
from workbench.plans.levers.effects import Estimate
from workbench.plans.levers.part import Part
from workbench.plans.levers.source import Measured
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan, stated_levers


class _File(Part):
    effects: dict[str, Estimate]


def read_estimates(path: str | Path) -> dict[str, Estimate]:
    """Read a file of measured effects: ``effects``, by name.

    Parameters
    ----------
    path : str or Path
        A ``.json`` file is read as JSON, any other as YAML.

    Returns
    -------
    dict of str to Estimate
        By the name of the effect.

    Raises
    ------
    ParameterError
        When there is no such file.
    DataError
        When it is not valid.
    """
    path = Path(path)
    if not path.is_file():
        problem = Problem("no such file", str(path), "measured effects in YAML or JSON")
        raise ParameterError("Measured effects could not be found.", [problem])
    headline = "The file of measured effects is not valid."
    return read_file(_File, path, headline).effects


def read_measured(plan: Plan, catalogue: Catalogue, folder: Path) -> dict[str, dict[str, Estimate]]:
    """Read the files of measured effects that a plan names.

    Parameters
    ----------
    plan : Plan
    catalogue : Catalogue
        Its levers count where an action has none of its own.
    folder : Path
        The plan's own: paths are relative to it.

    Returns
    -------
    dict of str to dict
        Estimates by file, as the plan names it, and effect.

    Raises
    ------
    ParameterError
        When there is no such file, or it lies outside of the plan's folder.
    DataError
        When one is not valid.
    """
    filled = plan.model_copy(update={"actions": tuple(map(catalogue.filled, plan.actions))})
    sources = [lever.source for _, lever in stated_levers(filled)]
    named = {source.file for source in sources if isinstance(source, Measured)}
    return {name: read_estimates(_beside(folder, name)) for name in sorted(named)}


def _beside(folder: Path, name: str) -> Path:
    """Return where a file is that a plan names; a plan from elsewhere may name any."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        problem = Problem("outside of the plan's folder", name, "a file in it or below")
        raise ParameterError("Measured effects could not be read.", [problem])
    return path
