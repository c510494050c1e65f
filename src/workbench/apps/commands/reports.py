"""`workbench reports`: what can be made, and what it may be told."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from workbench.apps.reports import REPORTS
from workbench.core.parameters import describe_field


def reports() -> None:
    """List the reports, each with its parameters, their defaults, ranges and meaning."""
    console = Console()
    for report in REPORTS.values():
        console.print(Text.assemble((report.name, "bold"), f"  {report.question}"))
        for name, field in report.settings.model_fields.items():
            head = Text.assemble("  ", (name, "cyan"), f" = {field.default!r}  ")
            console.print(head.append(describe_field(field), "dim"))
            console.print(Padding(Text(field.description or ""), (0, 0, 0, 6)))
        console.print()
