"""A notebook reads its parameters back, and stops when they are not what was meant."""

from __future__ import annotations

import pytest

from workbench.apps.reports import REPORTS
from workbench.core.errors import ParameterError
from workbench.core.parameters import read_parameters

DEFAULTS = {name: f.default for name, f in REPORTS["data_audit"].settings.model_fields.items()}
CELL = "\n".join(f"{name} = {value!r}" for name, value in DEFAULTS.items())
CALL = "settings = read_parameters(REPORT, globals())"


def namespace(*cells, **values):
    """What IPython's globals hold while the last of these cells runs."""
    machinery = {"In": ["", *cells], "Out": {}, "exit": 1, "quit": 1, "_i": "x", "__name__": "m"}
    return machinery | DEFAULTS | values


def refusal(names):
    with pytest.raises(ParameterError) as error:
        read_parameters(REPORTS["data_audit"], names)
    return str(error.value)


def test_defaults_pass():
    settings = read_parameters(REPORTS["data_audit"], namespace(CELL, CALL))
    assert settings.model_dump() == DEFAULTS


def test_all_problems_come_together():
    names = namespace(CELL, "max_lost_shar = 0.1", CALL, max_lost_shar=0.1, data_seed="1")
    del names["as_of"]
    message = refusal(names)
    assert (
        "max_lost_shar: unknown parameter; found 0.1 (float). Did you mean max_lost_share?"
        in message
    )
    assert "as_of: missing" in message
    assert "data_seed: wrong type" in message


def test_notebook_can_be_run_again_from_the_top():
    story = "title = 'Who leaves?'"
    names = namespace(CELL, CALL, "import os\n" + story, story, CELL, CALL, title="Who leaves?")
    names["In"].remove(story)
    assert read_parameters(REPORTS["data_audit"], names).max_lost_share == 0.05


def test_typing_error_is_found_when_run_again():
    names = namespace(CELL, CALL, "sorce = 'x'", CALL, sorce="x")
    assert "Did you mean source?" in refusal(names)


def test_number_that_yaml_calls_infinite_is_seen():
    injected = "# Parameters\nmax_lost_shar = float('inf')\n"
    names = namespace(CELL, injected, CALL, max_lost_shar=float("inf"))
    assert "Did you mean max_lost_share?" in refusal(names)


def test_outside_ipython_every_literal_counts():
    assert "Did you mean source?" in refusal(DEFAULTS | {"sorce": "x", "pytest": pytest})


def test_source_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("CRM_ADDRESS", "postgresql://ann:s3cret@db/crm")
    settings = read_parameters(REPORTS["data_audit"], DEFAULTS | {"source": "env:CRM_ADDRESS"})
    assert settings.source == "postgresql://ann:s3cret@db/crm"
    assert "s3cret" not in repr(settings)


def test_unset_environment_variable(monkeypatch):
    monkeypatch.delenv("CRM_ADDRESS", raising=False)
    message = refusal(DEFAULTS | {"source": "env:CRM_ADDRESS"})
    assert (
        "environment variable is not set; expected the source's address in CRM_ADDRESS" in message
    )


def test_relative_paths_are_found_here_then_in_the_project(tmp_path, monkeypatch):
    for folder in ("notebooks", "params", "crm"):
        (tmp_path / folder).mkdir()
    (tmp_path / "params" / "crm.yaml").touch()
    (tmp_path / "notebooks" / "here.csv").touch()
    monkeypatch.chdir(tmp_path / "notebooks")
    values = DEFAULTS | {"source": "crm", "mapping": "params/crm.yaml"}
    settings = read_parameters(REPORTS["data_audit"], values)
    assert settings.source == str(tmp_path / "crm")
    assert settings.mapping == str(tmp_path / "params" / "crm.yaml")
    here = read_parameters(
        REPORTS["data_audit"], DEFAULTS | {"source": "here.csv", "mapping": "telco"}
    )
    assert (here.source, here.mapping) == (str(tmp_path / "notebooks" / "here.csv"), "telco")


def test_papermill_s_own_parameters_are_known_and_no_others_of_the_kind():
    cell = "PAPERMILL_OUTPUT_PATH = 'out.ipynb'\nPAPERMILL_INPUT_PATHS = 'x'"
    names = namespace(
        CELL, cell, CALL, PAPERMILL_OUTPUT_PATH="out.ipynb", PAPERMILL_INPUT_PATHS="x"
    )
    message = refusal(names)
    assert "PAPERMILL_INPUT_PATHS: unknown parameter" in message
    assert "PAPERMILL_OUTPUT_PATH:" not in message
