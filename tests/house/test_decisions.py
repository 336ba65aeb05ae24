"""Every decision can be found from the page that lists them, under its own title."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "backend" / "decisions"


def test_every_decision_is_listed_in_order_under_its_title() -> None:
    written = [
        (path.name, path.read_text().splitlines()[0].removeprefix("# "))
        for path in sorted(FOLDER.glob("0*.md"))
    ]
    listed = re.findall(
        r"^- \[(\d+)\]\((.+?)\) (.+?)(?: \(.*\))?$", (FOLDER / "README.md").read_text(), re.M
    )
    assert [(name, f"{number}. {title}") for number, name, title in listed] == written
