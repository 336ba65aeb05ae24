"""What every test can count on."""

import pytest

from backend.project import throwaway


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The settings of the test database, with the cluster behind them running."""
    throwaway.start()
