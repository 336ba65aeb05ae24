"""The embedded database."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_database_sorts_and_folds_beyond_english() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select lower('ÉLODIE'), version()")
        folded, version = cursor.fetchone()
    assert folded == "élodie"
    assert version.startswith("PostgreSQL 18")
