"""What several forms and lists of this room ask alike."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from backend.grammar.table import Table

LARGEST = 2**63 - 1


def states_of(table: Table) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(choices=[(str(state), state.label) for state in table.states])


def number_field(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=LARGEST, **options)
