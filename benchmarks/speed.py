"""How fast the hazard model is sampled, compile included: `make bench-sampling`.

Each part runs in a process of its own, so that what one compiles does not serve another. Processor
time stands beside the clock's: machines are shared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from books import Shape, as_draws, design_of, lay_out, live_through
from page import as_markdown, measured_on, put
from plain import STEP_SD, build_plain

from workbench.core import names
from workbench.features.design import Design
from workbench.inference.run import Sampling, sample
from workbench.models.hazard.effects import effect_map
from workbench.models.hazard.model import hazard_model, name_effects
from workbench.models.priors.hazard import HazardPriors

COMPARED = Shape(600, months=24, signals=4, attributes=2, levels=12)
LARGE = Shape(2261, months=36, signals=4, attributes=0, levels=8)
# All that both models have; the plain one's group levels are not centred, so they are others.
SHARED = (
    names.EXIT, names.TENURE, names.SHOCK, names.STATIC, names.SIGNAL, names.FADE,
    names.SHOCK_SD, names.STATIC_SD, names.SIGNAL_SD, names.GROUP_SD, STEP_SD,
)  # fmt: skip
PARTS = {
    "ours, cold": ("ours", True),
    "ours, warm": ("ours", False),
    "plain, cold": ("plain", True),
    "plain, warm": ("plain", False),
    "large, cold": ("large", True),
    "large, warm": ("large", False),
}


def main() -> None:
    """Run all parts, each in its own process, or one of them in this one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=["ours", "plain", "large"])
    part = parser.parse_args().part
    if part:
        print(json.dumps(run(part)))
        return
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for name, (part, cold) in PARTS.items():
            found[name] = in_process(part, Path(folder) / part)
            print(name, "cold" if cold else "warm", found[name], flush=True)
    put("benchmarks.md", "sampling", report(found))


def in_process(part: str, cache: Path) -> dict[str, float]:
    """Run a part with compiled code cached in a folder: empty at first, so cold, then warm."""
    environment = os.environ | {
        "PYTENSOR_FLAGS": f"base_compiledir={cache}",
        "NUMBA_CACHE_DIR": str(cache / "numba"),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, __file__, "--part", part],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def run(part: str) -> dict[str, float]:
    """Lay out a book, sample it, and return what it took."""
    shape = LARGE if part == "large" else COMPARED
    design = book(shape)
    began, worked = time.perf_counter(), time.process_time()
    if part == "plain":
        posterior, compiling = plain(design)
    else:
        how = Sampling(400, 400, seed=1) if part == "large" else Sampling(1000, 1000, seed=1)
        sampled = sample(hazard_model(design, frailty=part == "large"), how)
        posterior = name_effects(sampled.posterior, design)
        compiling = sampled.compile_seconds
    total, cpu = time.perf_counter() - began, time.process_time() - worked
    ess = smallest_ess(posterior, design)
    return {
        "rows": float(len(design.cell_idx)),
        "compile": compiling,
        "sample": total - compiling,
        "total": total,
        "cpu": cpu,
        "ess": ess,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def book(shape: Shape) -> Design:
    """Return a book that has lived by effects as a real one has them."""
    rng = np.random.default_rng(1)
    design = design_of(lay_out(shape, rng))
    layout = effect_map(design, HazardPriors())
    scale = np.full((1, len(layout.scales) + 1), 0.3)
    latent = rng.normal(size=(1, len(layout.scale_idx)))
    return live_through(design, as_draws(layout, latent, scale, np.array([0.85])), rng)


def plain(design: Design) -> tuple[xr.Dataset, float]:
    """Sample the plain model as one would: `pm.sample()`; its compiling is not told apart."""
    with build_plain(design, HazardPriors()):
        tree = pm.sample(random_seed=1, progressbar=False)
    return tree["posterior"].to_dataset(), float("nan")


def smallest_ess(posterior: xr.Dataset, design: Design) -> float:
    """Return the smallest bulk ESS among the effects and spreads that both models have."""
    kinds = np.unique(design.cell_exit_idx)
    values = []
    for name in SHARED:
        array = posterior[name]
        if name == names.EXIT:
            array = array.isel({array.dims[-1]: kinds})
        if array.size:
            values.append(float(az.ess(array).min()))
    return min(values)


def report(found: dict[str, dict[str, float]]) -> str:
    """Return the tables as text."""
    rows = [
        {
            "run": name,
            "rows": f"{it['rows']:,.0f}",
            "compile, s": "in total" if np.isnan(it["compile"]) else f"{it['compile']:.1f}",
            "sample, s": "in total" if np.isnan(it["compile"]) else f"{it['sample']:.1f}",
            "total, s": f"{it['total']:.1f}",
            "processor, s": f"{it['cpu']:.1f}",
            "smallest ESS": f"{it['ess']:.0f}",
            "ESS per s": f"{it['ess'] / it['total']:.2f}",
            "ESS per processor s": f"{it['ess'] / it['cpu']:.2f}",
            "memory, GiB": f"{it['memory']:.2f}",
        }
        for name, it in found.items()
    ]
    ratios = [
        f"{state}: {_ratio(found, state, 'total'):.0f}× by the clock, "
        f"{_ratio(found, state, 'cpu'):.0f}× by processor time"
        for state in ("cold", "warm")
    ]
    return "\n\n".join(
        [
            as_markdown(pd.DataFrame(rows)),
            "Ours against plain, smallest ESS per second with compiling: "
            + "; ".join(ratios)
            + ".",
            measured_on(),
        ]
    )


def _ratio(found: dict[str, dict[str, float]], state: str, clock: str) -> float:
    ours, theirs = found[f"ours, {state}"], found[f"plain, {state}"]
    return (ours["ess"] / ours[clock]) / (theirs["ess"] / theirs[clock])


if __name__ == "__main__":
    main()
