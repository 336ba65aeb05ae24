"""Whom to call at each authority and home."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.models import Person
from backend.api.fields import (
    LONG,
    AuthorityField,
    AuthorityName,
    Form,
    NothingForm,
    PersonName,
    SettingName,
)
from backend.api.filters import Filter, IdFilter, Order
from backend.casework.errors import FactRefused
from workflows.escalations import actions, queries
from workflows.escalations.api.fields import HomeField, OpenToProfessionals
from workflows.escalations.ladders import LEVEL_WORDS
from workflows.escalations.models import NamedContact

LEVELS = [(str(level), words) for level, words in LEVEL_WORDS.items()]


class ContactForm(Form):
    """Whom to call, and how."""

    name = serializers.CharField(max_length=200)
    job = serializers.CharField(max_length=200, **LONG)
    email = serializers.CharField(max_length=254, **LONG)
    phone = serializers.CharField(max_length=40, **LONG)
    person = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class NewContactForm(ContactForm):
    level = serializers.ChoiceField(choices=LEVELS)
    authority = AuthorityField(required=False, allow_null=True)
    setting = HomeField(required=False, allow_null=True)


class NamedContactSerializer(serializers.ModelSerializer):
    """Whom to call at one level, and who last reached them."""

    authority = AuthorityName(read_only=True)
    setting = SettingName(read_only=True)
    confirmed_by = PersonName(read_only=True)
    doubted_by = PersonName(read_only=True)

    class Meta:
        model = NamedContact
        fields = (
            "id",
            "authority",
            "setting",
            "level",
            "name",
            "job",
            "email",
            "phone",
            "person",
            "confirmed_at",
            "confirmed_by",
            "doubted_at",
            "doubted_by",
        )


class NamedContactFilter(Filter):
    authority = filters.CharFilter(field_name="authority", help_text="ONS code")
    setting = IdFilter(field_name="setting_id")
    level = filters.ChoiceFilter(choices=LEVELS)
    ordering = Order(fields=("name", "level"))

    class Meta:
        model = NamedContact
        fields: list[str] = []


class NamedContactViewSet(OpenToProfessionals):
    """Whom to call at each authority and home; open to every professional."""

    queryset = queries.standing_contacts()
    serializer_class = NamedContactSerializer
    filterset_class = NamedContactFilter

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    @extend_schema(request=NewContactForm, responses={201: NamedContactSerializer})
    def create(self, request: Request) -> Response:
        """Names whom to call."""
        facts = with_person(self.facts_of(NewContactForm))
        row = actions.name_contact(**facts, by=self.person, at=self.at)
        return self.show_one(row, code=status.HTTP_201_CREATED)

    @extend_schema(request=ContactForm)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Changes how somebody is reached."""
        facts = with_person(self.facts_of(ContactForm))
        return self.show_one(
            actions.change_contact(contact=self.get_object(), **facts, by=self.person, at=self.at)
        )

    @extend_schema(request=NothingForm)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Says that you reached them: it is still right."""
        return self._act(actions.confirm_contact)

    @extend_schema(request=NothingForm)
    @action(detail=True, methods=["post"])
    def doubt(self, request: Request, pk: str) -> Response:
        """Says that you could not reach them."""
        return self._act(actions.doubt_contact)

    @extend_schema(request=NothingForm, responses={204: None})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """Takes them out of whom to call."""
        self.facts_of(NothingForm)
        actions.remove_contact(contact=self.get_object(), by=self.person, at=self.at)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _act(self, act: Any) -> Response:
        self.facts_of(NothingForm)
        return self.show_one(act(contact=self.get_object(), by=self.person, at=self.at))


def with_person(facts: dict[str, Any]) -> dict[str, Any]:
    """The account that was named by its number.

    :raises FactRefused: there is no such account in use.
    """
    number = facts.pop("person", None)
    if number is not None:
        person = Person.objects.filter(pk=min(number, 2**62), is_active=True).first()
        if person is None:
            raise FactRefused("There is no such account in that authority.", field="person")
        facts["person"] = person
    return facts
