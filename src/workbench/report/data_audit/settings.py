"""What the data audit report may be told."""

from __future__ import annotations

from workbench.core.settings import Report, SourceSettings


class DataAuditSettings(SourceSettings):
    """Settings of the data audit."""


REPORT = Report(
    "data_audit",
    "Can this data carry a forecast, and what is wrong with it?",
    "00_data_audit.ipynb",
    DataAuditSettings,
)
