"""A stored fit is read only if nothing has changed and all of it is there."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from books import Shape, design_of, lay_out

from workbench.features.design import Design
from workbench.inference import store
from workbench.inference.fit import fit_hazard, fit_once
from workbench.inference.run import Sampling
from workbench.inference.store import fit_key, read_fit, save_fit
from workbench.models.priors.hazard import HazardPriors

MOCK = Sampling(draws=20, tune=10, mock=True)


@pytest.fixture(scope="module")
def design() -> Design:
    return design_of(lay_out(Shape(20, months=12), np.random.default_rng(1)))


@pytest.fixture
def posterior() -> xr.Dataset:
    values = np.random.default_rng(0).normal(size=(2, 5, 2))
    return xr.Dataset(
        {"effect": (("chain", "draw", "region"), values)},
        {"region": np.array(["north", "süd"], dtype=object), "chain": [0, 1]},
    )


def test_what_was_written_is_read(tmp_path, posterior) -> None:
    path = tmp_path / "fits" / "a.nc"
    save_fit(path, posterior, {"diverging": 3, "bfmi": [0.5, 1.0]})
    known = read_fit(path)
    assert known is not None
    xr.testing.assert_identical(known[0].drop_attrs(), posterior)
    assert known[1] == {"diverging": 3, "bfmi": [0.5, 1.0]}
    assert [p.name for p in path.parent.iterdir()] == ["a.nc"]


def test_reading_notes_the_last_use(tmp_path, posterior) -> None:
    path = tmp_path / "a.nc"
    save_fit(path, posterior, {"diverging": 0})
    os.utime(path, (1.0, 1.0))
    assert read_fit(path) is not None
    assert path.stat().st_mtime > 1.0


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_half_a_file_is_never_read(tmp_path, posterior, share) -> None:
    path = tmp_path / "a.nc"
    save_fit(path, posterior, {"diverging": 0})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert read_fit(path) is None


def test_what_is_absent_or_no_fit_is_not_read(tmp_path, posterior) -> None:
    assert read_fit(tmp_path / "none.nc") is None
    (tmp_path / "text.nc").write_text("not a fit")
    assert read_fit(tmp_path / "text.nc") is None
    posterior.to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    assert read_fit(tmp_path / "other.nc") is None


def test_a_write_that_is_interrupted_leaves_what_was_there(
    tmp_path, posterior, monkeypatch
) -> None:
    path = tmp_path / "a.nc"
    save_fit(path, posterior, {"diverging": 1})

    def killed(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        save_fit(path, posterior, {"diverging": 2})
    known = read_fit(path)
    assert known is not None and known[1] == {"diverging": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["a.nc"]


def test_the_key_changes_with_whatever_the_fit_depends_on(design) -> None:
    key = fit_hazard(design, MOCK).key
    assert fit_hazard(design, MOCK).key == key
    assert fit_hazard(design, replace(MOCK, progress=True)).key == key
    moved = design.signal_value + np.eye(*design.signal_value.shape) * 1e-12
    others = [
        fit_hazard(design, replace(MOCK, seed=1)),
        fit_hazard(design, replace(MOCK, draws=21)),
        fit_hazard(design, MOCK, priors=HazardPriors(exit_sd=0.9)),
        fit_hazard(design, MOCK, frailty=False),
        fit_hazard(replace(design, signal_value=moved), MOCK),
        fit_hazard(replace(design, event=~design.event), MOCK),
        fit_hazard(replace(design, subscription_id=design.subscription_id[::-1]), MOCK),
    ]
    assert len({key, *(fit.key for fit in others)}) == 1 + len(others)


def test_the_key_changes_with_the_code_and_the_packages(monkeypatch) -> None:
    keys = {fit_key([1], "workbench.inference.fit"), fit_key([1], "workbench.inference.fit_cohort")}
    monkeypatch.setattr(store, "version", lambda package: "0.0")
    assert len(keys | {fit_key([1], "workbench.inference.fit")}) == 3


def test_a_mock_is_marked_and_neither_stored_nor_read(design, tmp_path) -> None:
    fit = fit_hazard(design, MOCK, tmp_path)
    assert fit.mock and not fit.reused and not list(tmp_path.iterdir())
    assert fit.posterior.sizes["chain"] == 2 and fit.posterior.sizes["draw"] == 20
    save_fit(tmp_path / f"hazard-{fit.key}.nc", fit.posterior, {"diverging": 0})
    assert fit_hazard(design, MOCK, tmp_path).reused is False


def test_a_mock_s_chains_are_copies_so_it_proves_nothing(design) -> None:
    fit = fit_hazard(design, MOCK)
    first, second = (fit.posterior.isel(chain=chain, drop=True) for chain in (0, 1))
    xr.testing.assert_identical(first, second)


def test_two_that_need_one_fit_make_it_once(tmp_path, posterior) -> None:
    made = []
    facts = {
        "diverging": 0, "bfmi": [1.0, 1.0], "compile_seconds": 1.0, "sample_seconds": 1.0,
        "target_accept": 0.9,
    }  # fmt: skip

    def make():
        made.append(1)
        time.sleep(0.3)
        return posterior, facts

    with ThreadPoolExecutor(2) as pool:
        fits = list(pool.map(lambda _: fit_once("x", "k", Sampling(), tmp_path, make), range(2)))
    assert len(made) == 1
    xr.testing.assert_identical(*(fit.posterior.drop_attrs() for fit in fits))
    assert [path.name for path in tmp_path.iterdir()] == ["x-k.nc"]
