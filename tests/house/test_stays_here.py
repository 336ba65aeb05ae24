"""Tests reach nothing but this machine."""

import socket
import urllib.request

import pytest


def test_connection_to_another_machine_is_refused() -> None:
    with pytest.raises(AssertionError, match="not on this machine"):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)


def test_connection_to_this_machine_is_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        socket.create_connection(place.getsockname(), timeout=5).close()
