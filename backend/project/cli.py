"""The `sightline` command."""

import os
import sys


def main() -> None:
    """This will run the command that the words after `sightline` name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.project.settings")
    if not os.environ.get("DATABASE_URL"):
        os.environ.setdefault("DEMO", "1")
    from django.core.management import execute_from_command_line

    from backend.project import embedded

    if os.environ.get("DATABASE_URL") or "explain" in sys.argv[1:2]:
        execute_from_command_line(sys.argv)
        return
    with embedded.running():
        execute_from_command_line(sys.argv)
