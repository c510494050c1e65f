"""Contracts as known on a date, and those of them that can stand on a time line."""

from __future__ import annotations

import pandas as pd

_TEXT = ("contract_id", "account_id", "product", "currency", "end_reason", "previous_contract_id")
_DATES = ("start_on", "end_on", "ended_on", "signed_on")
_NUMBERS = ("arr", "entitlement", "notice_days")


def known_contracts(
    contracts: pd.DataFrame, as_of: pd.Timestamp, *, unsigned_ahead: bool = False
) -> pd.DataFrame:
    """Return the contracts known before a date, without ends that were not known yet.

    A contract is known when it was signed, or when it started if no signature is given. All
    canonical columns are present in the result, with their canonical types.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts; optional columns may be absent.
    as_of : Timestamp
        What was signed, or ended, on this day or later is not known.
    unsigned_ahead : bool
        Whether a contract without a signature is known before it starts. True of today's data
        alone, which could not hold it otherwise: on an earlier day it may not have been there.
    """
    full = contracts.reindex(columns=[*_TEXT, *_DATES, *_NUMBERS, "auto_renew"])
    full = full.astype(dict.fromkeys(_DATES, "datetime64[us]"))
    known_on = full["signed_on"].fillna(full["start_on"])
    known = (known_on < as_of) | known_on.isna() | (unsigned_ahead & full["signed_on"].isna())
    full = full[known].reset_index(drop=True)
    ended = full["ended_on"] < as_of
    text = {name: full[name].astype("str").where(full[name].notna(), "") for name in _TEXT}
    numbers = {name: full[name].astype("float64") for name in _NUMBERS}
    renews = full["auto_renew"].astype("boolean").fillna(False).astype(bool)
    full = full.assign(**text, **numbers, auto_renew=renews)
    return full.assign(
        ended_on=full["ended_on"].where(ended), end_reason=full["end_reason"].where(ended, "")
    )


def usable_contracts(known: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split off the contracts that cannot stand on a time line, each with its first reason.

    Parameters
    ----------
    known : DataFrame
        From `known_contracts`.

    Returns
    -------
    usable : DataFrame
        The others.
    problems : DataFrame
        contract_id and reason.
    """
    start = known["start_on"]
    checks = [
        ("no start date", start.isna()),
        ("its end is not after its start", known["end_on"] <= start),
        ("it stopped on or before its start, so it never ran", known["ended_on"] <= start),
        ("no yearly revenue", known["arr"].isna()),
        ("the contract_id occurs more than once", known["contract_id"].duplicated(keep=False)),
    ]
    reason = pd.Series("", index=known.index, dtype="str")
    for text, wrong in reversed(checks):
        reason = reason.mask(wrong, text)
    bad = reason != ""
    problems = pd.DataFrame({"contract_id": known["contract_id"][bad], "reason": reason[bad]})
    return known[~bad].reset_index(drop=True), problems
