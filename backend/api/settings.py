"""Settings: the homes and schools whose picture the person may see."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.fields import AuthorityName
from backend.api.filters import Filter, Order
from backend.api.permissions import Reach
from backend.api.views import OfSettings
from backend.records.codes import SettingType
from backend.records.models import Provider, Setting


class SettingFilter(Filter):
    """Which kind, hosted where, owned by whom."""

    host_authority = filters.CharFilter(field_name="host_authority", help_text="ONS code")
    type = filters.ChoiceFilter(choices=SettingType.choices)
    name = filters.CharFilter(field_name="name", lookup_expr="icontains")
    owner = filters.CharFilter(field_name="provider__owner", lookup_expr="icontains")
    urn = filters.CharFilter(field_name="urn")
    ordering = Order(fields=("name",))

    class Meta:
        model = Setting
        fields: list[str] = []


class ProviderOut(serializers.ModelSerializer):
    class Meta:
        model = Provider
        fields = ("name", "owner", "top_company")


class SettingOut(serializers.ModelSerializer):
    """One setting."""

    type_label = serializers.CharField(source="get_type_display")
    provider = ProviderOut()
    host_authority = AuthorityName()

    class Meta:
        model = Setting
        fields = (
            "id",
            "urn",
            "name",
            "type",
            "type_label",
            "provider",
            "host_authority",
            "registered_places",
            "postcode",
            "linked_school_urn",
            "linked_school_name",
            "conditions",
        )


class SettingViewSet(OfSettings):
    """Settings whose picture you may see. Who lives there: ``/children/?setting=``."""

    reach = Reach.SETTING
    queryset = Setting.objects.select_related("provider", "host_authority")
    serializer_class = SettingOut
    filterset_class = SettingFilter

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    def rows(self) -> QuerySet[Any]:
        return self.queryset.order_by("name", "pk")
