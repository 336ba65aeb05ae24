"""What each step of a referral asks."""

from rest_framework import serializers

from backend.api.fields import AuthorityField, ChildField, Day, Form
from backend.grammar.events import Depth
from workflows.lado.api.fields import LINE, LONG, KnownSettingField, RowField
from workflows.lado.models import (
    Allegation,
    AlsoRaisedAs,
    Category,
    Discipline,
    Harm,
    Meeting,
    NamedChild,
    Outcome,
    OutsideTelling,
    ReferralShare,
    Sector,
    Shift,
    Source,
    Task,
    Track,
    WorkStatus,
)


class AdultForm(Form):
    """The adult, as far as they are known."""

    name = serializers.CharField(max_length=200)
    date_of_birth = Day(required=False, allow_null=True)
    employer = serializers.CharField(**LINE)
    job = serializers.CharField(**LINE)
    sector = serializers.ChoiceField(choices=Sector.choices)
    home_authority = AuthorityField(required=False, allow_null=True)
    other_work = serializers.CharField(**LONG)


class ReferForm(Form):
    """What is known; nobody has to be sure before telling the LADO."""

    setting = KnownSettingField(required=False, allow_null=True)
    authority = AuthorityField(required=False, allow_null=True)
    workplace = serializers.CharField(**LINE)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=100)
    shift = serializers.ChoiceField(choices=Shift.choices, required=False, allow_blank=True)
    adult = AdultForm()
    is_about_manager = serializers.BooleanField(default=False)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=[choice for choice in Source.choices if choice[0] != Source.PUBLIC]
    )
    sender_name = serializers.CharField(**LINE)
    sender_contact = serializers.CharField(**LINE)
    sender_role = serializers.CharField(**LINE)
    what_happened = serializers.CharField()
    children = serializers.ListField(
        child=ChildField(depth=Depth.CARD), required=False, max_length=50
    )
    children_in_words = serializers.CharField(**LONG)
    made_safe = serializers.CharField(**LONG)
    is_consultation = serializers.BooleanField(default=False)
    is_child_at_risk = serializers.BooleanField(
        default=False, help_text="A child may be at risk now: the LADO is reached at once"
    )
    also_raised_as = serializers.ListField(
        child=serializers.ChoiceField(choices=AlsoRaisedAs.choices),
        required=False,
        help_text="Other ways by which the same conduct was raised, as far as is known",
    )
    also_raised_words = serializers.CharField(**LINE)
    happened_on = Day(required=False, allow_null=True)
    happened_in_words = serializers.CharField(**LINE)
    employer_knew_on = Day(required=False, allow_null=True)
    manager_knew_on = Day(required=False, allow_null=True)
    referred_on = Day(required=False, allow_null=True)


class DecideForm(Form):
    """The four limbs, each with yes or no and a reason."""

    harmed = serializers.BooleanField()
    harmed_reason = serializers.CharField()
    offence = serializers.BooleanField()
    offence_reason = serializers.CharField()
    poses_risk = serializers.BooleanField()
    poses_risk_reason = serializers.CharField()
    unsuitable = serializers.BooleanField()
    unsuitable_reason = serializers.CharField()
    reason = serializers.CharField()
    advice = serializers.CharField(**LONG)
    is_clear_at_once = serializers.BooleanField(
        default=False,
        help_text="Clear already to be unsubstantiated, unfounded, false or malicious",
    )


class OpinionForm(Form):
    agrees = serializers.BooleanField()
    words = serializers.CharField()


class NameChildForm(Form):
    child = ChildField(depth=Depth.CARD, required=False, allow_null=True)
    words = serializers.CharField(**LINE)


class AllegeForm(Form):
    category = serializers.ChoiceField(choices=Category.choices)
    harm = serializers.ChoiceField(choices=Harm.choices, default=Harm.NOT_KNOWN)
    words = serializers.CharField()
    child = RowField(NamedChild, "referral", required=False, allow_null=True)


class CorrectForm(Form):
    """Only what is to be put right."""

    happened_on = Day(required=False, allow_null=True)
    happened_in_words = serializers.CharField(**LINE)
    employer_knew_on = Day(required=False, allow_null=True)
    manager_knew_on = Day(required=False, allow_null=True)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=100)
    shift = serializers.ChoiceField(choices=Shift.choices, required=False, allow_blank=True)
    is_about_manager = serializers.BooleanField(required=False)
    is_child_at_risk = serializers.BooleanField(required=False)
    is_clear_at_once = serializers.BooleanField(required=False)
    also_raised_as = serializers.ListField(
        child=serializers.ChoiceField(choices=AlsoRaisedAs.choices),
        required=False,
        help_text="Other ways by which the same conduct was raised, as far as is known",
    )
    also_raised_words = serializers.CharField(**LINE)
    setting = KnownSettingField(required=False, allow_null=True)
    workplace = serializers.CharField(**LINE)
    adult = AdultForm(required=False)


class TaskForm(Form):
    what = serializers.CharField()
    owner = serializers.CharField(max_length=200)
    due_on = Day()


class MeetForm(Form):
    kind = serializers.ChoiceField(choices=Meeting.Kind.choices)
    held_on = Day()
    attendees = serializers.CharField()
    absent = serializers.CharField(**LONG)
    summary = serializers.CharField()
    was_advocate_invited = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text="Whether the child's advocate was invited; asked where the case names a child",
    )
    advocate_why_not = serializers.CharField(**LONG)
    tasks = serializers.ListField(child=TaskForm(), required=False, max_length=50)
    is_fortnightly = serializers.BooleanField(default=False)


class AddTaskForm(TaskForm):
    meeting = RowField(Meeting, "referral")


class FinishForm(Form):
    task = RowField(Task, "referral")
    done_on = Day()
    evidence = serializers.CharField()


class TrackForm(Form):
    kind = serializers.ChoiceField(choices=Track.Kind.choices)
    stands = serializers.ChoiceField(choices=Track.Stands.choices)
    since = Day()
    words = serializers.CharField()


class WorkForm(Form):
    status = serializers.ChoiceField(choices=WorkStatus.Status.choices)
    from_on = Day()
    decided_by = serializers.CharField(max_length=200)
    reason = serializers.CharField()


class DisciplineForm(Form):
    course = serializers.ChoiceField(choices=Discipline.Course.choices)
    decided_on = Day()
    done_on = Day(required=False, allow_null=True)
    words = serializers.CharField()


class BarringForm(Form):
    was_referred = serializers.BooleanField()
    settled_on = Day()
    words = serializers.CharField()


class SettleForm(Form):
    allegation = RowField(Allegation, "referral")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = serializers.CharField()


class TellForm(Form):
    whom = serializers.ChoiceField(choices=OutsideTelling.Whom.choices)
    told_on = Day()
    words = serializers.CharField()


class HomeForm(Form):
    authority = AuthorityField()
    their_role = serializers.CharField()
    reason = serializers.CharField()


class UnshareForm(Form):
    share = RowField(ReferralShare, "referral")


class CloseForm(Form):
    words = serializers.CharField()
    pension_age = serializers.IntegerField(min_value=55, max_value=75)
