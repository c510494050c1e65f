"""The simulator's promises: determinism, refusals, files."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from workbench.core.errors import ParameterError
from workbench.data.simulate import simulate, write
from workbench.data.simulator.true_process import TrueProcess

COLUMNS = {
    "accounts": "account_id name parent_id industry segment region owner employees created_on",
    "contracts": "contract_id account_id product start_on end_on arr currency ended_on end_reason "
    "previous_contract_id entitlement auto_renew notice_days signed_on",
    "usage": "account_id product month units active_users",
    "invoices": "invoice_id account_id issued_on due_on paid_on amount disputed",
    "tickets": "ticket_id account_id opened_at first_response_at closed_at severity csat "
    "escalated text",
    "surveys": "account_id contact_id taken_on kind score",
    "messages": "message_id account_id contact_id sent_at kind direction in_reply_to attendees "
    "text",
    "contacts": "contact_id account_id name role joined_on left_on",
    "opportunities": "opportunity_id account_id kind product stage amount opened_on closed_on won",
    "opportunity_stages": "opportunity_id stage entered_on",
    "account_events": "account_id on kind",
    "metrics": "account_id month metric value",
    "actions": "action_id account_id kind done_on hours cost",
}


@pytest.fixture(scope="module")
def small():
    return simulate(accounts=60, months=18, seed=4)


def test_every_canonical_table_with_its_columns(small):
    assert {name: list(table.columns) for name, table in small.tables.items()} == {
        name: columns.split() for name, columns in COLUMNS.items()
    }


def test_columns_have_the_canonical_types(small):
    for name, table in small.tables.items():
        for column, dtype in table.dtypes.items():
            assert str(dtype) in {"str", "datetime64[us]", "float64", "boolean"}, (name, column)


def test_same_arguments_give_the_same_tables(small):
    again = simulate(accounts=60, months=18, seed=4)
    for name, table in small.tables.items():
        assert_frame_equal(table, again.tables[name])
    assert_frame_equal(small.truth.accounts, again.truth.accounts)


def test_another_seed_gives_other_tables(small):
    other = simulate(accounts=60, months=18, seed=5)
    assert not small.tables["contracts"].equals(other.tables["contracts"])


def test_leaving_out_texts_changes_nothing_else(small):
    bare = simulate(accounts=60, months=18, seed=4, texts=False)
    for name, table in small.tables.items():
        if "text" in table:
            assert table["text"].notna().all()
            assert bare.tables[name]["text"].isna().all()
        assert_frame_equal(
            table.drop(columns="text", errors="ignore"),
            bare.tables[name].drop(columns="text", errors="ignore"),
        )


def test_one_account_is_a_company_too():
    assert len(simulate(accounts=1, months=6, seed=0).tables["accounts"]) == 1


def test_the_law_is_a_parameter():
    quiet = TrueProcess(theta=0.0, boundary=dict.fromkeys(TrueProcess().boundary, -30.0))
    book = simulate(accounts=40, months=12, seed=0, process=quiet)
    assert book.truth.accounts["running"].all()
    assert (book.truth.subscriptions["frailty"] == 1).all()


def test_the_truth_can_be_sent_to_another_process(small):
    assert pickle.loads(pickle.dumps(small.truth.process)) == small.truth.process


def test_all_wrong_parameters_are_named_together():
    with pytest.raises(ParameterError) as error:
        simulate(accounts=0, months=1000, seed=-1)
    assert str(error.value).splitlines() == [
        "The company cannot be simulated.",
        "  - accounts: out of range; expected a whole number from 1 to 10,000,000; found 0.",
        "  - months: out of range; expected a whole number from 6 to 240; found 1000.",
        "  - seed: out of range; expected a whole number, 0 or greater; found -1.",
    ]


def test_an_end_within_a_month_is_refused():
    with pytest.raises(ParameterError, match="end: not the first of a month; expected a date such"):
        simulate(accounts=5, months=6, end="2026-01-15")


def test_an_unknown_process_names_the_nearest():
    with pytest.raises(ParameterError, match="Did you mean hazard"):
        simulate(accounts=5, months=6, process="hazzard")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_written_tables_can_be_read_back(small, tmp_path, form):
    folder = write(small, tmp_path / "book", form)
    assert {file.name for file in folder.iterdir()} == {f"{name}.{form}" for name in COLUMNS}
    read = pd.read_csv if form == "csv" else pd.read_parquet
    contracts = read(folder / f"contracts.{form}")
    assert contracts["arr"].tolist() == small.tables["contracts"]["arr"].tolist()


def test_a_folder_with_something_in_it_is_left_alone(small, tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ParameterError, match="not an empty folder"):
        write(small, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_write_that_fails_leaves_nothing(small, tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", refuse)
    with pytest.raises(OSError, match="disk full"):
        write(small, tmp_path / "book")
    assert list(tmp_path.iterdir()) == []
