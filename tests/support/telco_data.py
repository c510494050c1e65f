"""The Telco customers as each side of the comparison sees them, followed from their first month."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.core.calendar import month_number, month_start
from workbench.data.book import Book
from workbench.data.contracts.subscriptions import subscriptions
from workbench.data.load import load_book
from workbench.features.at_risk import future_rows
from workbench.features.design import Design, build_design, fit_coding
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data

PROJECT = Path(__file__).parents[1]
LAST_MONTH = 72


@dataclass(frozen=True)
class Telco:
    """Customers in the order of the file, with one fold each.

    Parameters
    ----------
    customers : DataFrame
        customerID, fold (0 to 4), tenure in months (1 to 72), left (bool).
    covariates : DataFrame of float
        What the peers see: numbers, and indicators of every level but one.
    book : Book
        What the workbench sees.
    data : HazardData
    """

    customers: pd.DataFrame
    covariates: pd.DataFrame
    book: Book
    data: HazardData


def public_file(name: str) -> Path:
    """Return a public data file's path; WORKBENCH_PUBLIC_DATA may name another folder."""
    folder = os.environ.get("WORKBENCH_PUBLIC_DATA", PROJECT.parent / "shared" / "data")
    return Path(folder) / name


def load_telco() -> Telco:
    """Read the file twice: as a table for the peers, through the mapping for the workbench."""
    raw = pd.read_csv(public_file("telco.csv"))
    raw = raw.merge(pd.read_csv(public_file("telco_folds.csv")), on="customerID")
    customers = raw[["customerID", "fold", "tenure"]].assign(left=raw["Churn"] == "Yes")
    dropped = [*customers.columns.drop("left"), "Churn", "TotalCharges"]
    # "No internet service" stands in six columns beside InternetService: a singular matrix.
    answers = raw.drop(columns=dropped).replace(r"^No (internet|phone) service$", "No", regex=True)
    covariates = pd.get_dummies(answers, drop_first=True).astype(float)
    book = load_book(public_file("telco.csv"), mapping="telco")
    return Telco(customers, covariates, book, hazard_data(book, DataSpecification(groups=())))


def fold_designs(telco: Telco, fold: int, *, curves: bool = False) -> tuple[Design, Design]:
    """Return the design of the training customers and that of the test customers' 72 months.

    The coding is learnt from the training customers alone. Test customers stand in the order of
    `telco.customers`. Signals read off the contracts stay out: the chain of terms is assumed, and
    nothing in it is known when a first contract begins.
    """
    data, rows = telco.data, telco.data.rows
    members = telco.customers["fold"] == fold
    test = telco.customers.loc[members, "customerID"]
    train = telco.customers.loc[~members, "customerID"]
    attributes = list(data.attributes)
    seen = rows[rows["account_id"].isin(train)]
    coding = fit_coding(seen, [], attributes, [], curves=curves)
    months = first_months(telco.book.frame("contracts"), data.as_of)
    position = pd.Series(np.arange(len(test)), index=test)
    months["place"] = months["account_id"].map(position)
    months = months.dropna(subset="place").sort_values(["place", "month"])
    known = rows.drop_duplicates("account_id")[["account_id", *attributes]]
    months = months.merge(known, on="account_id", how="left")
    return build_design(seen, coding), build_design(months, coding)


def first_months(contracts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Lay out the first 72 months of every customer as if its first contract had just begun.

    Nothing that became known later than that start is in them: neither tenure nor outcome.
    """
    first = contracts.sort_values(["account_id", "start_on"]).drop_duplicates("account_id")
    start = month_number(as_of) - 1
    term = month_number(first["end_on"]) - month_number(first["start_on"])
    ends = [pd.NaT if pd.isna(months) else month_start(start + int(months)) for months in term]
    fresh = first.assign(
        start_on=month_start(start),
        end_on=pd.array(ends, dtype="datetime64[us]"),
        ended_on=pd.array([pd.NaT] * len(first), dtype="datetime64[us]"),
        previous_contract_id=None,
    )
    fresh["start_on"] = fresh["start_on"].astype("datetime64[us]")
    chains = subscriptions(fresh, as_of)
    return future_rows(chains.spans, chains.terms, as_of, LAST_MONTH)


def outcome(customers: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return who left, and after how many months each left or was last seen."""
    return customers["left"].to_numpy(bool), customers["tenure"].to_numpy(float)
