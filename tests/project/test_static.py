"""What browsers load beside the pages."""

import gzip
import warnings
from pathlib import Path

import pytest
from django.test import AsyncClient, Client

BUILT = Path(__file__).resolve().parents[2] / "frontend" / "static_built" / "assets"


def styles() -> Path:
    """The built styles."""
    return next(BUILT.glob("*.css"))


def test_built_files_are_kept_by_browsers_for_ever() -> None:
    answer = Client().get(f"/static/assets/{styles().name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.content == styles().read_bytes()


def test_built_files_travel_small() -> None:
    answer = Client().get(f"/static/assets/{styles().name}", headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == styles().read_bytes()
    assert len(answer.content) < styles().stat().st_size / 3


def test_other_sites_get_no_leave_to_read_them() -> None:
    assert (
        "Access-Control-Allow-Origin" not in Client().get(f"/static/assets/{styles().name}").headers
    )


async def test_asynchronous_server_is_not_held_up() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = await AsyncClient().get(f"/static/assets/{styles().name}")
    assert not answer.streaming
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["../settings.py", "%2e%2e/manage.py", "assets/none.css"])
def test_nothing_else_is_served(path: str) -> None:
    assert Client().get(f"/static/{path}").status_code == 404
