"""How a referral is answered, with everything beside it."""

from rest_framework import serializers

from backend.api.cases import MatterSerializer
from backend.api.fields import AuthorityName, ChildName, Day, PersonName, SettingName
from workflows.lado.models import (
    LIMBS,
    Adult,
    Allegation,
    AuthorityNotice,
    Decision,
    DecisionChallenge,
    Discipline,
    HomeNotification,
    Meeting,
    NamedChild,
    Opinion,
    OutsideTelling,
    Referral,
    ReferralShare,
    Task,
    Track,
    WorkStatus,
)


class AdultSerializer(serializers.ModelSerializer):
    home_authority = AuthorityName(read_only=True)

    class Meta:
        model = Adult
        fields = (
            "name",
            "date_of_birth",
            "employer",
            "job",
            "sector",
            "home_authority",
            "other_work",
        )


class NamedChildSerializer(serializers.ModelSerializer):
    child = ChildName(read_only=True, allow_null=True)

    class Meta:
        model = NamedChild
        fields = ("id", "child", "words")


class OpinionSerializer(serializers.ModelSerializer):
    by = PersonName(read_only=True)

    class Meta:
        model = Opinion
        fields = ("by", "at", "agrees", "words")


class DecisionSerializer(serializers.ModelSerializer):
    by = PersonName(read_only=True)
    opinions = OpinionSerializer(many=True, read_only=True)

    class Meta:
        model = Decision
        fields = (
            "result",
            *(field for name in LIMBS for field in (name, f"{name}_reason")),
            "reason",
            "advice",
            "by",
            "at",
            "opinions",
        )


class AllegationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Allegation
        fields = (
            "id",
            "category",
            "harm",
            "words",
            "child",
            "outcome",
            "outcome_on",
            "outcome_reason",
        )


class TaskSerializer(serializers.ModelSerializer):
    class Meta:
        model = Task
        fields = ("id", "what", "owner", "due_on", "done_on", "evidence")


class MeetingSerializer(serializers.ModelSerializer):
    tasks = TaskSerializer(many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = (
            "id",
            "kind",
            "held_on",
            "attendees",
            "absent",
            "summary",
            "was_advocate_invited",
            "advocate_why_not",
            "tasks",
        )


class TrackSerializer(serializers.ModelSerializer):
    class Meta:
        model = Track
        fields = ("kind", "stands", "since", "words")


class WorkStatusSerializer(serializers.ModelSerializer):
    class Meta:
        model = WorkStatus
        fields = ("status", "from_on", "decided_by", "reason")


class DisciplineSerializer(serializers.ModelSerializer):
    class Meta:
        model = Discipline
        fields = ("course", "decided_on", "done_on", "words")


class TellingSerializer(serializers.ModelSerializer):
    class Meta:
        model = OutsideTelling
        fields = ("whom", "told_on", "words")


class ShareSerializer(serializers.ModelSerializer):
    person = PersonName(read_only=True)
    by = PersonName(read_only=True)

    class Meta:
        model = ReferralShare
        fields = ("id", "person", "reason", "by", "at", "ended_at")


class ChallengeSerializer(serializers.ModelSerializer):
    by = PersonName(read_only=True)

    class Meta:
        model = DecisionChallenge
        fields = ("words", "by", "at")


class ToldSerializer(serializers.ModelSerializer):
    """One authority that was told: since when, and whether it has answered."""

    authority = AuthorityName(read_only=True)
    state = serializers.CharField(read_only=True)
    received_by = PersonName(read_only=True, allow_null=True)

    class Meta:
        model = AuthorityNotice
        fields = (
            "id",
            "authority",
            "kind",
            "state",
            "sent_at",
            "received_at",
            "received_by",
            "receipt_went_up_at",
            "answer_went_up_at",
        )


class SeenNotificationSerializer(serializers.ModelSerializer):
    """When a home notified, and whom."""

    class Meta:
        model = HomeNotification
        fields = ("kind", "happened_at", "notified_at", "recipients")


class ReferralRowSerializer(MatterSerializer):
    """A referral in a list: neither the adult nor what happened, which are read one by one."""

    authority = AuthorityName(read_only=True)
    setting = SettingName(read_only=True, allow_null=True)
    led_by = PersonName(read_only=True, allow_null=True)

    class Meta(MatterSerializer.Meta):
        model = Referral
        fields = (
            *MatterSerializer.Meta.fields,
            "reference",
            "authority",
            "setting",
            "workplace",
            "source",
            "referred_on",
            "decided_on",
            "threshold_met_on",
            "concluded_on",
            "closed_on",
            "led_by",
        )


class ReferralSerializer(ReferralRowSerializer):
    """A referral with everything beside it."""

    adult = AdultSerializer(read_only=True)
    named_children = NamedChildSerializer(many=True, read_only=True)
    decisions = DecisionSerializer(many=True, read_only=True)
    challenges = ChallengeSerializer(many=True, read_only=True)
    allegations = AllegationSerializer(many=True, read_only=True)
    meetings = MeetingSerializer(many=True, read_only=True)
    tracks = TrackSerializer(many=True, read_only=True)
    work_statuses = WorkStatusSerializer(many=True, read_only=True)
    disciplines = DisciplineSerializer(many=True, read_only=True)
    tellings = TellingSerializer(many=True, read_only=True)
    shares = ShareSerializer(many=True, read_only=True)
    notices = ToldSerializer(many=True, read_only=True)
    home_notifications = SeenNotificationSerializer(
        many=True,
        read_only=True,
        help_text="What the home itself notified under regulation 40; empty while none was seen",
    )

    class Meta(ReferralRowSerializer.Meta):
        fields = (
            *ReferralRowSerializer.Meta.fields,
            "adult",
            "unit",
            "shift",
            "is_about_manager",
            "sender_name",
            "sender_contact",
            "sender_role",
            "what_happened",
            "children_in_words",
            "made_safe",
            "is_consultation",
            "is_child_at_risk",
            "is_clear_at_once",
            "also_raised_as",
            "also_raised_words",
            "happened_on",
            "happened_in_words",
            "employer_knew_on",
            "manager_knew_on",
            "received_at",
            "left_work_on",
            "barring_settled_on",
            "was_referred_to_dbs",
            "barring_words",
            "closing_words",
            "keep_until",
            "named_children",
            "decisions",
            "challenges",
            "allegations",
            "meetings",
            "tracks",
            "work_statuses",
            "disciplines",
            "tellings",
            "shares",
            "notices",
            "home_notifications",
        )


BESIDE = (
    "named_children__child",
    "decisions__by",
    "decisions__opinions__by",
    "challenges__by",
    "allegations",
    "meetings__tasks",
    "tracks",
    "work_statuses",
    "disciplines",
    "tellings",
    "shares__person",
    "shares__by",
    "notices__authority",
    "notices__received_by",
    "home_notifications",
)


class Counts(serializers.DictField):
    """How many there are of each, by its name."""

    child = serializers.IntegerField()


class FiguresSerializer(serializers.Serializer):
    """The year of a LADO: as on the page and in its spreadsheet."""

    year = serializers.IntegerField()
    first = Day()
    last = Day()
    referrals = serializers.IntegerField()
    consultations = serializers.IntegerField()
    referred_again = serializers.IntegerField(
        help_text="About an adult who had been referred before, as a person confirmed"
    )
    by_result = Counts()
    by_sector = Counts()
    by_category = Counts()
    by_outcome = Counts()
    by_other_way = Counts(help_text="How else the same conduct was raised")
    by_time = Counts(help_text="Bands of time; none of them is a breach")
    unspoken_by_outcome = Counts(help_text="Outcomes for children who do not use speech")


class ReceiptSerializer(serializers.ModelSerializer):
    """What somebody sent, and that it was received: nothing of what came after."""

    authority = AuthorityName(read_only=True)
    setting = SettingName(read_only=True, allow_null=True)
    adult = serializers.CharField(source="adult.name", read_only=True)

    class Meta:
        model = Referral
        fields = (
            "id",
            "reference",
            "authority",
            "setting",
            "workplace",
            "adult",
            "what_happened",
            "children_in_words",
            "made_safe",
            "opened_at",
            "received_at",
        )
