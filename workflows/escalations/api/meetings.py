"""The meetings about a home."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from backend.access.models import Person
from backend.api.cases import MatterSerializer, MatterViewSet, opens, takes
from backend.api.fields import (
    LONG,
    AuthorityField,
    AuthorityName,
    Day,
    Form,
    Moment,
    PersonName,
    ReasonForm,
    SettingName,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.casework.errors import FactRefused
from workflows.escalations import actions
from workflows.escalations.api.fields import HomeField
from workflows.escalations.models import MeetingAction, SettingMeeting
from workflows.escalations.table import MEETINGS


class CallForm(Form):
    """About which home, what for, when and where."""

    setting = HomeField()
    purpose = serializers.CharField()
    meets_at = Moment()
    place = serializers.CharField(max_length=300, **LONG)
    is_ofsted_invited = serializers.BooleanField(default=False)
    others_invited = serializers.CharField(**LONG)
    invited = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=20
    )


class RearrangeForm(Form):
    meets_at = Moment()
    place = serializers.CharField(max_length=300, **LONG)


class MinutesForm(Form):
    """When it was held, who came and what was said."""

    held_on = Day()
    attended = serializers.CharField()
    minutes = serializers.CharField()


class AgreedForm(Form):
    """What one authority does, by when."""

    what = serializers.CharField()
    authority = AuthorityField()
    owner_name = serializers.CharField(max_length=200)
    due_on = Day()


class DoneForm(Form):
    action = serializers.IntegerField(min_value=1)
    done_how = serializers.CharField()


class MeetingActionSerializer(serializers.ModelSerializer):
    authority = AuthorityName(read_only=True)
    done_by = PersonName(read_only=True)

    class Meta:
        model = MeetingAction
        fields = (
            "id",
            "what",
            "authority",
            "owner_name",
            "due_on",
            "done_on",
            "done_by",
            "done_how",
        )


class MeetingSerializer(MatterSerializer):
    """A meeting about a home, with what it agreed."""

    setting = SettingName(read_only=True)
    raised_by = PersonName(read_only=True)
    agreed = MeetingActionSerializer(source="tasks", many=True, read_only=True)

    class Meta(MatterSerializer.Meta):
        model = SettingMeeting
        fields = (
            *MatterSerializer.Meta.fields,
            "setting",
            "raised_by",
            "purpose",
            "meets_at",
            "place",
            "is_ofsted_invited",
            "others_invited",
            "held_on",
            "attended",
            "minutes",
            "agreed",
            "ended_how",
        )


class MeetingFilter(Filter):
    state = filters.ChoiceFilter(choices=[(str(state), state.label) for state in MEETINGS.states])
    setting = IdFilter(field_name="setting_id")
    meets_from = DayFilter(field_name="meets_at", lookup_expr="date__gte")
    meets_to = DayFilter(field_name="meets_at", lookup_expr="date__lte")
    ordering = Order(fields=("meets_at",))

    class Meta:
        model = SettingMeeting
        fields: list[str] = []


class MeetingViewSet(MatterViewSet):
    """The meetings about homes: with the host, and every authority that has a child there."""

    matters = MEETINGS.name
    room = MEETINGS.room
    queryset = SettingMeeting.objects.select_related("setting", "raised_by").prefetch_related(
        "tasks__authority", "tasks__done_by"
    )
    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter

    @opens("call", CallForm)
    def call(self, facts: dict[str, Any]) -> SettingMeeting:
        """Calls a meeting, and tells every authority with a child in the home."""
        numbers = facts.pop("invited", [])
        people = list(Person.objects.filter(pk__in=[n for n in numbers if n < 2**62]))
        if len(people) != len(set(numbers)) or not all(one.is_active for one in people):
            raise FactRefused("Somebody who is invited has no account here.", field="invited")
        return actions.call_meeting(**facts, invited=people, by=self.person, at=self.at)

    @takes("rearrange", RearrangeForm)
    def rearrange(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Moves it to another day or place."""
        return actions.rearrange_meeting(meeting=meeting, **facts, **self.how())

    @takes("hold", MinutesForm)
    def hold(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Keeps the minutes."""
        return actions.hold_meeting(meeting=meeting, **facts, **self.how())

    @takes("add_action", AgreedForm)
    def add_action(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Keeps what one authority does, by when."""
        return actions.agree_action(meeting=meeting, **facts, **self.how())

    @takes("complete", DoneForm)
    def complete(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Keeps that an action was done."""
        number = min(facts.pop("action"), 2**62)
        found = meeting.tasks.select_related("authority").filter(pk=number).first()
        if found is None:
            raise FactRefused("Choose an action of this meeting.", field="action")
        return actions.complete_action(meeting=meeting, action=found, **facts, **self.how())

    @takes("close", ReasonForm)
    def close(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Closes it, once every action is done."""
        return actions.close_meeting(meeting=meeting, **facts, **self.how())

    @takes("cancel", ReasonForm)
    def cancel(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Calls it off."""
        return actions.cancel_meeting(meeting=meeting, **facts, **self.how())
