"""Settings, ``params/base.yaml`` and each notebook's parameters cell name the same knobs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import yaml
from pydantic import ValidationError

from workbench.apps.reports import REPORTS
from workbench.apps.write_parameters import base_text, cell_text, parameters_cell
from workbench.core.errors import ParameterError
from workbench.core.parameters import assigned_literals, describe_field, make_settings
from workbench.report.net_growth.settings import NetGrowthSettings
from workbench.report.renewals.settings import RenewalsSettings

ROOT = Path(__file__).parents[2]
EVERY_FIELD = {
    name: field.default
    for report in REPORTS.values()
    for name, field in report.settings.model_fields.items()
}


def test_base_file_is_written_from_the_classes():
    written = (ROOT / "params" / "base.yaml").read_text(encoding="utf-8")
    assert written == base_text(), "run make parameters"
    assert yaml.safe_load(written) == EVERY_FIELD


PARAMETERS = sorted({path.name for path in (ROOT / "params").glob("*.yaml")} - {"schedule.yaml"})


@pytest.mark.parametrize("file", PARAMETERS)
def test_parameter_files_are_accepted(file):
    values = yaml.safe_load((ROOT / "params" / file).read_text(encoding="utf-8"))
    if file != "base.yaml":
        make_settings(REPORTS.get(Path(file).stem, REPORTS["renewals"]), values)
    assert set(values) <= set(EVERY_FIELD)


@pytest.mark.parametrize("report", REPORTS.values(), ids=lambda report: report.name)
def test_notebook_has_the_settings_defaults(report):
    notebook = nbformat.read(ROOT / "notebooks" / report.notebook, as_version=4)
    cell = parameters_cell(notebook)
    assert cell.source == cell_text(report), "run make parameters"
    fields = report.settings.model_fields
    assert assigned_literals(cell.source) == {n: field.default for n, field in fields.items()}


@pytest.mark.parametrize("name", EVERY_FIELD)
def test_every_knob_is_described(name):
    for report in REPORTS.values():
        if name in report.settings.model_fields:
            field = report.settings.model_fields[name]
            assert field.description
            assert describe_field(field)


def test_settings_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        RenewalsSettings().seed = 1  # pyright: ignore


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("horizon_months", "24", "Write it without quotes"),
        ("horizon_months", 24.0, "expected a whole number from 1 to 36; found 24.0 (float)"),
        ("horizon_months", 37, "out of range"),
        ("horizon_months", None, "wrong type"),
        ("seed", True, "found True (bool)"),
        ("smoke", 1, "expected true or false"),
        ("target_accept", 1, "from 0.5 to 0.999"),
        ("interval_prob", 0.999999, "from 0.01 to 0.99"),
        ("interval_prob", 1e-9, "from 0.01 to 0.99"),
        ("max_rhat", float("nan"), "found nan"),
        ("groups", "industry", "expected a list of texts"),
        ("groups", ["industry", 3], "expected a list of texts"),
        ("as_of", "31-01-2026", "an ISO date such as 2026-01-31"),
        ("as_of", "2026-02-30", "an ISO date such as 2026-01-31"),
    ],
)
def test_wrong_value_is_refused_in_words(name, value, expected):
    with pytest.raises(ParameterError) as error:
        make_settings(REPORTS["renewals"], {name: value})
    assert f"{name}: " in str(error.value)
    assert expected in str(error.value)


def test_blank_text_means_unset():
    settings = make_settings(REPORTS["renewals"], {"as_of": None, "mapping": ""})
    assert (settings.as_of, settings.mapping) == ("", None)


def test_password_in_a_mistyped_parameter_is_masked():
    with pytest.raises(ParameterError) as error:
        make_settings(REPORTS["renewals"], {"sorce": "postgresql://ann:s3cret@db/crm"})
    assert "s3cret" not in str(error.value)


def test_a_grouping_and_level_may_be_written_without_quotes():
    """YAML reads `industry: Airlines` as a mapping, on the command line too."""
    settings = NetGrowthSettings(shock_where={"industry": "Airlines"})
    assert settings.shock_where == NetGrowthSettings(shock_where="industry: Airlines").shock_where
    assert NetGrowthSettings(shock_where=None).shock_where == ""
    with pytest.raises(ValidationError):
        NetGrowthSettings(shock_where={"industry": "Airlines", "region": "Americas"})
