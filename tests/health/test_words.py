"""Words: what counts as a writer's own, phrases, themes, files that do not fit, hostile texts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from workbench.core.errors import DataError
from workbench.health.words.heard import (
    Listening,
    customers_texts,
    mood_table,
    read_tones,
    theme_table,
)
from workbench.health.words.own_text import MOST_LETTERS, own_text
from workbench.health.words.themes import themes_of
from workbench.health.words.tone import NEGATIVE, POSITIVE, UNSURE, WordTone
from workbench.health.words.word_lists import phrases, read_word_lists

LISTS = read_word_lists()
LISTENING = Listening(LISTS, WordTone(LISTS.tone), 0.6)
HOSTILE = (
    "<script>alert('price')</script>",
    "=HYPERLINK(\"http://x\", \"price\")",
    "\u202eecirp\u202c \u200f price",
    "price 😡😡 \x00\x1b[2J",
    "price " + "x" * 100_000,
    "(" * 50_000 + "price",
    "\n" * 60_000 + "price",
    "> " * 40_000,
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "We agree.\n\nOn Mon, 2 Feb 2026 at 10:11, Ann wrote:\n> not renewing",
        "We agree.\r\n-----Original Message-----\r\nFrom: Ann\r\nnot renewing",
        "We agree.\n\nVon: Ann\nGesendet: Montag\nnot renewing",
        "> not renewing\nWe agree.",
    ],
)
def test_what_others_wrote_before_is_not_read(text: str) -> None:
    assert own_text(text) == "We agree."


def test_a_forwarded_text_alone_is_read_and_a_long_one_is_cut() -> None:
    assert "not renewing" in own_text("-- Forwarded message --\nWe are not renewing.")
    assert len(own_text("word " * 30_000)) <= MOST_LETTERS


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("price*", "prices rise", True),
        ("price", "prices rise", False),
        ("cost", "a costume", False),
        ("not renew*", "we are not renewing", True),
        ("c++", "we use c++ here", True),
        ("*", "anything", None),
    ],
)
def test_a_phrase_keeps_to_words(phrase: str, text: str, found: bool | None) -> None:
    if found is None:
        with pytest.raises(ValueError, match="letters beside"):
            type(LISTS.tone)(positive=(phrase,), negative=("bad",))
    else:
        assert bool(phrases([phrase])[0].places(text)) is found


def test_shipped_words_read_what_customers_say_of_price() -> None:
    [renewal] = themes_of(["We are not renewing unless the price comes down."], LISTS.themes)
    assert renewal == {
        "pricing": ("price*",), "risk": ("not renewing",), "objection": ("unless",),
    }  # fmt: skip
    tone, probability = LISTENING.tone.read(
        ["We are not renewing.", "Not a great week, I am not happy.", "Great, thank you for it!",
         "The meeting is on Friday."], 0.6,
    )  # fmt: skip
    assert tone.tolist() == [NEGATIVE, NEGATIVE, POSITIVE, UNSURE]
    assert pd.isna(probability).all()


def test_a_teams_words_are_read_and_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    own = {
        "version": 1,
        "themes": {"merger": {"title": "Merger", "suggests": "Call.", "words": ["fusion*"]}},
        "tone": {"positive": ["danke"], "negative": ["leider"]},
    }
    file = tmp_path / "words.yaml"
    file.write_text(yaml.safe_dump(own), encoding="utf-8")
    lists = read_word_lists(file)
    assert themes_of(["Nach der Fusionierung"], lists.themes) == [{"merger": ("fusion*",)}]
    own["themes"]["Big One"] = {"title": "x", "words": []}
    file.write_text(yaml.safe_dump(own), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read_word_lists(file)
    assert "suggests" in str(refused.value)
    assert "words.yaml" in str(refused.value)


def test_six_themes_are_shipped_each_with_what_to_do_next() -> None:
    assert set(LISTS.themes) == {
        "pricing", "discovery", "next_action", "risk", "objection", "deal_progress",
    }  # fmt: skip
    assert all(theme.suggests.endswith(".") for theme in LISTS.themes.values())


def messages(**given: list) -> pd.DataFrame:
    n = len(given["text"])
    base = {
        "message_id": [f"M{i}" for i in range(n)],
        "account_id": ["A"] * n,
        "contact_id": ["K"] * n,
        "sent_at": [pd.Timestamp("2026-05-01")] * n,
        "direction": ["inbound"] * n,
    }
    return pd.DataFrame(base | given)


def test_moods_and_themes_are_counted_by_account_late_beside_before() -> None:
    texts = ["Great, thank you for it!"] * 4 + ["Another outage, we are still waiting."] * 3
    days = [pd.Timestamp("2025-12-01")] * 4 + [pd.Timestamp("2026-05-01")] * 3
    found = customers_texts(messages(text=texts, sent_at=days), None, pd.Timestamp("2025-07-01"))
    scored = read_tones(found, LISTENING)
    split = pd.Timestamp("2026-01-01")
    row, silent = mood_table(scored, ["A", "B"], split).to_dict("records")
    assert (row["texts"], row["negative"], row["mood"], row["mood_before"]) == (3, 3, -1.0, 1.0)
    assert silent["texts"] == 0
    assert pd.isna(silent["mood"])
    [theme] = theme_table(scored, LISTS, split).to_dict("records")
    assert (theme["theme"], theme["texts"], theme["negative"]) == ("risk", 3, 3)
    assert theme["words"] == "outage*"


def test_only_customers_words_within_the_time_count_tickets_among_them() -> None:
    table = messages(
        text=["late", "early", "ours", None, "  "],
        sent_at=pd.to_datetime(["2026-05-01", "2020-01-01", *["2026-05-01"] * 3]).tolist(),
        direction=["inbound", "inbound", "outbound", "inbound", "inbound"],
    )
    tickets = pd.DataFrame(
        {"ticket_id": ["T"], "account_id": ["A"], "opened_at": [pd.Timestamp("2026-04-01")],
         "text": ["broken"]}
    )  # fmt: skip
    found = customers_texts(table, tickets, pd.Timestamp("2026-01-01"))
    assert found["text"].tolist() == ["broken", "late"]
    assert customers_texts(None, None, pd.Timestamp("2026-01-01")).empty


def test_hostile_texts_are_read_and_none_of_them_is_passed_on() -> None:
    scored = read_tones(
        customers_texts(messages(text=list(HOSTILE)), None, pd.Timestamp("2026-01-01")), LISTENING
    )
    assert len(scored) == len(HOSTILE)
    passed = set(", ".join(scored["words"]).split(", ")) - {""}
    assert passed <= {word for theme in LISTS.themes.values() for word in theme.words}
    assert (scored["text"].str.len() <= MOST_LETTERS).all()
    themes = scored.set_index("text_id")["themes"]
    assert themes[["M0", "M1", "M2", "M3", "M4", "M6"]].tolist() == ["pricing"] * 6
    assert themes["M7"] == ""
