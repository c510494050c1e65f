"""The people of an account: who speaks for us, who against, who is silent, and who is missing.

A stance stands on two things that a contact has said: the last NPS answer (9 and 10 promote, 6 and
less detract, after Reichheld 2003) and the tone of late texts. Where they disagree it is neutral.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.data.words import words
from workbench.health.people.talk import TALK_COLUMNS, talk_table

SUPPORTER, NEUTRAL, DETRACTOR, SILENT = "supporter", "neutral", "detractor", "silent"
AGAINST = "detractor decides"
TALK_MONTHS = 12  # of messages, meetings and answers to surveys
SILENT_MONTHS = 6  # without a word, a meeting or an answer
PROMOTES, DETRACTS = 9, 6  # NPS answers
ENOUGH_TEXTS = 2  # of one tone, and more than of the other
CONTACT_COLUMNS = [
    "account_id", "contact_id", "name", "role", *TALK_COLUMNS, "positive", "negative", "nps",
    "stance", "because",
]  # fmt: skip
_NO_SURVEYS = pd.DataFrame(
    {
        "contact_id": pd.Series(dtype="object"),
        "kind": pd.Series(dtype="object"),
        "taken_on": pd.Series(dtype="datetime64[us]"),
        "score": pd.Series(dtype="float64"),
    }
)
_NO_MESSAGES = pd.DataFrame({"sent_at": pd.Series(dtype="datetime64[us]")})
GAP_COLUMNS = ["account_id", "gap", "says"]


def contact_table(
    contacts: pd.DataFrame,
    messages: pd.DataFrame | None,
    surveys: pd.DataFrame | None,
    scored: pd.DataFrame,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Tell of each contact who is there what went to and fro, and where the contact stands.

    Parameters
    ----------
    contacts : DataFrame
        The canonical table as known on the day; whoever has left is left out.
    messages, surveys : DataFrame, optional
        Canonical tables as known on the day; None where the book has none.
    scored : DataFrame
        From `workbench.health.words.heard.read_tones`.
    as_of : Timestamp
        Today.

    Returns
    -------
    DataFrame
        account_id, contact_id, name, role (empty where not known), what `talk_table` tells of the
        last `TALK_MONTHS` months, positive and negative (late texts of that tone), nps (the last
        answer in those months), stance and because (a sentence); by account, those who decide
        first.
    """
    since = as_of - pd.DateOffset(months=TALK_MONTHS)
    table = _there(contacts, as_of)
    if messages is None:
        messages = _NO_MESSAGES
    table = table.join(talk_table(messages, since), on="contact_id")
    counts = ["wrote", "sent", "meetings"]
    table[counts] = table[counts].fillna(0).astype("int64")
    tones = scored.groupby(["contact_id", "tone"]).size().unstack(fill_value=0)
    known = tones.reindex(index=table["contact_id"], columns=["positive", "negative"]).fillna(0)
    table[["positive", "negative"]] = known.to_numpy("int64")
    answered = _answers(surveys, since).reindex(table["contact_id"]).set_axis(table.index)
    table["nps"] = answered["score"]
    seen = {"met": pd.to_datetime(table["last_seen"]), "answered": answered["taken_on"]}
    table["last_seen"] = pd.DataFrame(seen).max(axis=1)
    quiet = as_of - pd.DateOffset(months=SILENT_MONTHS)
    stances = [_stance(row, quiet) for row in table.to_dict("records")]
    table["stance"] = pd.Series([one for one, _ in stances], table.index, dtype="object")
    table["because"] = pd.Series([why for _, why in stances], table.index, dtype="object")
    order = table.assign(rank=~_decides(table["role"]), heard=-table["wrote"] - table["meetings"])
    order = order.sort_values(["account_id", "rank", "heard", "contact_id"], ignore_index=True)
    return order[CONTACT_COLUMNS]


def gap_table(people: pd.DataFrame, accounts: list[str]) -> pd.DataFrame:
    """Tell who is missing at an account, or stands in the way.

    Parameters
    ----------
    people : DataFrame
        From `contact_table`.
    accounts : list of str
        To be told of, in this order.

    Returns
    -------
    DataFrame
        account_id, gap (no contact, no sponsor, one person only, silence, detractor decides) and
        says (a sentence).
    """
    own = dict(tuple(people.groupby("account_id")))
    roles = bool((people["role"] != "").any())
    rows = [(key, *gap) for key in accounts for gap in _gaps(own.get(key), roles)]
    return pd.DataFrame(rows, columns=GAP_COLUMNS)


def _there(contacts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    names = ["account_id", "contact_id", "name", "role"]
    table = contacts.reindex(columns=[*names, "left_on"])
    table = table[~(pd.to_datetime(table["left_on"]) < as_of)][names]
    for name in ("name", "role"):
        table[name] = table[name].astype("object").where(table[name].notna(), "")
    return table


def _gaps(people: pd.DataFrame | None, roles: bool) -> list[tuple[str, str]]:
    if people is None:
        return [("no contact", "Nobody there is on record: ask whom to talk to.")]
    found = []
    if roles and not people["role"].str.lower().isin(words("sponsors")).any():
        found.append(("no sponsor", "No sponsor is on record: find who pays and why."))
    heard = people[people["stance"] != SILENT]
    if heard.empty:
        found.append(("silence", f"Nobody there was heard of in {SILENT_MONTHS} months."))
    elif len(heard) == 1:
        name = heard["name"].iloc[0] or heard["contact_id"].iloc[0]
        found.append(("one person only", f"Only {name} talks to us: win a second one."))
    against = people[(people["stance"] == DETRACTOR) & _decides(people["role"])]
    found += [
        (
            "detractor decides",
            f"{row.name or row.contact_id} ({row.role}) is against us: {row.because}",
        )
        for row in against.itertuples(index=False)
    ]
    return found


def _decides(role: pd.Series) -> pd.Series:
    return role.str.lower().isin({*words("deciders"), *words("sponsors")})


def _answers(surveys: pd.DataFrame | None, since: pd.Timestamp) -> pd.DataFrame:
    """Return the last NPS answer of each contact."""
    known = _NO_SURVEYS if surveys is None or "contact_id" not in surveys else surveys
    own = known[known["contact_id"].notna() & (known["kind"] == "nps")]
    own = own[own["taken_on"] >= since].sort_values("taken_on")
    return own.drop_duplicates("contact_id", keep="last").set_index("contact_id")[
        ["taken_on", "score"]
    ]


def _stance(row: dict[str, Any], quiet: pd.Timestamp) -> tuple[str, str]:
    last = row["last_seen"]
    if pd.isna(last):
        return SILENT, "Never heard of."
    if last < quiet:
        return SILENT, f"Last heard of on {last.date()}."
    nps, good, bad = row["nps"], row["positive"], row["negative"]
    votes = []
    if not np.isnan(nps):
        side = 1 if nps >= PROMOTES else -1 if nps <= DETRACTS else 0
        votes.append((side, f"NPS answer {nps:.0f}"))
    if max(good, bad) >= ENOUGH_TEXTS and good != bad:
        votes.append((1 if good > bad else -1, f"{good} positive and {bad} negative texts"))
    sides = {side for side, _ in votes if side}
    because = f"{', '.join(why for _, why in votes)}." if votes else "Nothing said either way."
    if sides == {1}:
        return SUPPORTER, because
    return (DETRACTOR, because) if sides == {-1} else (NEUTRAL, because)
