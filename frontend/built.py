"""Where the built styles and enhancements are, by the name of their source."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

BUILT = Path(__file__).resolve().parent / "static_built"
SOURCES = {
    "early.ts": "src/early.ts",
    "main.ts": "src/main.ts",
    "main.scss": "src/styles/main.scss",
}


@lru_cache(maxsize=2)
def read_manifest(path: Path, _changed_at: float) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def built_file(name: str, *, folder: Path = BUILT) -> str:
    """The file, within the static files, built from one source such as ``main.ts``."""
    path = folder / "manifest.json"
    try:
        manifest = read_manifest(path, path.stat().st_mtime)
        file: str = manifest[SOURCES.get(name, name)]["file"]
    except FileNotFoundError as error:
        raise ImproperlyConfigured(
            "The styles and scripts are not built. Run `make install`."
        ) from error
    except KeyError as error:
        raise ImproperlyConfigured(
            f"Nothing was built from {name!r}. Run `make install`, or see frontend/assets/."
        ) from error
    return file
