"""How to sample and what the gates ask for, by a report's settings.

Apart from `run` and `gates`: a stored fit depends on those, and not on what settings are called.
"""

from __future__ import annotations

from workbench.core.settings import SampledSettings
from workbench.inference.gates import Thresholds
from workbench.inference.run import Sampling

_SAMPLER = {"draws", "tune", "chains", "seed", "target_accept"}


def limits_of(settings: SampledSettings) -> Thresholds:
    """Return what the sampling gates ask for by some settings.

    Parameters
    ----------
    settings : SampledSettings
        ``max_rhat``, ``min_ess`` and ``max_divergences`` are read.
    """
    return Thresholds(settings.max_rhat, settings.min_ess, settings.max_divergences)


def sampling_of(settings: SampledSettings) -> Sampling:
    """Return how to sample by some settings, until their gates hold.

    Parameters
    ----------
    settings : SampledSettings
        With ``smoke``, draws are mock ones; without ``run_dir`` somebody looks on, and there is a
        progress bar.
    """
    return Sampling(
        **settings.model_dump(include=_SAMPLER),
        mock=settings.smoke,
        until=limits_of(settings),
        progress=not settings.run_dir,
    )
