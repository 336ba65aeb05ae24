"""The pieces of what people send: days, words, and whom and what they may name."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, QuerySet
from rest_framework import serializers

from backend.access.models import Person
from backend.access.visibility import children_visible_to
from backend.grammar.events import Depth
from backend.records.models import Authority, Child, Setting

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
#: Words that need not be sent; what is sent is kept as it was written.
LONG: dict[str, Any] = {"required": False, "allow_blank": True, "trim_whitespace": False}
OUT_OF_RANGE = "Enter a date between 1900 and 2199."


class Day(serializers.DateField):
    """A day of life or law, within reason."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators += [
            MinValueValidator(EARLIEST, OUT_OF_RANGE),
            MaxValueValidator(LATEST, OUT_OF_RANGE),
        ]


class Moment(serializers.DateTimeField):
    """A moment, within reason; without an offset it is the time in England."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators += [
            MinValueValidator(datetime(1900, 1, 1, tzinfo=UTC), OUT_OF_RANGE),
            MaxValueValidator(datetime(2199, 12, 31, tzinfo=UTC), OUT_OF_RANGE),
        ]


class KnownField(serializers.PrimaryKeyRelatedField):
    """A row that the person may know of, by its number; any other is as unknown as none at all."""

    model: type[Model]
    default_error_messages = {"does_not_exist": "There is no {pk_value} that you may name here."}

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=self.model._default_manager.none(),
            pk_field=serializers.IntegerField(),
            **options,
        )

    def known(self, person: Person) -> QuerySet[Any]:
        """The rows that the person may name."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        view = self.context.get("view")
        if view is None or getattr(view, "swagger_fake_view", False):
            return self.model._default_manager.none()
        return self.known(view.person)

    def to_internal_value(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except OverflowError:
            self.fail("does_not_exist", pk_value=data)


class ChildField(KnownField):
    """A child that the person may see; any other child is as unknown as no child at all."""

    model = Child
    default_error_messages = {"does_not_exist": "There is no child {pk_value} that you may see."}

    def __init__(self, *, depth: Depth = Depth.RECORD, **options: Any) -> None:
        self.depth = depth
        super().__init__(**options)

    def known(self, person: Person) -> QuerySet[Child]:
        return children_visible_to(person, self.depth)


class SettingField(KnownField):
    """Any setting, by its number."""

    model = Setting

    def known(self, person: Person) -> QuerySet[Setting]:
        return Setting.objects.select_related("host_authority")


class AuthorityField(serializers.CharField):
    """An authority by its ONS code; an empty one is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=9, help_text="ONS code", **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        code = super().run_validation(data)
        if not code:
            return None
        authority = Authority.objects.filter(pk=code).first()
        if authority is None:
            raise serializers.ValidationError("There is no authority with this code.")
        return authority


class Form(serializers.Serializer):
    """What somebody sends. Nothing is passed over and nothing is guessed at: a name that is not
    asked for is refused, a number is no text and a word is no yes or no."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            wrong = {name: [words] for name in data if (words := self._wrong(name, data[name]))}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def _wrong(self, name: str, value: Any) -> str:
        field = self.fields.get(name)
        if field is None:
            return "This is not asked for here."
        if value is None:
            return ""
        if isinstance(field, serializers.CharField) and not isinstance(value, str):
            return "Enter a text."
        if isinstance(field, serializers.BooleanField) and not isinstance(value, bool):
            return "Say true or false."
        return ""


class ReasonForm(Form):
    """Why."""

    reason = serializers.CharField()


class NothingForm(Form):
    """Nothing more is asked."""


class NamedState(serializers.Serializer):
    """Where a case stands, with its words."""

    value = serializers.CharField()
    label = serializers.CharField()


class Action(serializers.Serializer):
    """Something the person may do now, and where."""

    name = serializers.CharField()
    label = serializers.CharField()
    method = serializers.CharField()
    url = serializers.CharField()


class ChildName(serializers.Serializer):
    """Which child."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class PersonName(serializers.Serializer):
    """Which professional."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class AuthorityName(serializers.Serializer):
    """Which authority."""

    code = serializers.CharField()
    name = serializers.CharField()


class SettingName(serializers.Serializer):
    """Which setting."""

    id = serializers.IntegerField()
    name = serializers.CharField()
