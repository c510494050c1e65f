"""Make the books, let the methods forecast, score: `make bench-nrr`; see README.md."""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
from page import as_markdown, measured_on, put

from nrr import boosting, ours, rivals
from nrr.company import simulate
from nrr.folders import HORIZONS, truth_of, write_book
from nrr.processes import PROCESSES
from nrr.scores import score_accounts, score_chance, score_quantiles, table_of

PAGE = "nrr.md"
WORKBENCH = "workbench"
CHANCE = "what chance leaves"
RIVALS = {
    "trailing": rivals.trailing,
    "trailing with its spread": rivals.trailing_spread,
    "ETS": rivals.smoothed,
}


def main() -> None:
    """Read the arguments and run what was asked."""
    parser = argparse.ArgumentParser(prog="python -m nrr", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("outputs/nrr"))
    parser.add_argument("--books", type=int, default=12, help="of each process")
    parser.add_argument("--first", type=int, default=0, help="seed of the first book")
    parser.add_argument("--customers", type=int, default=400)
    parser.add_argument("--futures", type=int, default=20, help="drawn from each book's state")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only-books", action="store_true", help="write the tables and stop")
    parser.add_argument("--quantiles", type=Path, help="score this table of another method too")
    parser.add_argument("--no-page", action="store_true", help="print, and leave docs as they are")
    chosen = parser.parse_args()
    began = time.perf_counter()
    names = make_books(chosen)
    if chosen.only_books:
        return
    with ProcessPoolExecutor(chosen.workers) as pool:
        parts = list(pool.map(forecast, [chosen.folder / "books" / name for name in names]))
    quantiles, accounts = (
        pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)
    )
    quantiles.to_csv(chosen.folder / "quantiles.csv", index=False)
    accounts.to_csv(chosen.folder / "accounts.csv", index=False)
    if chosen.quantiles:
        other = pd.read_csv(chosen.quantiles).assign(method=chosen.quantiles.stem)
        quantiles = pd.concat([quantiles, other[other["book"].isin(names)]], ignore_index=True)
    text = report(chosen, quantiles, accounts, time.perf_counter() - began)
    print(text)
    if not chosen.no_page:
        put(PAGE, "nrr", text)


def make_books(chosen: argparse.Namespace) -> list[str]:
    """Write books and truth; return the books' names."""
    names, truths, leavers = [], [], []
    for process in PROCESSES:
        for seed in range(chosen.first, chosen.first + chosen.books):
            name = f"{process.name}-{seed}"
            company = simulate(process, seed, chosen.customers, chosen.futures)
            write_book(company, chosen.folder / "books" / name)
            truth, left = truth_of(company.revenue)
            truths.append(truth.assign(book=name))
            leavers.append(left.assign(book=name))
            names.append(name)
    pd.concat(truths).to_csv(chosen.folder / "truth.csv", index=False)
    pd.concat(leavers).to_csv(chosen.folder / "truth_accounts.csv", index=False)
    return names


def forecast(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let every method forecast one book; return quantiles and accounts, with book and method."""
    own, own_accounts = ours.forecast(folder)
    tables = {name: method(folder) for name, method in RIVALS.items()} | {WORKBENCH: own}
    accounts = {"gradient boosting": boosting.chances(folder), WORKBENCH: own_accounts}
    return _stacked(tables, folder.name), _stacked(accounts, folder.name)


def report(
    chosen: argparse.Namespace, quantiles: pd.DataFrame, accounts: pd.DataFrame, seconds: float
) -> str:
    """Score everything and return the page's tables."""
    truth = pd.read_csv(chosen.folder / "truth.csv")
    left = pd.read_csv(chosen.folder / "truth_accounts.csv")
    scores = pd.concat(
        [
            score_quantiles(part, truth).assign(method=method)
            for method, part in quantiles.groupby("method", sort=False)
        ]
        + [score_chance(truth).assign(method=CHANCE)]
    )
    scores["process"] = scores["book"].str.rsplit("-", n=1).str[0]
    scores.to_csv(chosen.folder / "scores.csv", index=False)
    brier = pd.concat(
        [
            score_accounts(part, left).assign(method=method)
            for method, part in accounts.groupby("method", sort=False)
        ]
    )
    brier["process"] = brier["book"].str.rsplit("-", n=1).str[0]
    by = brier.groupby(["process", "method"], sort=False)["brier"].mean().reset_index()
    parts = [
        f"{chosen.books} books of each process, about {chosen.customers} customers, "
        f"{chosen.futures} futures each; {seconds:.0f} s on {chosen.workers} workers."
    ]
    for months in HORIZONS[::-1]:
        parts += [f"After {months} months:", as_markdown(table_of(scores, months))]
    parts += ["Brier score of single customers, twelve months ahead:", as_markdown(by, 4)]
    return "\n\n".join([*parts, measured_on()])


def _stacked(tables: dict[str, pd.DataFrame], book: str) -> pd.DataFrame:
    return pd.concat(
        [table.assign(book=book, method=name) for name, table in tables.items()], ignore_index=True
    )


if __name__ == "__main__":
    main()
