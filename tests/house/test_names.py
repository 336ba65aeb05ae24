"""Files and code are named in words of practice."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "data"}
VAGUE_IN_NAMES = re.compile(r"(^|_)(util|utils|helper|helpers|handler|entity|entities)($|_)")
# Words that frameworks give, and that we cannot choose.
GIVEN = {"handle", "handler400", "handler403", "handler404", "handler500"}


def python_files() -> list[Path]:
    """Every Python file of the project, committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def test_no_file_or_folder_has_a_vague_name() -> None:
    vague = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if VAGUE & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ]
    assert vague == []


def test_no_function_or_class_has_a_vague_name() -> None:
    vague = []
    for path in python_files():
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower()
                if node.name not in GIVEN and VAGUE_IN_NAMES.search(snake):
                    vague.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert vague == []


def test_every_module_says_what_it_is_for() -> None:
    silent = []
    for path in python_files():
        if "migrations" in path.parts:
            continue
        module = ast.parse(path.read_text())
        if module.body and not ast.get_docstring(module):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


@pytest.mark.parametrize("name", ["order_helper", "UserEntity", "parse_utils"])
def test_vague_names_are_recognised(name: str) -> None:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    assert VAGUE_IN_NAMES.search(snake)
