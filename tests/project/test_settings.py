"""Addresses among the settings."""

import logging

import pytest

from backend.project.database import UnableToReadAddress, read_database_url, read_email_url
from backend.project.logs import DiscreetFormatter


def test_database_address_is_read_whole() -> None:
    read = read_database_url("postgresql://a%40b:p%2Fw@db.example:6432/name?sslmode=verify-full")
    assert read == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "name",
        "USER": "a@b",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"connect_timeout": 5, "sslmode": "verify-full"},
    }


def test_database_may_be_behind_a_socket() -> None:
    assert read_database_url("postgres:///name?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("address", ["sqlite:///x", "postgres://h", "postgres://h:x/n", "nonsense"])
def test_wrong_database_address_is_refused(address: str) -> None:
    with pytest.raises(UnableToReadAddress):
        read_database_url(address)


def test_mail_is_encrypted_unless_told_otherwise() -> None:
    assert read_email_url("smtp://u:p@mail.example")["EMAIL_USE_TLS"] is True
    assert read_email_url("smtps://u:p@mail.example")["EMAIL_USE_SSL"] is True
    assert read_email_url("smtp://127.0.0.1:1025?tls=off")["EMAIL_USE_TLS"] is False


def test_wrong_mail_address_is_refused() -> None:
    with pytest.raises(UnableToReadAddress):
        read_email_url("ftp://mail.example")


def test_log_keeps_neither_rows_nor_queries() -> None:
    line = logging.LogRecord(
        "x", logging.ERROR, "p", 1,
        "GET /children/?name=Ellie+Ward failed\nDETAIL:  Failing row contains (Ellie Ward).",
        None, None,
    )  # fmt: skip
    assert DiscreetFormatter("%(message)s").format(line) == (
        "GET /children/?... failed\nDETAIL: left out"
    )
