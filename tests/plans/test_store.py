"""The store on SQLite and PostgreSQL: versions are added, merged, told apart and brought back."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from workbench.core.errors import DataError, ParameterError
from workbench.data.load import load_book
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.plan.document import Action, CustomerGoal, Plan
from workbench.plans.store import records as kept
from workbench.plans.store.conflict import EditConflict
from workbench.plans.store.drafts import Draft, drafts_of, drop_draft, keep_draft
from workbench.plans.store.engine import StoreError
from workbench.plans.store.exchange import done_actions, export_store, import_files
from workbench.plans.store.open import for_reading, migrate, open_store
from workbench.plans.store.records import DONE_ACTIONS, KINDS, PLANS, REVIEWS, TASKS
from workbench.plans.store.schema import METADATA
from workbench.plans.store.store import differences

PLAN = Plan(
    version=1,
    name="Keep A",
    accounts=("A",),
    goals=(CustomerGoal(name="faster", words="\x00 日本 <script> '; DROP TABLE plans"),),
    actions=(Action(kind="roi_analysis", month="2026-02", owner="Ada", serves=("faster",)),),
)
TASK = kept.Task(account_id="A", title="Call Ann", owner="Ada", due_on=date(2026, 2, 1))


def with_(plan: Plan, **given: Any) -> Plan:
    return plan.model_copy(update=given)


@pytest.fixture
def store(store_place):
    opened = open_store(store_place)
    yield opened
    opened.close()


def test_what_is_saved_comes_back_to_the_letter(store):
    assert store.save(PLANS, "keep-a", PLAN, "ann", 0).version == 1
    assert store.load(PLANS, "keep-a").value == PLAN
    assert store.save(TASKS, "t1", TASK, "ann", 0).value == TASK
    assert store.save(PLANS, "keep-a", PLAN, "bob", 1).version == 1  # no news


def test_different_fields_merge_and_are_shown(store):
    store.save(PLANS, "keep-a", PLAN, "ann", 0)
    store.save(PLANS, "keep-a", with_(PLAN, note="hers"), "ann", 1)
    saved = store.save(PLANS, "keep-a", with_(PLAN, assumptions=("his",)), "bob", 1)
    assert (saved.version, saved.began_from, saved.remark) == (3, 1, "with version 2")
    assert (saved.value.note, saved.value.assumptions) == ("hers", ("his",))
    assert [(one.path, one.after) for one in saved.merged] == [(("note",), "hers")]


def test_the_same_field_is_told_side_by_side_and_nothing_is_written(store):
    store.save(PLANS, "keep-a", PLAN, "ann", 0)
    store.save(PLANS, "keep-a", with_(PLAN, note="hers"), "ann", 1)
    mine = with_(PLAN, note="his", assumptions=("also his",))
    with pytest.raises(EditConflict, match="note: yours says 'his', theirs 'hers'") as refused:
        store.save(PLANS, "keep-a", mine, "bob", 1)
    assert "ann changed the same since version 1" in refused.value.headline
    assert store.load(PLANS, "keep-a").version == 2
    for keep, note in ((frozenset(), "hers"), (frozenset({("note",)}), "his")):
        resolved = refused.value.resolved(PLANS, keep)
        assert (resolved.note, resolved.assumptions) == (note, ("also his",))
    store.save(PLANS, "keep-a", resolved, "bob", refused.value.their_version)
    assert [one.value.note for one in store.history(PLANS, "keep-a")] == ["", "hers", "his"]


def test_two_changes_that_are_wrong_only_together_clash(store):
    store.save(PLANS, "keep-a", PLAN, "ann", 0)
    without = with_(PLAN, goals=(), actions=(with_(PLAN.actions[0], serves=()),))
    store.save(PLANS, "keep-a", without, "ann", 1)
    serving = Action(kind="adoption_workshop", month="2026-03", serves=("faster",))
    mine = with_(PLAN, actions=(*PLAN.actions, serving))
    with pytest.raises(EditConflict) as refused:
        store.save(PLANS, "keep-a", mine, "bob", 1)
    assert refused.value.resolved(PLANS, frozenset({()})) == mine
    assert refused.value.resolved(PLANS, frozenset()).goals == ()


def test_another_plan_of_the_same_name_is_not_overwritten(store):
    store.save(PLANS, "keep-a", PLAN, "ann", 0)
    with pytest.raises(StoreError, match="a plan of this name is there already"):
        store.save(PLANS, "keep-a", with_(PLAN, note="other"), "bob", 0)
    assert store.new_key(PLANS, "Keep A!") == "keep-a-2"


def test_an_old_version_is_brought_back_and_all_are_on_record(store):
    store.save(PLANS, "keep-a", PLAN, "ann", 0)
    store.save(PLANS, "keep-a", with_(PLAN, note="later"), "bob", 1)
    store.save(PLANS, "keep-a", None, "bob", 2)
    assert store.current(PLANS) == {}
    store.bring_back(PLANS, "keep-a", 1, "ann")
    every = store.history(PLANS, "keep-a")
    assert [(one.version, one.author) for one in every] == [
        (1, "ann"), (2, "bob"), (3, "bob"), (4, "ann")
    ]  # fmt: skip
    assert every[3].value == PLAN and every[3].remark == "version 1 brought back"
    [change] = differences(every[0], every[1])
    assert (change.path, change.after) == (("note",), "later")
    assert store.current(PLANS)["keep-a"].value == PLAN


def test_an_edit_of_what_somebody_took_away_clashes(store):
    store.save(TASKS, "t1", TASK, "ann", 0)
    store.save(TASKS, "t1", None, "ann", 1)
    with pytest.raises(EditConflict):
        store.save(TASKS, "t1", TASK.model_copy(update={"note": "mine"}), "bob", 1)


def test_a_version_that_never_was_is_refused(store):
    store.save(PLANS, "keep-a", PLAN, "ann", 0)
    with pytest.raises(StoreError, match="no such version"):
        store.save(PLANS, "keep-a", PLAN, "ann", 7)
    with pytest.raises(StoreError, match="no such plan"):
        store.load(PLANS, "nobody")


def test_what_could_not_be_read_again_is_not_saved(store):
    with pytest.raises(StoreError, match="half of a character"):
        store.save(PLANS, "keep-a", with_(PLAN, note="\ud800"), "ann", 0)
    assert store.history(PLANS, "keep-a") == []


def test_drafts_are_one_persons_own(store):
    keep_draft(store, "ann", Draft("keep-a", 1, PLAN))
    keep_draft(store, "ann", Draft("keep-a", 1, with_(PLAN, note="more")))
    assert drafts_of(store, "ann")["keep-a"].plan.note == "more"
    assert drafts_of(store, "bob") == {}
    drop_draft(store, "ann", "keep-a")
    assert drafts_of(store, "ann") == {}


def examples() -> dict[str, Any]:
    return {
        "plans": PLAN,
        "tasks": TASK,
        "reviews": kept.Review(
            account_id="A", title="QBR", begins=datetime(2026, 3, 1, 9, tzinfo=UTC),
            attendees=("Ann Müller", "bob@example.com"),
        ),
        "recommendations": kept.Recommendation(
            account_id="A", action="roi_analysis", accepted_on=date(2026, 1, 2)
        ),
        "answers": kept.StandingAnswer(
            account_id="A", question="potential?", words="= 'a' \n b", answered_on=date(2026, 1, 2)
        ),
        "done_actions": kept.DoneAction(
            account_id="A", kind="roi_analysis", done_on=date(2026, 1, 2), hours=2.5
        ),
        "renewal_calls": kept.RenewalCall(account_id="A", called_on=date(2026, 1, 2), renews=0.7),
    }  # fmt: skip


def test_files_and_back_lose_nothing(store, tmp_path):
    assert examples().keys() == KINDS.keys()
    plan = with_(PLAN, goals=(CustomerGoal(name="faster", words="日本 \u2028 <b> # no"),))
    for name, value in (examples() | {"plans": plan}).items():
        store.save(KINDS[name], "one", value, "ann", 0)
    export_store(store, tmp_path / "out")
    other = open_store(str(tmp_path / "other.db"))
    done = import_files(other, tmp_path / "out", read_catalogue(), "bob")
    assert (len(done.saved), done.same, done.problems) == (len(KINDS), 0, ())
    for kind in KINDS.values():
        assert other.load(kind, "one").value == store.load(kind, "one").value
    again = import_files(other, tmp_path / "out", read_catalogue(), "bob")
    assert (again.saved, again.same) == ((), len(KINDS))
    other.close()


def test_edited_files_meet_what_others_did_meanwhile(store, tmp_path):
    plan = with_(PLAN, goals=(CustomerGoal(name="faster"),))
    store.save(PLANS, "keep-a", plan, "ann", 0)
    export_store(store, tmp_path)
    store.save(PLANS, "keep-a", with_(plan, note="hers"), "ann", 1)
    file = tmp_path / "keep-a.yaml"
    file.write_text(file.read_text().replace("owner: Ada", "owner: Ben"))
    [saved] = import_files(store, tmp_path, read_catalogue(), "bob").saved
    assert (saved.value.note, saved.value.actions[0].owner) == ("hers", "Ben")
    file.write_text(file.read_text() + "note: his\n")
    [problem] = import_files(store, tmp_path, read_catalogue(), "bob").problems
    assert "yours says 'his', theirs 'hers'" in str(problem)


def test_a_broken_file_stops_the_import_before_anything_is_saved(store, tmp_path):
    export_store(store, tmp_path)
    (tmp_path / "good.yaml").write_text("version: 1\nname: G\naccounts: [A]\n")
    (tmp_path / "bad.yaml").write_text("version: 1\nname: B\naccounts: [A]\nnotes: x\n")
    (tmp_path / "tasks.yaml").write_text("records: {t: {account_id: A}}\n")
    with pytest.raises(DataError) as refused:
        import_files(store, tmp_path, read_catalogue(), "bob")
    assert "bad.yaml line 4" in str(refused.value) and "tasks.yaml line 1" in str(refused.value)
    assert store.current(PLANS) == {}
    with pytest.raises(ParameterError, match="nothing to import"):
        import_files(store, tmp_path / "nowhere", read_catalogue(), "bob")


def test_done_actions_are_rows_that_a_source_reads(store, tmp_path):
    own = examples()["done_actions"]
    store.save(DONE_ACTIONS, "d1", own, "ann", 0)
    store.save(DONE_ACTIONS, "d1", own.model_copy(update={"hours": 3.0}), "ann", 1)
    done_actions(store).to_csv(tmp_path / "actions.csv", index=False)
    rows = {"accounts": [("account_id",), ("A",)], "contracts": [
        ("contract_id", "account_id", "product", "start_on", "end_on", "arr"),
        ("c", "A", "Core", "2025-01-01", "2026-01-01", "100"),
    ]}  # fmt: skip
    for name, table in rows.items():
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(table)
    frame = load_book(tmp_path).tables["actions"].to_pandas()
    assert frame[["action_id", "account_id", "kind", "hours"]].to_dict("records") == [
        {"action_id": "d1", "account_id": "A", "kind": "roi_analysis", "hours": 3.0}
    ]


def test_the_schema_is_what_the_steps_make(store):
    inspected = sa.inspect(store.engine)
    assert set(inspected.get_table_names()) == {*METADATA.tables, "alembic_version"}
    for name, table in METADATA.tables.items():
        columns = {one["name"]: one["nullable"] for one in inspected.get_columns(name)}
        assert columns == {one.name: one.nullable for one in table.columns}
        keys = inspected.get_pk_constraint(name)["constrained_columns"]
        assert keys == [one.name for one in table.primary_key]


def test_steps_down_and_up_keep_the_data_of_what_stays(store):
    store.save(PLANS, "keep-a", PLAN, "ann", 0)
    store.save(TASKS, "t1", TASK, "ann", 0)
    migrate(store.engine, "s0001")
    assert "tasks" not in sa.inspect(store.engine).get_table_names()
    assert store.load(PLANS, "keep-a").value == PLAN
    migrate(store.engine)
    assert store.load(PLANS, "keep-a").value == PLAN and store.current(TASKS) == {}
    migrate(store.engine, "base")
    assert sa.inspect(store.engine).get_table_names() in ([], ["alembic_version"])


def test_tables_of_a_newer_workbench_are_left_alone(store, store_place):
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 's9999'"))
    with pytest.raises(StoreError, match=r"tables of a newer workbench.*s9999"):
        open_store(store_place)


@pytest.mark.parametrize("place", ["mysql://a:secret@b/c", "postgresql:/a", "a:secret@b"])
def test_another_database_is_refused_without_its_password(place):
    with pytest.raises(ParameterError, match="cannot be opened") as refused:
        open_store(place)
    assert "secret" not in str(refused.value)


def test_reviews_say_their_zone():
    with pytest.raises(ValueError, match="timezone"):
        kept.Review.model_validate_json(
            '{"account_id": "A", "title": "t", "begins": "2026-03-01T09:00"}'
        )
    assert REVIEWS.called == "business review"


def test_the_database_refuses_what_a_reader_sends_to_be_written(store):
    store.save(PLANS, "a", PLAN, "Ada", 0)
    reading = for_reading(store)
    try:
        assert reading.load(PLANS, "a").value == PLAN
        for write in (
            lambda: reading.save(PLANS, "a", with_(PLAN, name="mine"), "Rita", 1),
            lambda: keep_draft(reading, "Rita", Draft("a", 1, PLAN)),
            lambda: drop_draft(reading, "Ada", "a"),
        ):
            with pytest.raises(StoreError, match="refused; found"):
                write()
    finally:
        reading.close()
    assert [one.author for one in store.history(PLANS, "a")] == ["Ada"]
    assert drafts_of(store, "Rita") == {}
