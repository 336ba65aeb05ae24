"""What several forms of this room ask alike."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from backend.access.models import Person
from backend.api.fields import Form, KnownField
from backend.records.models import Setting
from workflows.lado.queries import found_by_email, settings_known_to

LONG: dict[str, Any] = {"required": False, "allow_blank": True}
LINE: dict[str, Any] = {**LONG, "max_length": 200}


class RowField(serializers.PrimaryKeyRelatedField):
    """A row of the case in the address; a row of any other case is as unknown as none."""

    default_error_messages = {"does_not_exist": "There is no {pk_value} here that you may see."}

    def __init__(self, model: Any, path: str, **options: Any) -> None:
        self.model, self.path = model, path
        super().__init__(
            queryset=model.objects.none(), pk_field=serializers.IntegerField(), **options
        )

    def get_queryset(self) -> QuerySet[Any]:
        view = self.context.get("view")
        if view is None or getattr(view, "swagger_fake_view", False):
            return self.model.objects.none()  # type: ignore[no-any-return]
        return self.model.objects.filter(**{self.path: view.get_object()})  # type: ignore[no-any-return]

    def to_internal_value(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except OverflowError:
            self.fail("does_not_exist", pk_value=data)


class KnownSettingField(KnownField):
    """A setting that the person may name."""

    model = Setting

    def known(self, person: Person) -> QuerySet[Setting]:
        return settings_known_to(person, self.context["view"].on)


class PersonForm(Form):
    """With whom, by e-mail address, and why."""

    person = serializers.EmailField()
    reason = serializers.CharField()

    def validate(self, facts: Any) -> Any:
        facts["person"] = found_by_email(facts["person"])
        if facts["person"] is None:
            raise serializers.ValidationError(
                {"person": ["Nobody with this e-mail address has an account here."]}
            )
        return facts


class WordsForm(Form):
    words = serializers.CharField()
