"""Files that people write are read with their lines; hostile ones are refused at once."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import pytest

from workbench.apps.parameter_files import read_settings
from workbench.apps.reports import REPORTS
from workbench.core.errors import DataError, ParameterError
from workbench.core.marked_file import DEEPEST, MOST_NODES, mark, read_marked
from workbench.data.source.mapping.file import load_mapping
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.plan.file import read_plan
from workbench.plans.plan.measured import read_estimates
from workbench.plans.plan.saved import plan_names

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{to}: &{to} [{', '.join([f'*{of}'] * 9)}]\n"
    for of, to in zip("abcdefgh", "bcdefghi")  # noqa: B905
)
HOSTILE = {
    "bomb": BOMB,
    "one alias": "base: &b {x: 1}\nother: *b\n",
    "merge": "base: &b {x: 1}\nother: {<<: *b}\n",
    "circle": "a: &a [*a]\n",
    "deep": "[" * 100_000,
    "deep blocks": "- " * 20_000 + "x",
    "wide": "- x\n" * (MOST_NODES + 1),
    "large": "x: " + "y" * 6_000_000,
    "no YAML": "a: [1,\n",
    "control": "a: \x07",
    "tag": "a: !!python/object/apply:os.system [echo]",
    "two documents": "a: 1\n---\nb: 2\n",
    "twice": "a: 1\nb: 2\na: 3\n",
}
READERS = {
    "mapping": load_mapping,
    "plan": lambda path: read_plan(path, read_catalogue()),
    "catalogue": read_catalogue,
    "estimates": read_estimates,
    "parameters": lambda path: read_settings(REPORTS["renewals"], path.parent, path, []),
}


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "own.yaml"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_every_reader_refuses_it_at_once(file: Path, reader: str, kind: str) -> None:
    file.write_text(HOSTILE[kind])
    begun = time.monotonic()
    with pytest.raises((DataError, ParameterError), match=r"own\.yaml"):
        READERS[reader](file)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (BOMB, "x.yaml line 2: not accepted; found *a stands for another part; write the part out"),
        ("a:\n  b: &b 1\n  c: *b", "x.yaml line 3: not accepted; found *b stands for another"),
        ("\n" + "[" * 99, f"x.yaml line 2: not accepted; found more than {DEEPEST} parts inside"),
        ("a: 1\nb:\n  c: 1\n  c: 2", "x.yaml line 4: c is given twice; expected each key once"),
    ],
)
def test_the_line_is_named(text: str, problem: str) -> None:
    with pytest.raises(DataError) as caught:
        mark(text, "x.yaml", "Not read.")
    assert problem in str(caught.value)


def test_deep_json_is_refused_too() -> None:
    with pytest.raises(DataError, match=f"more than {DEEPEST} parts"):
        mark("[" * 100_000 + "]" * 100_000, "x.json", "Not read.")


def test_what_people_write_is_read() -> None:
    nested = "\n".join(f"{'  ' * n}level{n}:" for n in range(DEEPEST - 2))
    assert mark(nested, "x.yaml", "").content
    text = "on: no\nday: 2026-01-31\nmark: &unused x\n"
    assert mark(text, "x.yaml", "").content == {"on": "no", "day": date(2026, 1, 31), "mark": "x"}
    as_parameters = mark(text.replace("on:", "smoke:"), "x.yaml", "", parameters=True).content
    assert as_parameters == {"smoke": False, "day": "2026-01-31", "mark": "x"}
    assert mark('{"a":1,\n\t"b": "x\\u0001y"}', "x.json", "").content == {"a": 1, "b": "x\x01y"}


def test_what_is_no_readable_file_is_said(tmp_path) -> None:
    for path, phrase in (
        (tmp_path, "cannot be read; found Is a directory"),
        (tmp_path / "gone.yaml", "cannot be read; found No such file"),
    ):
        with pytest.raises(DataError, match=phrase):
            read_marked(path, "Not read.")


def test_odd_entries_of_a_folder_of_plans_stop_nobody(tmp_path) -> None:
    (tmp_path / "good.yaml").write_text("version: 1\nname: Keep\naccounts: [A1]\n")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "dangling.yaml").symlink_to(tmp_path / "gone")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "unreadable.yaml").write_text("name: Secret")
    (tmp_path / "unreadable.yaml").chmod(0)
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    os.mkfifo(tmp_path / "pipe.yaml")
    for kind, text in HOSTILE.items():
        (tmp_path / f"{kind}.yaml").write_text(text)
    found = plan_names(tmp_path)
    assert found["Keep"] == tmp_path / "good.yaml"
    assert set(found) <= {"Keep", "Secret"}  # root may read what is unreadable


def test_a_parameter_is_told_with_its_file_and_line(tmp_path) -> None:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "base.yaml").write_text("seed: 1\ndraws: 3\n")
    (tmp_path / "params" / "renewals.yaml").write_text("# mine\nhorizn_months: 3\nchains: '2'\n")
    with pytest.raises(ParameterError) as caught:
        read_settings(REPORTS["renewals"], tmp_path, None, ["seed=-1", "groups=[a, 3]"])
    assert str(caught.value).splitlines()[1:] == [
        "  - base.yaml line 2, draws: out of range; expected a whole number from 50 to 100000; "
        "found 3 (int).",
        "  - renewals.yaml line 3, chains: wrong type; expected a whole number from 2 to 16; found "
        "'2' (str). Write it without quotes.",
        "  - seed: out of range; expected a whole number from 0 to 4294967295; found -1 (int).",
        "  - groups: wrong type; expected a list of texts, or null; found 3 (int). "
        "Write it in quotes.",
        "  - renewals.yaml line 2, horizn_months: unknown parameter; found 3 (int). Did you mean "
        "horizon_months?",
    ]


def test_an_assignment_is_read_by_the_same_rules(tmp_path) -> None:
    (tmp_path / "params").mkdir()
    with pytest.raises(ParameterError, match=r"groups: value is not YAML: \*a stands for another"):
        read_settings(REPORTS["renewals"], tmp_path, None, ["groups=[&a x, *a]"])


def test_faults_below_keys_of_the_file_s_own_name_them(file: Path) -> None:
    file.write_text(
        "tables:\n  accounts:\n    from: a\n    columns:\n      name: {colum: x}\n"
        "  contracts:\n    form: c\n    columns: {}\n"
    )
    with pytest.raises(DataError) as caught:
        load_mapping(file)
    assert str(caught.value).splitlines()[1:] == [
        "  - own.yaml line 5, tables.accounts.columns.name.colum: unknown key. Did you mean "
        "column?",
        "  - own.yaml line 6, tables.contracts.from: missing.",
        "  - own.yaml line 7, tables.contracts.form: unknown key. Did you mean from?",
    ]
