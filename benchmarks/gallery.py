"""Run every report on the bundled book, picture its page at both widths, and ask what it promises.

``make gallery`` writes the first screens to docs/gallery, for whoever changes a page to see all of
them, and whole pages to docs/gallery/whole, which git ignores. ``--made`` pictures the pages that
are there, and runs nothing; names of reports take those alone.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from page_checks import WIDTHS, broken_promises, opened

from workbench.apps.reports import REPORTS

ROOT = Path(__file__).parents[1]
GALLERY = ROOT / "docs" / "gallery"
COMMAND = [sys.executable, "-c", "from workbench.apps.cli import main; main()", "run"]
PLAN = {"account_plan": ["-p", "plan=params/plans/keep_a_customer.yaml"]}
FOR_MODELLERS = ("model_check",)  # all of it is what other pages keep for their last section
HIGHEST = 12_000  # pixels of a whole page; of hundreds of customers the first are enough
QUALITY = 40  # of the pictures that git keeps: some 30 kB each


def run(name: str) -> list[str]:
    """Run a report with its own parameters; return what went wrong, if anything did."""
    file = ROOT / "params" / f"{name}.yaml"
    asked = ["-f", str(file)] if file.exists() else []
    done = subprocess.run([*COMMAND, name, *asked, *PLAN.get(name, [])], cwd=ROOT, check=False)
    return [f"{name} ended with exit status {done.returncode}"] if done.returncode else []


def picture(name: str, chromium: str) -> list[str]:
    """Picture a page at both widths; return what it breaks of its promises."""
    page_file = ROOT / "outputs" / name / "latest" / f"{name}.html"
    if not page_file.exists():
        return [f"{name}: no page"]
    broken = []
    for width in WIDTHS:
        with opened(page_file.resolve(), chromium, width) as (page, asked):
            kept = GALLERY / f"{name}-{width}.jpg"
            page.screenshot(path=kept, type="jpeg", quality=QUALITY)
            whole = GALLERY / "whole" / f"{name}-{width}.png"
            high = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
            part = {"x": 0, "y": 0, "width": width, "height": high}
            page.screenshot(path=whole, full_page=True, clip=part)
            found = [text for text in broken_promises(page, asked) if name not in FOR_MODELLERS or
                     not text.startswith("a word for modellers")]  # fmt: skip
            broken += [f"{name} at {width}: {text}" for text in found]
    return broken


def index(names: list[str]) -> str:
    """Return the gallery's page: each report at both widths."""
    parts = [
        "# Gallery\n\nFirst screens of reports on the bundled book, at 1280 and 390 pixels, made "
        "by `make gallery`; whole pages stand beside them in `whole`, which git ignores.\n"
    ]
    if missing := [name for name in REPORTS if name not in names]:
        parts.append(f"Not pictured yet: {', '.join(missing)}.\n")
    for name in names:
        pictures = "".join(
            f'<img src="{name}-{width}.jpg" alt="First screen of {name} at {width} pixels" '
            f'height="420"> '
            for width in WIDTHS
        )
        parts.append(f"## {name}\n\n{REPORTS[name].question}\n\n{pictures.strip()}\n")
    return "\n".join(parts)


def main() -> None:
    """Make the gallery."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(REPORTS))
    parser.add_argument("--made", action="store_true", help="run nothing")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("The gallery needs chromium.")
    (GALLERY / "whole").mkdir(parents=True, exist_ok=True)
    broken = []
    for name in options.names:
        broken += [] if options.made else run(name)
        broken += picture(name, chromium)
    shown = [name for name in REPORTS if (GALLERY / f"{name}-390.jpg").exists()]
    (GALLERY / "README.md").write_text(index(shown), encoding="utf-8")
    if broken:
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
