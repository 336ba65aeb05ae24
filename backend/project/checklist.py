"""Everything `make check` looks at, each thing once, all of them even when one fails."""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

TRYING_OUT = {"DEMO": "1", "DATABASE_URL": ""}
# Nothing connects to it: the check reads settings only.
PRODUCTION = {
    "DEMO": "0",
    "DATABASE_URL": "postgresql://sightline@127.0.0.1:9/sightline",
    "ALLOWED_HOSTS": "sightline.example",
    "BASE_URL": "https://sightline.example",
    "EMAIL_URL": "smtps://127.0.0.1:465",
}

CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("style", ["ruff", "check", "--quiet", "."], {}),
    ("form", ["ruff", "format", "--check", "--quiet", "."], {}),
    ("types", ["mypy"], TRYING_OUT),
    ("imports", ["lint-imports"], {}),
    ("migrations", ["sightline", "makemigrations", "--check", "--dry-run"], TRYING_OUT),
    ("generated pages", ["sightline", "tables", "--check"], TRYING_OUT),
    (
        "production settings",
        ["sightline", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
]


def main() -> int:
    """This will run every check and say which failed."""
    failed = []
    for name, words, settings in CHECKS:
        began = time.monotonic()
        done = subprocess.run(
            [str(BIN / words[0]), *words[1:]],
            cwd=ROOT,
            env={**os.environ, "SECRET_KEY": secrets.token_urlsafe(60), **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        verdict = "failed" if done.returncode else "good"
        print(f"{name}: {verdict} ({time.monotonic() - began:.1f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout.rstrip(), flush=True)
    print(f"Not good: {', '.join(failed)}." if failed else "All good.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
