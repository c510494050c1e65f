"""The next contract of each account in words, made from the tables and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.plain_text import plain
from workbench.features.signals.catalogue import meaning_of
from workbench.forecast.leaving.risk import at_risk
from workbench.forecast.revenue.next_contracts import NextContracts
from workbench.report.amounts import money

MOST_FACTORS = 3


def contract_table(found: NextContracts, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return one row per account with its name, its main factors and its levers as text.

    Parameters
    ----------
    found : NextContracts
    accounts : DataFrame
        account_id and, where known, name.

    Returns
    -------
    DataFrame
        `found.accounts` with name (the key where there is none), factors and levers: at most three
        of each, the largest first, in thousands or millions; factors whose interval holds zero are
        left out.
    """
    named = accounts.set_index("account_id").reindex(columns=["name"])["name"]
    table = found.accounts
    name = named.reindex(table["account_id"]).to_numpy(dtype=object)
    clear = found.factors[found.factors["low"] * found.factors["high"] > 0]
    strongest = clear.loc[clear["contribution"].abs().sort_values(ascending=False).index]
    texts = {
        "factors": _joined(strongest, "driver", "contribution"),
        "levers": _joined(found.levers, "signal", "gain"),
    }
    ids = table["account_id"]
    contracts = table.assign(
        **{column: [text.get(one, "") for one in ids] for column, text in texts.items()}
    )
    contracts.insert(1, "name", pd.Series(name, dtype="object").fillna(contracts["account_id"]))
    return contracts


def next_contract_text(contracts: pd.DataFrame, prob: float, currency: str) -> str:
    """Say what the next contracts are worth together, and which account has most to lose.

    Parameters
    ----------
    contracts : DataFrame
        From `contract_table`.
    prob : float
        Probability inside the intervals.
    currency : str
        Code shown with amounts; may be empty.
    """
    due = contracts[contracts["due"] != ""]
    if due.empty:
        return "No account has a fixed term: there is no next contract to foresee."
    today, back, kept = (due[name].sum() for name in ("arr", "expected", "if_renewed"))
    risk = most_at_stake(due)
    text = (
        f"The next contracts of **{len(due)} accounts**, worth {money(today, currency)} today, are "
        f"expected to be worth **{money(kept, currency)}** if all renew, and "
        f"**{money(back, currency)}** with leaving counted as nothing. Most may be lost with "
        f"{plain(risk['name'])}: due {risk['due']}, it renews with {risk['renews']:.0%}, to "
        f"{money(risk['if_renewed'], currency)} if it does ({prob:.0%}: "
        f"{money(risk['if_renewed_low'])} to {money(risk['if_renewed_high'])})."
    )
    if (due["levers"] == "").all():
        return text + " No signal that the catalogue's actions move is in the model."
    return text + (
        " What a lever adds is what goes with the signal in the past, not what moving it would "
        "cause: an association until somebody measures it."
    )


def most_at_stake(contracts: pd.DataFrame) -> pd.Series:
    """Return the row of the account with most revenue at risk.

    Parameters
    ----------
    contracts : DataFrame
        From `contract_table`; at least one row.
    """
    risk = at_risk(contracts["arr"].to_numpy(), contracts["renews"].to_numpy())
    return contracts.iloc[int(np.argmax(risk))]


def _joined(table: pd.DataFrame, name: str, amount: str) -> dict[str, str]:
    pairs = zip(table[name], table[amount].astype("float64"), strict=True)
    due = [
        f"{meaning_of(what)} {'+' if value > 0 else '−'}{money(abs(value))}"
        for what, value in pairs
    ]
    text = pd.Series(due, table.index, dtype="object")
    grouped = text.groupby(table["account_id"], sort=False)
    return {str(one): "; ".join(parts.iloc[:MOST_FACTORS]) for one, parts in grouped}
