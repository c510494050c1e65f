"""A folder of plans: names stay inside of it, and nobody's work is overwritten silently."""

from __future__ import annotations

import pytest

from workbench.core.errors import ParameterError
from workbench.plans.plan.document import Plan
from workbench.plans.plan.file import write_plan
from workbench.plans.plan.saved import file_name, load_plan, plan_names, save_plan

PLAN = Plan(version=1, name="Keep A000", accounts=("A000",))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a\\b", "..", "日本", "x" * 500, "con\n", ".hidden"]
)
def test_a_name_never_leaves_the_folder(name, tmp_path):
    folder = tmp_path / "plans"
    stored = save_plan(PLAN.model_copy(update={"name": name}), folder)
    assert stored.path.parent == folder
    assert len(stored.path.name) <= 65
    assert plan_names(folder) == {name: stored.path}


def test_names_in_another_script_have_files_of_their_own():
    assert file_name("日本") != file_name("中国")


def test_a_plan_is_found_again(tmp_path, book, catalogue):
    stored = save_plan(PLAN, tmp_path)
    again = load_plan(stored.path, catalogue, book)
    assert again == stored
    longer = PLAN.model_copy(update={"note": "more"})
    assert load_plan(save_plan(longer, tmp_path, again).path, catalogue, book).plan == longer


def test_another_plan_of_the_same_name_is_not_overwritten(tmp_path):
    save_plan(PLAN, tmp_path)
    other = PLAN.model_copy(update={"name": "keep a000!"})
    with pytest.raises(ParameterError, match="a plan of this name is there already"):
        save_plan(other, tmp_path)
    assert list(plan_names(tmp_path)) == ["Keep A000"]


def test_what_somebody_changed_meanwhile_is_not_overwritten(tmp_path, book, catalogue):
    mine = load_plan(save_plan(PLAN, tmp_path).path, catalogue, book)
    write_plan(PLAN.model_copy(update={"note": "theirs"}), mine.path)
    with pytest.raises(ParameterError, match="somebody has changed it since you opened it"):
        save_plan(PLAN.model_copy(update={"note": "mine"}), tmp_path, mine)
    assert load_plan(mine.path, catalogue, book).plan.note == "theirs"


def test_a_broken_file_is_no_plan(tmp_path):
    save_plan(PLAN, tmp_path)
    (tmp_path / "broken.yaml").write_text("{", encoding="utf-8")
    (tmp_path / "effects.yaml").write_text("effects: {}", encoding="utf-8")
    assert list(plan_names(tmp_path)) == ["Keep A000"]


def test_a_folder_that_is_not_there_holds_no_plans(tmp_path):
    assert plan_names(tmp_path / "nowhere") == {}
