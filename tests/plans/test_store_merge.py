"""Two people's changes in one: fields merge, the same field clashes, nobody's words are lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.plans.levers.price import PriceLever
from workbench.plans.levers.signal import SignalLever
from workbench.plans.plan.document import Action, CustomerGoal, Plan, Step
from workbench.plans.plan.file import bare
from workbench.plans.store.merge import ABSENT, Clash, changes, merge

BASE = Plan(
    version=1,
    name="Keep A",
    accounts=("A",),
    goals=(CustomerGoal(name="faster"),),
    actions=(
        Action(kind="workshop", month="2026-02", owner="Ada", serves=("faster",)),
        Action(kind="review", month="2026-03", steps=(Step(what="ask"), Step(what="meet"))),
    ),
)


def edited(**given) -> dict:
    return bare(BASE.model_copy(update=given))


def action(at: int, **given) -> dict:
    actions = list(BASE.actions)
    actions[at] = actions[at].model_copy(update=given)
    return edited(actions=tuple(actions))


def both(mine: dict, theirs: dict, keep=frozenset()):
    return merge(bare(BASE), mine, theirs, keep)


def test_different_fields_of_one_action_merge():
    found = both(action(0, owner="Ben"), action(0, month="2026-04"))
    assert found.clashes == ()
    assert found.content["actions"][0]["owner"] == "Ben"
    assert found.content["actions"][0]["month"] == "2026-04"
    assert [change.path for change in found.taken] == [("actions", "workshop", "month")]


def test_the_same_field_clashes_and_either_can_be_kept():
    mine, theirs = action(0, owner="Ben"), action(0, owner="Cleo")
    path = ("actions", "workshop", "owner")
    found = both(mine, theirs)
    assert found.clashes == (Clash(path, "Ada", "Ben", "Cleo"),)
    assert found.content == theirs
    assert both(mine, theirs, frozenset({path})).content == mine


def test_both_may_add_and_take_away():
    mine = edited(actions=BASE.actions[1:])
    theirs = edited(actions=(*BASE.actions, Action(kind="call", month="2026-05")))
    found = both(mine, theirs)
    assert found.clashes == ()
    assert [one["kind"] for one in found.content["actions"]] == ["review", "call"]


def test_what_one_takes_away_and_the_other_edits_clashes():
    found = both(edited(actions=BASE.actions[1:]), action(0, owner="Cleo"))
    [clash] = found.clashes
    assert clash.path == ("actions", "workshop") and clash.mine is ABSENT
    assert clash.theirs["owner"] == "Cleo"


def test_steps_are_told_apart_by_what_they_say():
    steps = BASE.actions[1].steps or ()
    mine = action(1, steps=(steps[0].model_copy(update={"owner": "Ada"}), steps[1]))
    theirs = action(1, steps=(Step(what="prepare"), *steps))
    found = both(mine, theirs)
    assert found.clashes == ()
    assert found.content["actions"][1]["steps"] == [
        {"what": "prepare"}, {"what": "ask", "owner": "Ada"}, {"what": "meet"}
    ]  # fmt: skip


def test_numbers_of_a_lever_never_merge_by_themselves():
    lever = SignalLever(signal="consumption_3m", shift=0.1, month="2026-02", lasts="sustained")
    base = bare(BASE.model_copy(update={"levers": (lever,)}))
    mine = bare(BASE.model_copy(update={"levers": (lever.model_copy(update={"shift": 0.2}),)}))
    theirs = bare(BASE.model_copy(update={"levers": (lever.model_copy(update={"lasts": 3}),)}))
    [clash] = merge(base, mine, theirs).clashes
    assert clash.path == ("levers", "signal consumption_3m")
    assert (clash.mine["shift"], clash.theirs["lasts"]) == (0.2, 3)


def test_another_order_is_kept():
    mine = edited(actions=BASE.actions[::-1])
    theirs = edited(actions=(*BASE.actions, Action(kind="call", month="2026-05")))
    kinds = [one["kind"] for one in both(mine, theirs).content["actions"]]
    assert kinds.index("review") < kinds.index("workshop") and "call" in kinds
    assert [change.path for change in changes(bare(BASE), mine)] == [("actions",)]


kinds = st.lists(st.sampled_from(["workshop", "review", "call"]), max_size=3, unique=True)
owners = st.sampled_from(["Ada", "Ben", ""])
plans = st.builds(
    lambda note, goals, actions: bare(
        BASE.model_copy(
            update={
                "note": note,
                "goals": tuple(CustomerGoal(name=name) for name in goals),
                "actions": tuple(
                    Action(kind=kind, month="2026-02", owner=who) for kind, who in actions
                ),
                "levers": (PriceLever(change_percent=len(goals), month="2026-02"),),
            }
        )
    ),
    st.sampled_from(["", "a", "b"]),
    kinds,
    st.lists(st.tuples(st.sampled_from(["workshop", "review"]), owners), max_size=3),
)


def leaves(value) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [leaf for part in inner for leaf in leaves(part)]
    return [str(value)]


@given(plans, plans, plans)
def test_every_word_is_in_the_merge_or_in_a_clash(base, mine, theirs):
    found = merge(base, mine, theirs)
    text = str((found.content, found.clashes))
    for side in (mine, theirs):
        for change in changes(base, side):
            is_order = isinstance(change.before, list) and isinstance(change.after, list)
            if change.after is not ABSENT and not is_order:
                assert all(leaf in text for leaf in leaves(change.after))


@given(plans, plans)
def test_one_person_alone_never_clashes(base, mine):
    for found in (merge(base, mine, base), merge(base, base, mine), merge(base, mine, mine)):
        assert (found.content, found.clashes) == (mine, ())


@given(plans, plans, plans)
def test_who_saves_first_changes_no_field_that_is_not_in_question(base, mine, theirs):
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert {clash.path for clash in one.clashes} == {clash.path for clash in other.clashes}
