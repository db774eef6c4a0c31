"""docs/evidence/benchmarks.md and its plot, from report/bench.json: `python -m bench.page`."""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from bench.measure import REPORT, table

PAGE, PLOT = Path("docs/evidence/benchmarks.md"), Path("docs/evidence/benchmarks.svg")
ABOUT = Path(__file__).with_name("about.md")
# In the page's order; what each is.
SECTIONS = {
    "accept": "Acceptance of the same facts on the lab's nodes, start-up included",
    "converge": "Converging the whole site where nothing is to change",
    "scale": "Many endpoints, a hundred checks each",
    "wan": "Acceptance with 20 ms added to each round trip",
    "loss": "One endpoint that is dead, or hangs",
    "first": "The first converge of two empty nodes",
}
NOT_CONTENDERS = ("spread", "about")
WIDTH, ROW, LEFT, RIGHT = 720, 18, 190, 70
# Okabe and Ito's colours, which colour-blind eyes tell apart.
OURS, THEIRS = "#0072b2", "#999999"

Report = Mapping[str, Mapping[str, Any]]


def medians(section: Mapping[str, Any]) -> dict[str, float]:
    """Contender -> seconds."""
    return {name: float(value) for name, value in section.items() if name not in NOT_CONTENDERS}


def page(report: Report, about: str) -> str:
    """The page in Markdown."""
    parts = [about.rstrip("\n"), f"![medians]({PLOT.name})"]
    for name, title in SECTIONS.items():
        if name not in report:
            parts.append(f"## {title}\n\nNot measured.")
            continue
        section = report[name]
        facts = "\n".join(
            f"- {key}: `{json.dumps(value)}`" for key, value in section["about"].items() if key != "sizes"
        )
        text = f"## {title}\n\n{table(name, medians(section), section['spread'])}\n{facts}"
        if sizes := section["about"].get("sizes"):
            text += f"\n\n{by_size(sizes)}"
        parts.append(text)
    return "\n\n".join(parts) + "\n"


def by_size(sizes: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Wall time, the controller's CPU and its memory at each size."""
    lines = ["| endpoints | contender | wall s | CPU s | MiB |", "| --- | --- | --- | --- | --- |"]
    for size, costs in sizes.items():
        for name, cost in costs.items():
            lines.append(f"| {size} | {name} | {cost['wall_s']} | {cost['cpu_s']} | {cost['mib']:.0f} |")
    return "\n".join(lines)


def plot(report: Report) -> str:
    """Each section's medians as bars, the longest of a section across the whole width."""
    rows: list[str] = []
    at = 0
    for name in SECTIONS:
        if name not in report:
            continue
        at += 2 * ROW
        rows.append(f'<text x="4" y="{at - 5}" font-weight="bold">{name}, median seconds</text>')
        found = medians(report[name])
        for contender, value in sorted(found.items(), key=lambda item: item[1]):
            rows.append(_bar(at, contender, value, max(found.values())))
            at += ROW
    style = 'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="12"'
    return f'<svg {style} width="{WIDTH}" height="{at + ROW}">\n' + "\n".join(rows) + "\n</svg>\n"


def _bar(at: int, contender: str, value: float, longest: float) -> str:
    length = (WIDTH - LEFT - RIGHT) * value / longest
    colour = OURS if contender.startswith("trueup") else THEIRS
    return (
        f'<text x="{LEFT - 6}" y="{at + 13}" text-anchor="end">{escape(contender)}</text>'
        f'<rect x="{LEFT}" y="{at + 3}" width="{length:.1f}" height="{ROW - 5}" fill="{colour}"/>'
        f'<text x="{LEFT + length + 4:.1f}" y="{at + 13}">{value:.2f}</text>'
    )


def main() -> None:
    """Write both files."""
    report: Report = json.loads(REPORT.read_text())
    PAGE.write_text(page(report, ABOUT.read_text()))
    PLOT.write_text(plot(report))


if __name__ == "__main__":
    main()
