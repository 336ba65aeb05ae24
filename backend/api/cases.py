"""How a room shows its cases, and lets people take the steps of its table."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from django.urls import NoReverseMatch, reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.matters import parts_in
from backend.access.parts import parts_for_many
from backend.api.fields import Action, ChildName, NamedState
from backend.api.permissions import Reach
from backend.api.views import OfChildren, OfMatters, Rows
from backend.casework.case import Case, Matter
from backend.casework.checks import rooms
from backend.casework.errors import MovedOn
from backend.casework.gate import may_take
from backend.grammar.events import Depth
from backend.grammar.roles import Role
from backend.grammar.table import Step
from backend.records.models import Child

AnyCase = TypeVar("AnyCase", bound=Matter)
Change = Callable[[Any, AnyCase, dict[str, Any]], AnyCase]
Opening = Callable[[Any, dict[str, Any]], AnyCase]


def takes(step: str, form: type[serializers.Serializer]) -> Callable[[Change], Any]:
    """Makes a method the address of a step: ``POST <room>/<number>/<step>/``.

    The method gets the case and the facts of the form, and returns the case as it became.
    """

    def bind(method: Change) -> Any:
        def answer(self: "Steps", request: Request, pk: str) -> Response:
            case = self.get_object()
            return self.show_one(method(self, case, self.facts_of(form)))

        return _address(answer, method, step, form, detail=True)

    return bind


def opens(step: str, form: type[serializers.Serializer]) -> Callable[[Opening], Any]:
    """Makes a method the address that opens a case by a step: ``POST <room>/<step>/``.

    The method gets the facts of the form, and returns the new case.
    """

    def bind(method: Opening) -> Any:
        def answer(self: "Steps", request: Request) -> Response:
            case = method(self, self.facts_of(form))
            return self.show_one(case, code=status.HTTP_201_CREATED)

        return _address(answer, method, step, form, detail=False)

    return bind


def _address(
    answer: Callable[..., Response], method: Callable[..., Any], step: str, form: Any, detail: bool
) -> Any:
    answer.__name__ = method.__name__
    answer.__doc__ = method.__doc__
    path = step.replace("_", "-")
    bound = action(
        detail=detail,
        methods=["post"],
        url_path=path,
        url_name=path if detail else f"open-{path}",
    )(answer)
    bound.opens = not detail  # type: ignore[attr-defined]
    return extend_schema(request=form)(bound)


def address_of(room: str, step: str, pk: int | None = None) -> str:
    """Where a step is taken: of a case, or opening a new one; empty where the API has none."""
    path = step.replace("_", "-")
    try:
        if pk is None:
            return reverse(f"api-{room}-open-{path}")
        return reverse(f"api-{room}-{path}", args=[pk])
    except NoReverseMatch:
        return ""


def as_actions(room: str, steps: Iterable[Step], pk: int | None = None) -> list[dict[str, str]]:
    """The steps as actions that a reader can follow, leaving out those without an address."""
    return [
        {"name": row.name, "label": row.words, "method": "POST", "url": url}
        for row in steps
        if (url := address_of(room, row.name, pk))
    ]


def opening_actions(parts: frozenset[Role]) -> list[dict[str, str]]:
    """The cases that somebody with these parts may open for a child, in every room."""
    return [
        opening
        for model in rooms()
        if issubclass(model, Case)
        for opening in as_actions(
            model.TABLE.name,
            [row for row in model.TABLE.steps_from(model.TABLE.starts) if parts & set(row.who)],
        )
    ]


class MatterSerializer(serializers.ModelSerializer):
    """What every case shows. A room adds its own facts."""

    state = NamedState(source="stands_at_in_words", read_only=True)
    actions = serializers.SerializerMethodField()

    class Meta:
        model: type[Matter]
        fields: tuple[str, ...] = ("id", "state", "version", "opened_at", "actions")

    def to_representation(self, case: Any) -> dict[str, Any]:
        case.stands_at_in_words = {"value": str(case.state), "label": case.stands_at.label}
        return super().to_representation(case)

    @extend_schema_field(Action(many=True))
    def get_actions(self, case: Matter) -> list[dict[str, str]]:
        parts = self.context["parts"].get(case.pk, frozenset())
        return as_actions(case.TABLE.name, may_take(case, parts), case.pk)


class CaseSerializer(MatterSerializer):
    """What every case of a child shows."""

    child = ChildName(read_only=True)

    class Meta(MatterSerializer.Meta):
        model: type[Case]
        fields: tuple[str, ...] = (
            "id",
            "child",
            "placement",
            "state",
            "version",
            "opened_at",
            "actions",
        )


class Steps(Rows):
    """The cases of one kind: listed, read, and changed by the steps that ``takes`` binds."""

    guards_version = True
    room: ClassVar[str]

    def parts_of(self, cases: list[Any]) -> Mapping[int, frozenset[Role]]:
        """The parts that the person plays in each of these cases, by its number."""
        raise NotImplementedError

    def show(self, rows: Iterable[Any]) -> list[Mapping[str, Any]]:
        cases = list(rows)
        self.parts = self.parts_of(cases)
        return super().show(cases)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "parts": getattr(self, "parts", {})}

    def show_one(self, row: Any, *, code: int = status.HTTP_200_OK) -> Response:
        """The case as the person may see it now, with its version as ETag."""
        shown = self.get_queryset().get(pk=row.pk)
        response = super().show_one(shown, code=code)
        response["ETag"] = f'"{shown.version}"'
        if code == status.HTTP_201_CREATED:
            response["Location"] = reverse(f"api-{self.model_room()}-detail", args=[shown.pk])
        return response

    def model_room(self) -> str:
        return str(self.queryset.model.TABLE.name)

    def how(self) -> dict[str, Any]:
        """Who, when, and the version the person looked at: what every action of a case takes."""
        return {"by": self.person, "at": self.at, "expects": self.expected_version()}

    def expected_version(self) -> int | None:
        """The version in ``If-Match``; None when the person does not say.

        :raises MovedOn: it can be no version of a case.
        """
        tag = self.request.headers.get("If-Match", "*").strip()
        if tag == "*":
            return None
        if "," in tag:
            raise ParseError("If-Match takes the one ETag that you read.")
        number = tag.removeprefix("W/").strip('"')
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise MovedOn("This is not the version that you read. Read it again.")
        return int(number)


class CaseViewSet(OfChildren, Steps):
    """The cases of one room about children whose record the person may read."""

    reach = Reach.RECORD

    def retrieve(self, request: Request, pk: str) -> Response:
        case = self.get_object()
        self.read(case.child, case.about, Depth.RECORD)
        return self.show_one(case)

    def parts_of(self, cases: list[Any]) -> Mapping[int, frozenset[Role]]:
        children = {case.child_id: Child(pk=case.child_id) for case in cases}
        parts = parts_for_many(self.person, children.values(), self.on)
        return {case.pk: parts[case.child_id] for case in cases}


class MatterViewSet(OfMatters, Steps):
    """The cases of one kind that are no child's, seen by whom their room names."""

    reach = Reach.CASE

    def retrieve(self, request: Request, pk: str) -> Response:
        case = self.get_object()
        parts = self.parts_of([case])[case.pk]
        self.read_case(case.about, (role.label for role in sorted(parts)))
        return self.show_one(case)

    def parts_of(self, cases: list[Any]) -> Mapping[int, frozenset[Role]]:
        return parts_in(self.matters, self.person, [case.pk for case in cases], self.on)
