"""What every address has in common: who may reach it, one reading of the clock, one answer."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar

from django.core.exceptions import RequestDataTooBig
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from backend.access.matters import matters_visible_to
from backend.access.models import Person
from backend.access.readlog import log_read
from backend.access.visibility import child_ids_visible_to, settings_visible_to, why_visible
from backend.api.once import answer_once, key_of
from backend.api.permissions import Declared, Reach
from backend.api.problems import UnknownParameter
from backend.api.throttles import PerStranger
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.records.models import Child, Setting


class Endpoint(APIView):
    """One address. It says its ``reach``, or the server does not start."""

    reach: ClassVar[Reach | None] = None
    #: Words that may stand after the question mark, beside filters and pages.
    parameters: ClassVar[frozenset[str]] = frozenset()
    #: Whether ``If-Match`` is heeded.
    guards_version: ClassVar[bool] = False
    permission_classes = [Declared]
    too_big: RequestDataTooBig | None = None

    at: datetime
    on: date
    person: Person

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            # The framework takes a body whose length nobody said for no body at all.
            try:
                request.META["CONTENT_LENGTH"] = str(len(request.body))
            except RequestDataTooBig as error:
                self.too_big = error
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.at = timezone.now()
        self.on = day_of(self.at)
        if self.too_big is not None:
            raise self.too_big
        super().initial(request, *args, **kwargs)
        self.person = request.user
        self._refuse_unknown_parameters(request)
        respond = getattr(self, "post", None)
        if request.method == "POST" and respond is not None and (key := key_of(request)):
            # The framework looks the answering method up after this one.
            self.post = partial(self._post_once, key, respond)

    def _post_once(self, key: str, respond: Any, request: Request, **kwargs: Any) -> Response:
        return answer_once(
            request,
            key=key,
            person=self.person,
            at=self.at,
            respond=lambda: respond(request, **kwargs),
            may_still_see=self.may_still_see,
        )

    def may_still_see(self, subject: object) -> bool:
        """Whether the person may read today what an earlier answer told them."""
        return True

    def known_parameters(self) -> frozenset[str]:
        return self.parameters

    def _refuse_unknown_parameters(self, request: Request) -> None:
        unknown = sorted(set(request.query_params) - self.known_parameters())
        if unknown:
            raise UnknownParameter(unknown[0], sorted(self.known_parameters()))

    def handle_exception(self, exc: Exception) -> Response:
        """Counts those who are not signed in, so that tokens cannot be guessed at leisure."""
        if isinstance(exc, (NotAuthenticated, AuthenticationFailed)):
            throttle = PerStranger()
            if not throttle.allow_request(self.request, self):
                exc = Throttled(throttle.wait())
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Lets no browser and no proxy keep what was said of a child."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if self.reach is not Reach.ANYBODY:
            answer["Cache-Control"] = "no-store"
        return answer

    def facts_of(self, form: type[Serializer]) -> dict[str, Any]:
        """What was sent, in the shape of a form.

        :raises ValidationError: it does not have that shape.
        """
        given = form(data=self.request.data, context=self.get_context())
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def get_context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self}

    def read_case(self, page: str, because: Iterable[str]) -> None:
        """Keeps that the person opened a case that is no child's."""
        log_read(
            person=self.person,
            child=None,
            depth=Depth.RESTRICTED,
            page=page,
            because=because,
            at=self.at,
        )

    def read(self, child: Child, page: str, depth: str) -> None:
        """Keeps that the person opened this of a child."""
        log_read(
            person=self.person,
            child=child,
            depth=depth,
            page=page,
            because=why_visible(self.person, child, self.on),
            at=self.at,
        )


class Rows(Endpoint, GenericViewSet):
    """Rows of one kind, limited to those the person may know of."""

    lookup_value_regex = "[0-9]+"
    queryset: QuerySet[Any]
    #: Actions on a row that the person may not see yet.
    answers_unseen: ClassVar[frozenset[str]] = frozenset()
    _object: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Looks the row up before what was sent: a stranger learns nothing from a refusal."""
        super().initial(request, *args, **kwargs)
        changes = request.method not in SAFE_METHODS
        if changes and self.detail and self.action not in self.answers_unseen:
            self.get_object()

    def rows(self) -> QuerySet[Any]:
        """All rows with what their answer needs; who may see which is none of its business."""
        return self.queryset.all()

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that the person may know of."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.visible(self.rows())

    def may_still_see(self, subject: object) -> bool:
        return self.get_queryset().filter(pk=subject).exists()

    def known_parameters(self) -> frozenset[str]:
        if getattr(self, "action", None) != "list":
            return self.parameters
        filters = getattr(self, "filterset_class", None)
        names = filters.base_filters if filters else ()
        return self.parameters | {"page", "page_size", *names}

    def get_object(self) -> Any:
        """The row in the address, looked up once.

        :raises Http404: there is none that the person may know of.
        """
        if self._object is None:
            self._object = super().get_object()
        return self._object

    def show(self, rows: Iterable[Model]) -> list[Mapping[str, Any]]:
        """The rows as they are answered."""
        serializer = self.get_serializer_class()
        return serializer(list(rows), many=True, context=self.get_context()).data  # type: ignore[return-value]

    def get_context(self) -> dict[str, Any]:
        return dict(self.get_serializer_context())

    def show_one(self, row: Any, *, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.show([row])[0], status=code)

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.show(page or []))


class OfChildren(Rows):
    """Rows that belong to children: seen by whoever may see the child to the view's reach."""

    child_path: ClassVar[str] = "child_id"

    def limited(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the children whom the person may see as deep as the view reaches."""
        assert self.reach is not None
        seen = child_ids_visible_to(self.person, self.reach.depth)
        return rows.filter(**{f"{self.child_path}__in": seen})

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the limited rows that the person may know of; a room may narrow them."""
        return rows

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.visible(self.limited(self.rows()))


class OfMatters(Rows):
    """Cases that are no child's, or rows of them: seen by whom their room names."""

    #: The cases' name, as in "allegations/12", and how a row leads to its case.
    matters: ClassVar[str]
    matter_path: ClassVar[str] = "pk"

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        seen = matters_visible_to(self.matters, self.person)
        return rows.filter(**{f"{self.matter_path}__in": seen.order_by().values("pk")})


class OfSettings(Rows):
    """Settings whose picture the person may see."""

    queryset = Setting.objects.all()

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=settings_visible_to(self.person).values("pk"))


class OfPerson(Rows):
    """Rows that are the person's own."""

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(person=self.person)
