"""No file names a package registry, a place on somebody's machine, or a secret."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = "registry"
ADDRESSES = re.compile(
    "|".join(
        [
            rf"{REGISTRY}\.npmjs\.org|{REGISTRY}\.yarnpkg\.com",
            r"pypi\.org/simple|pythonhosted\.org|test\.pypi\.org",
            r"deb\.debian\.org|archive\.ubuntu\.com",
            r"--(extra-)?index-url|--find-links|--trusted-host",
            r'"resolved":',
            r"(?<![\w.])/(work|home/\w+|Users/\w+|root|opt/\w+)/",
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
        ]
    )
)
# They say what is looked for, or what is left out.
NAMES_THEM = {"tests/house/test_no_addresses.py", "Makefile"}
PICTURES = {".png", ".woff", ".woff2", ".ico", ".gz", ".jpg", ".xlsx", ".ods"}


def tracked_files() -> list[str]:
    """Every file that is committed or about to be."""
    return subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()


def test_no_file_names_a_registry_or_a_machine() -> None:
    found = []
    for name in tracked_files():
        path = ROOT / name
        if name in NAMES_THEM or path.suffix in PICTURES or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if ADDRESSES.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert found == []


def test_every_pinned_package_has_hashes() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        pinned = re.findall(r"^[\w.\-\[\]]+==\S+.*(?:\n    --hash=\S+.*)*", path.read_text(), re.M)
        assert pinned, path.name
        assert [entry for entry in pinned if "--hash=sha256:" not in entry] == [], path.name


def test_pins_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    wanted = project["project"]["dependencies"] + groups["build"] + groups["test"] + groups["check"]
    names = [re.split(r"[\[>=<]", line)[0].lower().replace("_", "-") for line in wanted]
    pinned = (ROOT / "requirements/dev.txt").read_text().lower()
    assert "django" in names
    assert [name for name in names if f"\n{name}==" not in f"\n{pinned}"] == []


def test_every_dependency_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    bare = [line for line in lines if re.match(r'^    "[A-Za-z][^"]*[><=]=[^"]*",\s*$', line)]
    assert bare == []


@pytest.mark.parametrize(
    "line",
    [
        f'      "resolved": "https://{REGISTRY}.npmjs.org/x.tgz"',
        "--index-" + "url=https://example.org/simple",
        "/ho" + "me/somebody/project",
    ],
)
def test_addresses_are_recognised(line: str) -> None:
    assert ADDRESSES.search(line)
