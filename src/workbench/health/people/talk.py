"""What went to and fro with each contact: counts, answers and their speed, meetings, last seen."""

from __future__ import annotations

import pandas as pd

from workbench.data.words import words

INBOUND, OUTBOUND = "inbound", "outbound"
TALK_COLUMNS = [
    "wrote", "sent", "they_answer", "they_take_hours", "we_answer", "we_take_hours", "meetings",
    "last_seen",
]  # fmt: skip
_KINDS = dict.fromkeys(("message_id", "contact_id", "direction", "in_reply_to"), "object")


def talk_table(messages: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """Count what went to and fro with each contact.

    Parameters
    ----------
    messages : DataFrame
        The canonical table as known on the day.
    since : Timestamp
        Earlier messages count for `last_seen` alone.

    Returns
    -------
    DataFrame
        By contact_id: wrote and sent (messages from and to the contact, meetings and calls not
        among them), they_answer and we_answer (share of those that got an answer from the other
        side; missing where none was sent or the book links no answers), they_take_hours and
        we_take_hours (median time to the first answer), meetings (calls among them) and last_seen
        (the last time that the contact wrote or met us, on record).
    """
    names = ["message_id", "contact_id", "sent_at", "direction", "kind", "in_reply_to"]
    every = messages.reindex(columns=names).astype(_KINDS)
    every["met"] = every["kind"].astype("str").str.lower().isin(words("meetings"))
    named = every[every["contact_id"].notna()]
    seen = named[named["met"] | (named["direction"] == INBOUND)]
    late = named[named["sent_at"] >= since]
    written = late[~late["met"]]
    out = pd.DataFrame(index=pd.Index(named["contact_id"].unique(), name="contact_id"))
    out["wrote"] = _count(written[written["direction"] == INBOUND], out.index)
    out["sent"] = _count(written[written["direction"] == OUTBOUND], out.index)
    answers = _first_answers(every, written)
    for direction, share, hours in (
        (OUTBOUND, "they_answer", "they_take_hours"),
        (INBOUND, "we_answer", "we_take_hours"),
    ):
        own = answers[answers["direction"] == direction].groupby("contact_id")["hours"]
        linked = answers["linked"].any()
        out[share] = (own.count() / own.size()).reindex(out.index) if linked else float("nan")
        out[hours] = own.median().reindex(out.index)
    out["meetings"] = _count(late[late["met"]], out.index)
    out["last_seen"] = seen.groupby("contact_id")["sent_at"].max().reindex(out.index)
    return out[TALK_COLUMNS]


def _count(rows: pd.DataFrame, contacts: pd.Index) -> pd.Series:
    return rows.groupby("contact_id").size().reindex(contacts, fill_value=0)


def _first_answers(every: pd.DataFrame, written: pd.DataFrame) -> pd.DataFrame:
    """Return what was written, with the hours to the other side's first answer, if any came."""
    answers = every[every["in_reply_to"].notna() & every["direction"].notna()]
    first = answers.groupby(["in_reply_to", "direction"], as_index=False)["sent_at"].min()
    turned = {INBOUND: OUTBOUND, OUTBOUND: INBOUND}
    first["direction"] = first["direction"].map(turned).astype("object")
    first = first.rename(columns={"in_reply_to": "message_id", "sent_at": "answered_at"})
    asked = written.merge(first, on=["message_id", "direction"], how="left")
    took = (asked["answered_at"] - asked["sent_at"]).dt.total_seconds() / 3_600
    return asked.assign(hours=took.where(took >= 0), linked=len(answers) > 0)
