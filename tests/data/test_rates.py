"""Several currencies: converted by stated rates, or refused before anything is added up."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import DataError
from workbench.data.audit.audit import audit
from workbench.data.book import Book
from workbench.data.load import book_from_frames, load_book

ACCOUNTS = pd.DataFrame({"account_id": ["a", "b", "c"]})
CONTRACTS = pd.DataFrame(
    {
        "contract_id": ["c1", "c2", "c3"],
        "account_id": ["a", "b", "c"],
        "product": "core",
        "start_on": "2024-01-01",
        "arr": [100.0, 200.0, 300.0],
        "currency": ["EUR", "usd", "EUR"],
    }
)
RATES = pd.DataFrame({"currency": ["USD"], "to": ["EUR"], "rate": ["0.5"]})


def book(rates: pd.DataFrame | None = None, mapping=None, **tables) -> Book:
    frames = {"accounts": ACCOUNTS, "contracts": CONTRACTS} | tables
    return book_from_frames(frames | ({} if rates is None else {"rates": rates}), mapping)


def amounts(found: Book) -> list[tuple[float, str]]:
    contracts = found.frame("contracts")
    return list(zip(contracts["arr"], contracts["currency"], strict=True))


def test_several_currencies_are_refused_with_the_way_out() -> None:
    with pytest.raises(DataError) as error:
        book()
    text = str(error.value)
    assert "several currencies, which may not be added" in text
    assert "EUR (2 contracts, first c1), USD (1 contracts, first c2)" in text
    assert "rates: {to: EUR, per_unit: {USD: 0.92}}" in text
    assert "table `rates` of the source with the columns currency, to and rate" in text


def test_a_table_of_rates_converts_and_is_told() -> None:
    found = book(RATES)
    assert amounts(found) == [(100.0, "EUR"), (100.0, "EUR"), (300.0, "EUR")]
    assert "rates" not in found.ignored
    assert "Money is converted to EUR at fixed rates: USD at 0.5." in audit(found).findings


def test_names_of_rates_may_be_in_capitals(tmp_path) -> None:
    named = {"accounts": ACCOUNTS, "contracts": CONTRACTS, "RATES": RATES.rename(columns=str.upper)}
    for name, frame in named.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    found = load_book(tmp_path)
    assert amounts(found) == [(100.0, "EUR"), (100.0, "EUR"), (300.0, "EUR")]
    assert found.ignored == ()


def test_rates_of_the_mapping_alone_are_a_mapping_and_come_first(tmp_path) -> None:
    file = tmp_path / "rates.yaml"
    file.write_text("rates: {to: usd, per_unit: {EUR: 2}}\n")
    found = book(RATES, file)
    assert amounts(found) == [(200.0, "USD"), (200.0, "USD"), (600.0, "USD")]
    assert found.ignored == ("rates",)


def test_rates_lie_beside_the_other_files(tmp_path) -> None:
    for name, frame in {"accounts": ACCOUNTS, "contracts": CONTRACTS, "rates": RATES}.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    assert amounts(load_book(tmp_path))[1] == (100.0, "EUR")
    assert load_book(tmp_path).fingerprint == book(RATES).fingerprint
    assert book(RATES).fingerprint != book(RATES.assign(rate="0.6")).fingerprint


def test_amounts_without_a_currency_are_in_that_of_the_accounts_contracts() -> None:
    opportunities = pd.DataFrame(
        {
            "opportunity_id": ["o1", "o2", "o3"],
            "account_id": ["a", "b", "prospect"],
            "kind": "new_logo",
            "stage": "open",
            "opened_on": "2024-05-01",
            "amount": [10.0, 10.0, 10.0],
        }
    )
    found = book(RATES, opportunities=opportunities).frame("opportunities")
    assert found["amount"].tolist() == [10.0, 5.0, 10.0]
    assert found["opportunity_id"].tolist() == ["o1", "o2", "o3"]


def test_one_currency_needs_no_rates_and_a_gap_takes_the_one_stated() -> None:
    one = CONTRACTS.assign(currency=["EUR", None, "eur"])
    found = book(contracts=one)
    assert found.frame("contracts")["arr"].tolist() == [100.0, 200.0, 300.0]
    sentence = "1 of 3 contracts state no currency (first: c2) and are counted in EUR, the only one"
    assert any(sentence in finding for finding in audit(found).findings)
    assert not any("no currency" in sentence for sentence in audit(book(RATES)).findings)


def test_a_gap_among_several_currencies_is_refused_unless_stated(tmp_path) -> None:
    gap = CONTRACTS.assign(currency=["EUR", "usd", None])
    with pytest.raises(DataError, match=r"no currency is stated.*1 blank cells, first c3"):
        book(RATES, contracts=gap)
    file = tmp_path / "stated.yaml"
    file.write_text("currency: usd\n")
    assert amounts(book(RATES, file, contracts=gap))[2] == (150.0, "EUR")


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        (RATES.assign(currency="GBP"), "no rate for this currency; expected one of EUR, GBP"),
        (RATES.assign(rate="0,5"), "rates row 1, column rate: not a rate; expected above 0"),
        (RATES.assign(rate="-1"), "not a rate"),
        (RATES.assign(currency="EUR"), "not worth itself"),
        (pd.concat([RATES, RATES]), "rates row 2, column currency: a second rate"),
        (pd.concat([RATES, RATES.assign(currency="GBP", to="CHF")]), "another target"),
        (RATES.rename(columns={"to": "into"}), "rates, column to: column is missing"),
        (RATES[:0], "no data rows"),
    ],
)
def test_rates_that_cannot_be_used_are_refused_with_their_row(rates, expected) -> None:
    with pytest.raises(DataError, match=expected.replace(".", r"\.")):
        book(rates.reset_index(drop=True))


@pytest.mark.parametrize("rates", ["{to: EUR}", "{to: EUR, per_unit: {USD: 0}}", "{too: EUR}"])
def test_rates_of_a_mapping_are_checked(tmp_path, rates) -> None:
    file = tmp_path / "rates.yaml"
    file.write_text(f"rates: {rates}\n")
    with pytest.raises(DataError, match="The mapping is not valid"):
        book(None, file)
