"""Every address says how far its reader must reach; what says nothing is open to nobody."""

from enum import StrEnum
from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backend.grammar.events import Depth

if TYPE_CHECKING:
    # The views of the framework read these permissions while they are loaded themselves.
    from rest_framework.views import APIView


class Reach(StrEnum):
    """What somebody needs before an address answers them."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    SETTING = "the picture of the setting"
    CARD = "the card of the child"
    RECORD = "the record of the child"
    CASE = "a part in the case itself"

    @property
    def depth(self) -> Depth:
        """How deep into a child's record this goes, where it is a child's."""
        return Depth.RECORD if self is Reach.RECORD else Depth.CARD


class Declared(BasePermission):
    """Lets in whom the view's own ``reach`` lets in. Rows are limited by the view's queryset."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        reach = getattr(view, "reach", None)
        if reach is Reach.ANYBODY:
            return True
        signed_in = bool(request.user and request.user.is_authenticated and request.user.is_active)
        return signed_in and isinstance(reach, Reach)
