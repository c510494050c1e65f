"""The tables `accounts` and `contracts`, as the company's books would have them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import dates, flags, keys, labels, until
from workbench.data.simulator.contract_writer import AMENDED, OPEN_ENDED, RENEWED
from workbench.data.simulator.names import company_names, person_names
from workbench.data.simulator.observed_window import ObservedWindow
from workbench.data.simulator.true_process import INDUSTRIES, PRODUCTS, REASONS, REGIONS, SEGMENTS

_REASON_WORDS = (*REASONS, "renewed", "amended")


def accounts_table(
    observed: ObservedWindow, contracts: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one row per account.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    contracts : DataFrame
        From `contracts_table`.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    people, keep = observed.people, observed.keep
    parent = people.parent[keep]
    parents = keys("P", int(people.parent.max()) + 1, 5)
    owners = person_names(int(people.owner.max()) + 1, np.random.default_rng(7))
    first_signed = contracts.groupby("account_id")["signed_on"].agg("min")
    signed = pd.Series(first_signed).reindex(observed.account_key)
    # A prospect is known for some time before it signs.
    courting = rng.integers(10, 100, len(keep)).astype("timedelta64[D]")
    staff = people.staff[keep].astype("float64")
    staff[rng.random(len(keep)) < 0.08] = np.nan
    industry = np.where(rng.random(len(keep)) < 0.03, -1, people.industry[keep])
    return pd.DataFrame(
        {
            "account_id": observed.account_key,
            "name": company_names(parent, rng),
            "parent_id": labels(parents, parent),
            "industry": labels(INDUSTRIES, industry),
            "segment": labels(SEGMENTS, people.segment[keep]),
            "region": labels(REGIONS, people.region[keep]),
            "owner": labels(owners, people.owner[keep]),
            "employees": staff,
            "created_on": signed.to_numpy() - courting,
        }
    )


def contracts_table(
    observed: ObservedWindow, rows: dict[str, np.ndarray]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return one row per contract, and the key of each opportunity's first contract ('' without).

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    rows : dict of str to ndarray
        Contracts as they were written, by column.
    """
    position = np.full(observed.offered.size, -1)
    position[observed.subs] = observed.sub_account
    kept = np.flatnonzero(position[rows["sub"]] >= 0)
    # Keys follow the order of signing, so that a chain's first contract has its lowest key.
    kept = kept[np.lexsort((kept, rows["start"][kept]))]
    rank = np.full(len(rows["sub"]), -1)
    rank[kept] = np.arange(len(kept))
    sub = rows["sub"][kept]
    key = keys("C", len(kept), 7)
    previous = rows["previous"][kept]
    reason = rows["reason"][kept]
    code = np.select(
        [reason == RENEWED, reason == AMENDED], [len(REASONS), len(REASONS) + 1], reason
    )
    end, ended = rows["end"][kept], rows["ended"][kept]
    table = pd.DataFrame(
        {
            "contract_id": key,
            "account_id": labels(observed.account_key, position[sub]),
            "product": labels(PRODUCTS, observed.offered.product[sub]),
            "start_on": dates(rows["start"][kept]),
            "end_on": dates(np.where(end == OPEN_ENDED, np.iinfo("int64").min, end)),
            "arr": rows["arr"][kept],
            "currency": labels(("EUR",), np.zeros(len(kept))),
            "ended_on": dates(until(ended, observed.end_day)),
            "end_reason": labels(_REASON_WORDS, code),
            "previous_contract_id": labels(key, np.where(previous >= 0, rank[previous], -1)),
            "entitlement": rows["entitlement"][kept],
            "auto_renew": flags(observed.offered.auto_renew[sub]),
            "notice_days": observed.offered.notice_days[sub].astype("float64"),
            "signed_on": dates(rows["signed"][kept]),
        }
    )
    first = np.full(observed.offered.size, -1)
    first[sub[::-1]] = np.arange(len(kept))[::-1]
    return table, first
