"""What the model check report may be told."""

from __future__ import annotations

from workbench.core.settings import JudgedSettings, Report


class ModelCheckSettings(JudgedSettings):
    """Settings of the model check."""


REPORT = Report(
    "model_check",
    "Can the model be believed?",
    "11_model_check.ipynb",
    ModelCheckSettings,
)
