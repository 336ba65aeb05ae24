"""What whoever sent a referral may know of it."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import Filter, Order
from backend.api.permissions import Reach
from backend.api.views import OfMatters
from workflows.lado import actions
from workflows.lado.api.answers import ReceiptSerializer
from workflows.lado.api.fields import WordsForm
from workflows.lado.models import Referral


class ReceiptFilter(Filter):
    ordering = Order(fields=("opened_at",))

    class Meta:
        model = Referral
        fields: list[str] = []


class ReceiptViewSet(OfMatters):
    """What you sent to a LADO, and whether it was received."""

    reach = Reach.CASE
    matters = "receipts"
    queryset = Referral.objects.select_related("authority", "setting", "adult")
    serializer_class = ReceiptSerializer
    filterset_class = ReceiptFilter

    def retrieve(self, request: Request, pk: str) -> Response:
        referral = self.get_object()
        self.read_case(referral.receipt, ["You sent this"])
        return self.show_one(referral)

    @extend_schema(request=WordsForm, responses={204: None})
    @action(detail=True, methods=["post"])
    def challenge(self, request: Request, pk: str) -> Response:
        """Says that you are still worried, or disagree with what you were told."""
        referral = self.get_object()
        actions.challenge_decision(
            referral=referral, **self.facts_of(WordsForm), by=self.person, at=self.at
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
