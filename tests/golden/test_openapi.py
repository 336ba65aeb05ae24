"""What outsiders rely on: the description of the API changes only when somebody means it."""

import difflib
from pathlib import Path

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

KEPT = Path(__file__).with_name("openapi.yaml")
AGAIN = "If this is meant: DEMO=1 .venv/bin/sightline spectacular --file tests/golden/openapi.yaml"


def test_the_description_is_as_it_was_read_and_agreed() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    made = OpenApiYamlRenderer().render(schema, renderer_context={}).decode()
    difference = difflib.unified_diff(
        KEPT.read_text().splitlines(), made.splitlines(), "kept", "made", lineterm="", n=1
    )
    shown = "\n".join(list(difference)[:80])
    assert not shown, f"{shown}\n{AGAIN}"
