"""Has anything changed since the last published run? If not, its page stands."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from workbench.apps.manifest import package_versions
from workbench.core.book_place import source_digest
from workbench.core.fingerprint import PACKAGE, files_digest, files_within
from workbench.core.parameters import resolve_files
from workbench.core.project import read_manifest
from workbench.core.settings import SIMULATED, Report, ReportSettings, SourceSettings


def inputs_digest(settings: ReportSettings, notebook: Path) -> str | None:
    """Return a digest of all that a report is made of, or None where that cannot be known.

    Parameters
    ----------
    settings : ReportSettings
    notebook : Path
        The report's, as it stands in the project.

    Returns
    -------
    str or None
        Over parameters, the bytes of source, mapping and other files that are named, the
        notebook, the workbench's files and
        the packages. A database may change between two looks, so a report on one has none.
    """
    if not isinstance(settings, SourceSettings):  # made in seconds, of files that people edit
        return None
    source = Path(settings.source)
    if settings.source != SIMULATED and not source.exists():
        return None
    read = [notebook, *files_within(PACKAGE)]
    named = map(Path, resolve_files(settings, Path.cwd()).values())
    read += [path for path in named if path.is_file()]
    given = settings.model_dump(exclude={"run_dir"})
    made_of = [given, package_versions(), files_digest(read), source_digest(settings)]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def unchanged_page(report: Report, settings: ReportSettings, root: Path) -> Path | None:
    """Return the page of the last published run if nothing that it was made of has changed.

    Parameters
    ----------
    report : Report
    settings : ReportSettings
    root : Path
        Project root.
    """
    latest = (root / "outputs" / report.name / "latest").resolve()
    page = latest / f"{report.name}.html"
    known = read_manifest(latest).get("inputs")
    if known is None:
        return None
    now = inputs_digest(settings, root / "notebooks" / report.notebook)
    return page if known == now and page.exists() else None
