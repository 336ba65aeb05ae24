"""Finds the Chromium that browser tests drive, and fetches one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from backend.project import front_end

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STAYS_OFFLINE = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def find_chromium() -> str | None:
    """The path of a Chromium on this machine: a named one, an installed one, Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    folder = Path(
        os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright"
    )
    kept = sorted(folder.glob("chromium-*/chrome-linux*/chrome"))
    kept += sorted(folder.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*"))
    return str(kept[-1]) if kept else None


def launch_arguments() -> list[str]:
    """What Chromium is told: to stay offline, and to run where root may not have a sandbox."""
    return [*STAYS_OFFLINE, "--no-sandbox"] if os.geteuid() == 0 else STAYS_OFFLINE


def node_for_driver() -> str | None:
    """The Node that must drive Chromium because the driver's own does not run here."""
    from playwright._impl._driver import compute_driver_executable

    try:
        subprocess.run(
            [compute_driver_executable()[0], "--version"], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        return front_end.node()
    return None


def fetch_chromium() -> None:
    """This will fetch Chromium from Debian when that is possible, else from Playwright."""
    print("Fetching Chromium, which this machine lacks ...", flush=True)
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
        install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"]
        for words in (["apt-get", "-qq", "update"], [*install, "fonts-dejavu-core"]):
            subprocess.run(words, env=quiet, check=False, stdout=subprocess.DEVNULL)
    if not find_chromium():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """This will see to it that there is a Chromium."""
    if not find_chromium():
        fetch_chromium()
    if find_chromium():
        return 0
    print(
        "\nNO CHROMIUM: the browser tests cannot run, so the tests fail.\n"
        "Install it (Debian: apt-get install chromium; elsewhere: .venv/bin/playwright install"
        " chromium), or name one: CHROMIUM=/path/to/chromium make test\n",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
