"""A digest of code sees a change in any module that a number is computed by, and in no other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workbench.core.fingerprint import PACKAGE, closure_digest, import_closure, module_of

FITS = ("fit", "fit_cohort", "fit_reasons", "fit_revenue")


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    copy = tmp_path_factory.mktemp("code") / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def digest_now(name: str, package: Path) -> str:
    closure_digest.cache_clear()
    return closure_digest(f"workbench.inference.{name}", package=package)


@pytest.mark.parametrize("name", FITS)
def test_every_module_of_the_closure_changes_the_key(name: str, package: Path) -> None:
    keys = {digest_now(name, package)}
    closure = import_closure(f"workbench.inference.{name}", package=package)
    for path in closure.values():
        before = path.read_text()
        path.write_text(before + "#\n")
        keys.add(digest_now(name, package))
        path.write_text(before)
    assert len(keys) == 1 + len(closure)
    assert digest_now(name, package) in keys


@pytest.mark.parametrize("name", FITS)
def test_a_module_outside_the_closure_does_not(name: str, package: Path) -> None:
    outside = package / "report" / "output" / "page.py"
    before, text = digest_now(name, package), outside.read_text()
    outside.write_text(text + "#\n")
    after = digest_now(name, package)
    outside.write_text(text)
    assert after == before


def test_the_trees_that_feed_the_likelihood_belong_to_its_fit() -> None:
    assert "workbench.features.paths" in import_closure("workbench.inference.fit")


def test_imports_are_found_wherever_and_however_they_stand(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    (package / "parts").mkdir(parents=True)
    for name in ("__init__", "a", "b", "c", "d", "e", "parts/__init__", "f", "g",
                 "h", "parts/one", "parts/two"):  # fmt: skip
        (package / f"{name}.py").write_text("")
    (package / "top.py").write_text(
        "import shop.a\nfrom shop import b, nothing\nfrom .parts import one\n"
        "if TYPE_CHECKING:\n    from .c import thing\n"
        "def late():\n    from shop.d import other\n"
        "try:\n    pass\nexcept OSError:\n    import shop.f\nfinally:\n    import shop.g\n"
        "match 1:\n    case 1:\n        with open(x):\n            import shop.h\n"
    )
    (package / "parts" / "one.py").write_text("import os\nfrom . import two\nfrom ..top import x\n")
    found = {name.removeprefix("shop.") for name in import_closure("shop.top", package=package)}
    assert found == {
        "shop",
        "top",
        "a",
        "b",
        "c",
        "d",
        "f",
        "g",
        "h",
        "parts",
        "parts.one",
        "parts.two",
    }


def test_an_unknown_module_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"no modules of workbench: workbench\.nothing, numpy"):
        import_closure("workbench.nothing", "workbench.core", "numpy")


def test_files_of_other_packages_are_no_modules(tmp_path: Path) -> None:
    assert module_of(tmp_path / "fit.py") is None
    assert module_of(PACKAGE / "core" / "__init__.py") == "workbench.core"
