"""No fragment of a password is shown, however an address is mistyped."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.apps import cli
from workbench.apps.manifest import describe_run
from workbench.apps.reports import REPORTS
from workbench.core.errors import WorkbenchError
from workbench.core.masking import has_password, mask_passwords, shown_source, without_secrets
from workbench.core.parameters import make_settings
from workbench.core.project import resolve_source
from workbench.data.source.open import open_source

# The password's parts are words that nothing else contains.
MALFORMED = (
    "postgresql://ann:zebra@yak@db/crm",
    "postgresql://ann:zebra@yak@walrus@db:5432/crm?sslmode=require",
    "postgresql://ann:zebra/yak@db/crm",
    "postgresql://ann:12/zebra@db/crm",
    "postgresql://ann:zebra?yak@db/crm",
    "postgresql://ann:12?zebra@db/crm",
    "postgresql://ann:zebra#yak@db/crm",
    "postgresql://ann:12#zebra@db/crm",
    "postgresql://ann:zebra yak@db/crm",
    "postgresql://ann:12 zebra@db/crm",
    "postgresql://ann:zebra'yak@db/crm",
    'postgresql://ann:zebra"yak@db/crm',
    "postgresql://ann:zebra%zzyak@db/crm",
    "postgresql://ann:zebra:yak@db/crm",
    "postgresql://ann:zebra[yak@db/crm",
    "postgresql://ann:zebra\\yak@db/crm",
    "postgresql://ann:zebra@db:port/crm",
    "postgresql://ann:zebra@[::1/crm",
    "postgresql://:zebra@yak@db",
    "postgresql://ann@corp.com:zebra@db/crm",
    "postgresql:/ann:zebra@db/crm",
    "postgresql:ann:zebra@db/crm",
    "postgres//ann:zebra@db/crm",
    "//ann:zebra@db/crm",
    "://ann:zebra@db/crm",
    "ann:zebra@db/crm",
    "postgresql://db/crm?user=ann&password=zebra@yak",
    "postgresql://db/crm?password=zebra yak@db",
    "host=db user=ann password=zebra",
    "host=db user=ann password='zebra yak'",
    "host=db user=ann password = 'zebra \\' yak' dbname=crm",
    "host=db user=ann password='zebra yak",
    'host=db user=ann password="zebra yak"',
    "jdbc:postgresql://ann:zebra@yak@db/crm",
)
WELL_FORMED = {
    "postgresql://ann:zebra@host:5432/crm": "postgresql://ann:***@host:5432/crm",
    "postgresql://ann:zebra%40yak@host/crm": "postgresql://ann:***@host/crm",
    "postgresql://ann@host/crm": "postgresql://ann@host/crm",
    "postgresql://h/crm?user=a&password=zebra": "postgresql://h/crm?user=a&password=***",
    "postgresql://h/crm?api_key=zebra": "postgresql://h/crm?api_key=***",
    "postgresql://h/crm?sslpassword=zebra&sslmode=require": (
        "postgresql://h/crm?sslpassword=***&sslmode=require"
    ),
    "postgresql://ann:zebra@a:1,b:2/crm": "postgresql://ann:***@a:1,b:2/crm",
    "postgresql://ann:zebra@[::1]:5432/crm": "postgresql://ann:***@[::1]:5432/crm",
    "postgresql://%2Frun%2Fpg/crm": "postgresql://%2Frun%2Fpg/crm",
    "https://zebra@host/crm": "https://***@host/crm",
    "https://host/crm?zebra": "https://host/crm?***",
    "https://host/crm?key=zebra#yak": "https://host/crm?key=***#***",
    "mysql://ann:zebra@host/crm": "mysql://ann:***@host/crm",
}
PATHS = ("data/folder", "C:\\data\\crm", "crm 2024.csv", "/srv/crm.duckdb", "simulated")


def leaks(text: str) -> list[str]:
    return [word for word in ("zebra", "yak", "walrus") if word in text]


@pytest.mark.parametrize("source", MALFORMED)
def test_nothing_of_an_unreadable_address_is_shown(source: str) -> None:
    assert has_password(source)
    for text in (shown_source(source), refusal(source)):
        assert leaks(text) == []
        assert "cannot be read" in text
    assert leaks(mistyped(source)) == []
    for text in (f"no answer from {source}: gone", source, f"a\n{source}\nb", repr(source)):
        assert leaks(mask_passwords(text)) == []


@pytest.mark.parametrize(("source", "shown"), WELL_FORMED.items())
def test_a_readable_address_is_shown_without_its_secrets(source: str, shown: str) -> None:
    assert shown_source(source) == shown
    assert has_password(source) is (source != shown)
    assert mask_passwords(f"no answer from {source}.") == f"no answer from {shown}."
    settings = make_settings(REPORTS["data_audit"], {"source": source})
    described = describe_run(REPORTS["data_audit"], settings, {}, Path(cli.__file__))
    assert described["parameters"]["source"] == shown
    assert leaks(mistyped(source)) == []


@pytest.mark.parametrize("source", PATHS)
def test_paths_are_shown_as_they_are(source: str) -> None:
    assert shown_source(source) == source and not has_password(source)
    assert mask_passwords(f"nothing in {source}, a file: {source}") == (
        f"nothing in {source}, a file: {source}"
    )


def test_a_file_whose_name_has_an_at_sign_is_a_file(tmp_path) -> None:
    path = tmp_path / "crm@2024.csv"
    path.write_text("a\n1\n")
    assert shown_source(path) == str(path)
    assert set(open_source(path).tables) == {"crm@2024"}


def test_the_name_of_a_variable_is_no_place_for_an_address(tmp_path) -> None:
    with pytest.raises(WorkbenchError, match="name of an environment variable") as caught:
        resolve_source("env:postgresql://ann:zebra@yak@db", tmp_path)
    assert leaks(str(caught.value)) == []


def test_what_others_say_loses_the_address_and_its_password() -> None:
    source = "postgresql://ann:zebra%40yak@db/crm?sslpassword=walrus"
    text = f"tried {source} with zebra@yak, zebra%40yak and walrus"
    assert without_secrets(text, source) == (
        "tried postgresql://ann:***@db/crm?sslpassword=*** with ***, *** and ***"
    )


@pytest.mark.parametrize("source", ["postgresql://ann:zebra@127.0.0.1:1/crm", MALFORMED[0]])
def test_a_password_on_the_command_line_is_warned_of(source, monkeypatch, capfd, tmp_path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params").mkdir()
    monkeypatch.chdir(tmp_path)
    for command in (["check", source], ["run", "data_audit", "-p", f"source={source}"]):
        monkeypatch.setattr("sys.argv", ["workbench", *command])
        with pytest.raises(SystemExit):
            cli.main()
        captured = capfd.readouterr()
        assert "shows the password of an address" in captured.err and "env:NAME" in captured.err
        assert leaks(captured.out + captured.err) == []


def test_no_warning_without_a_password(monkeypatch, capfd, tmp_path) -> None:
    monkeypatch.setattr("sys.argv", ["workbench", "check", str(tmp_path / "none")])
    with pytest.raises(SystemExit):
        cli.main()
    assert "password" not in capfd.readouterr().err


def refusal(source: str) -> str:
    with pytest.raises(WorkbenchError) as caught:
        open_source(source)
    return str(caught.value)


def mistyped(source: str) -> str:
    with pytest.raises(WorkbenchError) as caught:
        make_settings(REPORTS["data_audit"], {"sorce": source})
    return mask_passwords(str(caught.value))
