"""People: counts both ways, answers and their speed, stances with their reason, gaps."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.health.people.stance import contact_table, gap_table
from workbench.health.people.talk import talk_table

TODAY = pd.Timestamp("2026-01-01")
SCORED = pd.DataFrame({"contact_id": [], "tone": []}, dtype="object")


def contacts(**given: list) -> pd.DataFrame:
    n = len(given["contact_id"])
    base = {
        "account_id": ["A"] * n,
        "name": [f"Ms {key}" for key in given["contact_id"]],
        "role": ["user"] * n,
        "joined_on": [pd.NaT] * n,
        "left_on": [pd.NaT] * n,
    }
    table = pd.DataFrame(base | given)
    return table.assign(left_on=pd.to_datetime(table["left_on"]))


def message(at: str, direction: str, answers: str | None = None, **more: str) -> dict[str, object]:
    row = {"contact_id": "K", "kind": "email", "account_id": "A"} | more
    return {**row, "sent_at": pd.Timestamp(at), "direction": direction, "in_reply_to": answers}


def messages(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{"message_id": f"M{at}"} | row for at, row in enumerate(rows)])


def known(people: pd.DataFrame, **rest: pd.DataFrame) -> pd.DataFrame:
    scored = rest.pop("scored", SCORED)
    given = {"messages": None, "surveys": None} | rest
    return contact_table(people, given["messages"], given["surveys"], scored, TODAY)


def test_answers_are_counted_both_ways_with_the_time_they_took() -> None:
    talk = talk_table(
        messages(
            message("2025-11-01 08:00", "outbound"),
            message("2025-11-01 12:00", "inbound", "M0"),
            message("2025-11-02 12:00", "inbound", "M0"),  # a second answer counts for nothing
            message("2025-11-03 08:00", "outbound"),
            message("2025-11-04 08:00", "outbound", "M1"),
            message("2025-11-05 08:00", "inbound", kind="meeting"),
            message("2020-01-01 08:00", "inbound"),
        ),
        pd.Timestamp("2025-01-01"),
    )
    [row] = talk.to_dict("records")
    assert (row["wrote"], row["sent"], row["meetings"]) == (2, 3, 1)
    assert (row["they_answer"], row["they_take_hours"]) == (pytest.approx(1 / 3), 4.0)
    assert (row["we_answer"], row["we_take_hours"]) == (0.5, 68.0)
    assert row["last_seen"] == pd.Timestamp("2025-11-05 08:00")


def test_without_links_between_messages_no_answer_is_told() -> None:
    talk = talk_table(messages(message("2025-11-01", "outbound")), pd.Timestamp("2025-01-01"))
    assert pd.isna(talk["they_answer"]).all()
    assert talk["sent"].tolist() == [1]


def test_a_stance_has_its_reason() -> None:
    keys = ["good", "bad", "torn", "calm", "quiet", "never"]
    heard = [message("2025-12-01", "inbound", contact_id=key) for key in keys[:4]]
    heard.append(message("2025-03-01", "inbound", contact_id="quiet"))
    surveys = pd.DataFrame(
        {"contact_id": ["good", "bad", "torn"], "score": [9, 6, 10], "kind": "nps",
         "taken_on": pd.Timestamp("2025-11-01")}
    )  # fmt: skip
    scored = pd.DataFrame({"contact_id": ["torn"] * 3, "tone": ["negative"] * 3})
    people = known(
        contacts(contact_id=keys), messages=messages(*heard), surveys=surveys, scored=scored
    )
    text = people.set_index("contact_id")
    assert text["stance"].to_dict() == {
        "good": "supporter", "bad": "detractor", "torn": "neutral", "calm": "neutral",
        "quiet": "silent", "never": "silent",
    }  # fmt: skip
    assert text.loc["torn", "because"] == "NPS answer 10, 0 positive and 3 negative texts."
    assert text.loc["quiet", "because"] == "Last heard of on 2025-03-01."
    assert text.loc["never", "because"] == "Never heard of."


def test_who_has_left_is_not_there_and_who_leaves_later_is() -> None:
    people = known(
        contacts(contact_id=["gone", "here"], left_on=[pd.Timestamp("2025-12-31"), TODAY])
    )
    assert people["contact_id"].tolist() == ["here"]


def test_an_answer_to_a_survey_is_a_word_too() -> None:
    surveys = pd.DataFrame(
        {
            "contact_id": ["K"],
            "score": [8.0],
            "kind": ["nps"],
            "taken_on": [pd.Timestamp("2025-12-24")],
        }
    )
    [row] = known(contacts(contact_id=["K"]), surveys=surveys).to_dict("records")
    assert (row["stance"], row["last_seen"]) == ("neutral", pd.Timestamp("2025-12-24"))


def test_gaps_name_who_is_missing_and_who_stands_in_the_way() -> None:
    people = contacts(
        contact_id=["a", "b", "c", "d"], account_id=["A", "A", "B", "C"],
        role=["Decision_Maker", "user", "sponsor", "sponsor"],
    )  # fmt: skip
    surveys = pd.DataFrame(
        {"contact_id": ["a", "c"], "score": [3.0, 9.0], "kind": "nps",
         "taken_on": pd.Timestamp("2025-12-24")}
    )  # fmt: skip
    gaps = gap_table(known(people, surveys=surveys), ["A", "B", "C", "D"])
    found = gaps.groupby("account_id")["gap"].agg(list).to_dict()
    assert found == {
        "A": ["no sponsor", "one person only", "detractor decides"],
        "B": ["one person only"],
        "C": ["silence"],
        "D": ["no contact"],
    }
    says = gaps.set_index("gap")["says"]
    assert says["detractor decides"] == "Ms a (Decision_Maker) is against us: NPS answer 3."


def test_where_no_role_is_on_record_no_sponsor_is_missed() -> None:
    people = contacts(contact_id=["a"], role=[None])
    gaps = gap_table(known(people), ["A"])
    assert gaps["gap"].tolist() == ["silence"]
    assert gap_table(known(people.head(0)), []).empty


def test_hostile_names_stay_text() -> None:
    name = "=cmd|'/c calc'!A1 <script>\u202eeman"
    people = known(contacts(contact_id=["a"], name=[name], role=["<b>boss"]))
    assert people["name"].tolist() == [name]
