"""Who may use the page, as what, and whose accounts they see."""

from __future__ import annotations

import stat

import pytest

from workbench.apps.planner.visitor import Visitor
from workbench.apps.served.access import Access, Logins
from workbench.apps.served.users import (
    User,
    UserList,
    hashed,
    is_right,
    owners_seen,
    read_users,
    write_users,
)
from workbench.core.errors import DataError, ParameterError

HERE = frozenset({"127.0.0.1:8866"})
ADA, BEN, CLEO, DAN = (Visitor(name, role) for name, role in (
    ("Ada", "lead"), ("Ben", "planner"), ("Cleo", "reader"), ("Dan", "lead")))  # fmt: skip
USERS = {
    "Ada": User(role="lead", team="north"),
    "Ben": User(team="north", owner="Ben Ode"),
    "Cleo": User(role="reader"),
    "Dan": User(role="lead"),
}


def test_a_password_is_known_by_its_hash_alone():
    one, other = hashed("correct horse"), hashed("correct horse")
    assert "correct" not in one and one != other
    assert is_right("correct horse", one) and is_right("correct horse", other)
    assert not is_right("correct horsf", one)
    assert not is_right("", "") and not is_right("correct horse", "")
    with pytest.raises(ParameterError, match="10 characters or more"):
        hashed("short")


def test_the_list_is_kept_for_its_owner_and_taken_up_as_it_changes(tmp_path, caplog):
    path = tmp_path / "users.yaml"
    write_users(path, USERS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    listed = UserList(path)
    assert listed() == USERS == read_users(path)
    write_users(path, {"Ben": None, "Eve": User(role="reader")})
    assert set(listed()) == {"Ada", "Cleo", "Dan", "Eve"}
    path.write_text("users: {Eve: {role: king}}")
    assert set(listed()) == {"Ada", "Cleo", "Dan", "Eve"}  # as it last was
    assert "king" in caplog.text
    with pytest.raises(DataError, match="king"):
        read_users(path)


@pytest.mark.parametrize(
    ("sight", "visitor", "owners"),
    [
        ("all", BEN, None),
        ("owner", BEN, {"Ben Ode"}),
        ("owner", ADA, {"Ada", "Ben Ode"}),  # a lead sees the team's
        ("owner", CLEO, {"Cleo"}),
        ("owner", DAN, None),  # a lead of no team: of all
        ("team", BEN, {"Ada", "Ben Ode"}),
        ("team", CLEO, {"Cleo"}),
        ("owner", Visitor("root", "lead"), None),  # by the token of this machine
    ],
)
def test_whose_accounts_somebody_sees(sight, visitor, owners):
    assert owners_seen(USERS, sight, visitor) == owners


def test_only_the_proxy_is_believed_and_only_of_those_on_the_list():
    access = Access(HERE, "", ADA, lambda: USERS, "x-user", frozenset({"10.0.0.1"}))
    assert access.by_proxy({"x-user": "Cleo"}, "10.0.0.1") == CLEO
    assert access.by_proxy({"x-user": "Cleo"}, "10.0.0.2") is None
    assert access.by_proxy({"x-user": "Eve"}, "10.0.0.1") is None
    assert access.by_proxy({}, "10.0.0.1") is None
    assert access.is_encrypted("http", {"x-forwarded-proto": "https"}, "10.0.0.1")
    assert not access.is_encrypted("http", {"x-forwarded-proto": "https"}, "10.0.0.2")
    nobody = Access(HERE, "", ADA, lambda: USERS)
    assert nobody.by_proxy({"": "Ada", "x-user": "Ada"}, "127.0.0.1") is None


def test_a_role_is_that_of_today():
    users = dict(USERS)
    access = Access(HERE, "", ADA, lambda: users)
    users["Ada"] = User(role="reader")
    assert access.current(ADA) == Visitor("Ada", "reader")
    del users["Ada"]
    assert access.current(ADA) is None


def test_a_login_ends():
    now = [0.0]
    logins = Logins(10.0, lambda: now[0])
    key, other = logins.begin(ADA), logins.begin(BEN)
    assert (logins.of(key), logins.of(other), logins.of("")) == (ADA, BEN, None)
    logins.end(other)
    assert logins.of(other) is None
    now[0] = 10.0
    assert logins.of(key) is None
