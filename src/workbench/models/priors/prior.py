"""One row per prior: graph, compiled pass, exact draws, checks and the page all read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import multivariate_normal

from workbench.models.priors.distribution import Distribution, stacked

# Draws of a parameter to what is counted per hundred, or in months.
Counted = Callable[[np.ndarray, np.random.Generator], np.ndarray]

WEAK = "weakly informative, after Gelman et al. (2008), Annals of Applied Statistics 2, 1360-1383"
SPREAD = "weakly informative, after Gelman (2006), Bayesian Analysis 1, 515-534"


@dataclass(frozen=True)
class Prior:
    """One prior and its reason.

    Parameters
    ----------
    parameter : str
        In words.
    variable : str
        The posterior's name for it.
    labels : tuple of str
        Where the variable has several labels of which this prior covers some: which.
    distribution : Distribution
        Of each label alone.
    correlation : float
        Between the labels.
    meaning : str
        A sentence with places for `low` and `high`, the ends of an interval of `counted`.
    counted : callable
        Turns draws of the parameter into what the sentence counts; draws what else it needs.
    reason, source : str
    """

    parameter: str
    variable: str
    labels: tuple[str, ...]
    distribution: Distribution
    correlation: float
    meaning: str
    counted: Counted
    reason: str
    source: str

    @property
    def text(self) -> str:
        """The distribution, and how labels go together."""
        if not self.correlation:
            return self.distribution.text
        return f"{self.distribution.text}, correlation {self.correlation:g} between terms"

    def correlations(self, labels: int) -> np.ndarray:
        """Return the correlations between labels, shape (label, label).

        Parameters
        ----------
        labels : int
            How many, at least 1.
        """
        return np.full((labels, labels), self.correlation) + (1 - self.correlation) * np.eye(labels)

    def log_density(self, values: np.ndarray) -> np.ndarray:
        """Return the log-density of labels together, shape (...) from (..., label).

        Parameters
        ----------
        values : ndarray, shape (..., label)
            Draws of the variable.
        """
        alone, n = self.distribution.in_scipy, values.shape[-1]
        if not self.correlation:
            return alone.logpdf(values).sum(axis=-1)
        covariance = self.correlations(n) * alone.var()
        together = multivariate_normal(np.full(n, alone.mean()), covariance)
        return np.reshape(together.logpdf(values), values.shape[:-1])


def uncorrelated(  # noqa: PLR0913 -- a row of the table, column by column
    parameter: str, variable: str, distribution: Distribution, meaning: str, counted: Counted,
    reason: str, source: str = WEAK, labels: tuple[str, ...] = (),
) -> Prior:  # fmt: skip
    """Return a prior whose labels, if it has any, do not go together.

    Parameters
    ----------
    parameter, variable, distribution, meaning, counted, reason, source, labels
        Fields of the same names in `Prior`.
    """
    return Prior(parameter, variable, labels, distribution, 0.0, meaning, counted, reason, source)


def distribution_of[Kind: Distribution](
    kind: type[Kind], rows: Iterable[Prior], variables: str | Sequence[str]
) -> Kind:
    """Return the prior of a variable, or of several as one whose parameters are arrays.

    Parameters
    ----------
    kind : type of Distribution
        What the caller can make use of.
    rows : iterable of Prior
        Of a model.
    variables : str or sequence of str
        The posterior's names, of which one may come several times; "NAME[LABEL]" where rows share
        a variable and differ by label.

    Raises
    ------
    KeyError
        When not exactly one row is about a variable.
    TypeError
        When a prior is of another kind: who computes with it must be told so.
    """
    known: dict[str, list[Prior]] = {}
    for row in rows:
        for name in [f"{row.variable}[{label}]" for label in row.labels] or [row.variable]:
            known.setdefault(name, []).append(row)
    found = []
    for name in [variables] if isinstance(variables, str) else variables:
        if len(known.get(name, [])) != 1:
            raise KeyError(f"{len(known.get(name, []))} priors of {name}; known: {sorted(known)}")
        one = known[name][0].distribution
        if not isinstance(one, kind):
            raise TypeError(f"the prior of {name} is {one.text}, where {kind.title} was expected")
        found.append(one)
    return found[0] if isinstance(variables, str) else stacked(kind, found)


def half_life(fade: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Return after how many months half of a signal's effect is left.

    Parameters
    ----------
    fade : ndarray
        Share of a signal's effect that is left after a month, between 0 and 1.
    """
    return np.log(0.5) / np.log(fade)
