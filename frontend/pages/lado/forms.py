"""What is asked about an allegation, the way practitioners say it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from backend.records.models import Authority, Child, Setting
from frontend.forms import (
    Checkboxes,
    DateField,
    Form,
    LongTextField,
    Radios,
    TextInput,
    TimeField,
    YesNoField,
)
from workflows.lado.models import (
    LIMBS,
    OUTCOME_MEANS,
    AlsoRaisedAs,
    Category,
    Decision,
    Discipline,
    Harm,
    HomeNotification,
    Meeting,
    Outcome,
    OutsideTelling,
    Sector,
    Shift,
    Source,
    Track,
    WorkStatus,
)
from workflows.lado.rules import PENSION_AGE

LONGEST = 20_000
#: From people who are not signed in; enough for a page, too little for a flood.
LONGEST_FROM_PUBLIC = 5_000


def line(label: str, *, help_text: str = "", required: str = "", width: int | None = None) -> Any:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=bool(required),
        max_length=200,
        widget=TextInput(width=width),
        error_messages={"required": required},
    )


def long(label: str, *, help_text: str = "", required: str = "", rows: int = 4) -> LongTextField:
    return LongTextField(
        label=label,
        help_text=help_text,
        required=bool(required),
        max_length=LONGEST,
        rows=rows,
        error_messages={"required": required},
    )


def past(called: str, *, label: str = "", required: bool = True, help_text: str = "") -> DateField:
    return DateField(
        called=called,
        label=label or called,
        help_text=help_text,
        required=required,
    )


def one_of(label: str, choices: Any, required: str, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=more.pop("widget", Radios(hints=more.pop("hints", None))),
        error_messages={"required": required, "invalid_choice": required},
        **more,
    )


def elsewhere() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label="Where else does the adult live, or work with children? (optional)",
        help_text="Another authority, whose LADO has to know if the threshold is met",
        queryset=Authority.objects.all(),
        required=False,
        empty_label="Nowhere else, or not known",
    )


class WhoAndWhat(Form):
    """What whoever tells the LADO knows of the adult and of what happened."""

    what_happened = long(
        "What happened, or what worries you?",
        help_text="What was seen, heard or said, by whom, when and where. You need not be sure.",
        required="Say what happened, or what worries you",
        rows=8,
    )
    is_child_at_risk = forms.BooleanField(
        label="A child may be at risk now",
        help_text="Call 999 first. The LADO is also told of this as urgent, day or night.",
        required=False,
    )
    happened_on = past(
        "The day it happened",
        label="When did it happen? (optional)",
        required=False,
        help_text="Leave empty if it went on for a time, or nobody knows",
    )
    happened_in_words = line("When, in words (optional)", help_text="For example, several nights")
    name = line(
        "Who is the adult?",
        help_text="Their name, or how they are known",
        required="Say who the adult is, or how they are known",
    )
    date_of_birth = past(
        "The adult's date of birth", label="Their date of birth (optional)", required=False
    )
    employer = line("Who employs them? (optional)")
    job = line("What is their job or role? (optional)")
    sector = one_of(
        "In which field do they work with children?",
        Sector.choices,
        "Select the field they work in",
    )
    other_work = long(
        "Other work with children, or children at home (optional)",
        help_text="Where else there may be a risk",
        rows=2,
    )
    children_in_words = long("Which children may be affected? (optional)", rows=2)
    made_safe = long(
        "What has been done to keep children safe? (optional)",
        help_text="If a child is in danger now call 999 first. Never wait for the LADO.",
        rows=3,
    )


ADULT = (
    "name",
    "date_of_birth",
    "employer",
    "job",
    "sector",
    "home_authority",
    "other_work",
)


def adult_in(given: dict[str, Any]) -> dict[str, Any]:
    """Takes what is about the adult out of the answers."""
    return {name: given.pop(name) for name in ADULT if name in given}


class Refer(WhoAndWhat):
    """A referral by somebody with an account."""

    setting = forms.ModelChoiceField(
        label="Where do they work with children?",
        queryset=Setting.objects.none(),
        required=False,
        empty_label="Somewhere else",
        help_text="The LADO of the area where the adult works is told",
    )
    authority = forms.ModelChoiceField(
        label="If somewhere else: in which authority?",
        queryset=Authority.objects.none(),
        required=False,
        empty_label="Choose an authority",
    )
    workplace = line("If somewhere else: the name of the place")
    unit = line("Which house, unit or group? (optional)", width=20)
    shift = forms.ChoiceField(
        label="At what time were they working?",
        choices=Shift.choices,
        required=False,
        widget=Radios(is_inline=False),
    )
    is_about_manager = YesNoField(
        label="Is the adult the manager of the place?",
        hints={"yes": "They are not told of this, and cannot see it"},
        error_messages={"required": "Select yes if the adult is the manager"},
    )
    home_authority = elsewhere()
    children = forms.MultipleChoiceField(
        label="Children who may be affected (optional)", required=False, widget=Checkboxes()
    )
    employer_knew_on = past(
        "The day the employer heard of it",
        label="When did the employer first hear of it? (optional)",
        required=False,
    )
    manager_knew_on = past(
        "The day a manager first knew",
        label="When did any manager first know? (optional)",
        required=False,
        help_text="The LADO is told within one working day of this",
    )
    also_raised_as = forms.MultipleChoiceField(
        label="Was this also raised in another way? (optional)",
        choices=AlsoRaisedAs.choices,
        required=False,
        widget=Checkboxes(),
    )
    also_raised_words = line(
        "Where is that kept? (optional)", help_text="For example, the number of the complaint"
    )
    is_consultation = forms.BooleanField(
        label="I am not sure and would like to talk it through",
        help_text="Asking is always welcome. The LADO will treat it with the same care.",
        required=False,
    )
    source = one_of(
        "Who is telling the LADO?",
        [choice for choice in Source.choices if choice[0] != Source.PUBLIC],
        "Select who is telling the LADO",
    )

    order = (
        "setting",
        "authority",
        "workplace",
        "unit",
        "what_happened",
        "is_child_at_risk",
        "is_consultation",
        "happened_on",
        "happened_in_words",
        "shift",
        "employer_knew_on",
        "manager_knew_on",
        "name",
        "date_of_birth",
        "employer",
        "job",
        "sector",
        "is_about_manager",
        "home_authority",
        "other_work",
        "children",
        "children_in_words",
        "made_safe",
        "also_raised_as",
        "also_raised_words",
        "source",
    )

    def offer(self, settings: Any, children: Iterable[Child], *, is_lado: bool) -> "Refer":
        self.fields["setting"].queryset = settings  # type: ignore[attr-defined]
        self.fields["authority"].queryset = Authority.objects.all()  # type: ignore[attr-defined]
        known = [(str(child.pk), child.name) for child in children]
        if known:
            self.fields["children"].choices = known  # type: ignore[attr-defined]
        else:
            del self.fields["children"]
        if not is_lado:
            source = self.fields["source"]
            source.choices = [  # type: ignore[attr-defined]
                choice
                for choice in source.choices  # type: ignore[attr-defined]
                if choice[0] != Source.LADO
            ]
        self.order_fields(self.order)
        return self


class Public(WhoAndWhat):
    """A referral by anybody, without signing in."""

    authority = forms.ModelChoiceField(
        label="In which council's area does the adult work with children?",
        queryset=Authority.objects.all(),
        empty_label="Choose a council",
        error_messages={"required": "Select the council", "invalid_choice": "Select the council"},
    )
    workplace = line(
        "Where do they work with children?",
        help_text="The name of the home, school, club or other place",
        required="Enter the name of the place",
    )
    sender_name = line("Your name (optional)")
    sender_contact = line(
        "How can we reach you? (optional)", help_text="A telephone number or e-mail address"
    )
    sender_role = line("How do you know of this? (optional)", help_text="For example, neighbour")
    website = forms.CharField(
        label="Leave this box empty",
        required=False,
        max_length=200,
        widget=TextInput(tabindex="-1", autocomplete="off"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("what_happened", "other_work", "children_in_words", "made_safe"):
            field = self.fields[name]
            field.validators = [MaxLengthValidator(LONGEST_FROM_PUBLIC)]
        self.order_fields(
            (
                "authority",
                "workplace",
                "what_happened",
                "is_child_at_risk",
                "happened_on",
                "happened_in_words",
                "name",
                "date_of_birth",
                "employer",
                "job",
                "sector",
                "other_work",
                "children_in_words",
                "made_safe",
                "sender_name",
                "sender_contact",
                "sender_role",
                "website",
            )
        )

    def clean_website(self) -> str:
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(
                "Leave this box empty: it is there to stop programs. If you cannot, telephone the "
                "council's children's services."
            )
        return ""


class ReasonToRead(Form):
    reason = line(
        "Why do you need to read this?",
        help_text="Your reason is kept with your name, and can be read by those who lead the case",
        required="Say why you need to read this",
    )


class Nothing(Form):
    """Nothing more is asked."""


class Reason(Form):
    reason = long("Why?", required="Say why")


class Words(Form):
    words = long("What do you disagree with, and why?", required="Say what you disagree with")


class Decide(Form):
    """The four limbs, then what is decided."""

    result = one_of(
        "What do you decide?",
        Decision.Result.choices,
        "Select what you decide",
        hints={
            "open": "At least one limb is met. Every authority with a child there is told today.",
            "advise": "No limb is met, and you gave advice.",
            "keep": "No limb is met. It is kept and counted with others about this person and "
            "this place.",
        },
    )
    is_clear_at_once = YesNoField(
        label="Is it clear already that this is unsubstantiated, unfounded, false or malicious?",
        hints={"yes": "Guidance then looks for an end within a week (rule not yet verified)"},
        error_messages={"required": "Select yes if it is clear already"},
    )
    reason = long("Why do you decide so?", required="Say why you decide so")
    advice = long("What did you advise? (optional)", help_text="Needed for advice only")


for _name, _words in LIMBS.items():
    Decide.base_fields[_name] = YesNoField(
        label=_words, error_messages={"required": "Select yes if this limb is met"}
    )
    Decide.base_fields[f"{_name}_reason"] = long(
        "Why is this limb met, or not?",
        required="Say why this limb is met, or why it is not",
        rows=2,
    )
DECIDE_ORDER = (
    *(field for name in LIMBS for field in (name, f"{name}_reason")),
    "is_clear_at_once",
    "result",
    "reason",
    "advice",
)


class Opinion(Form):
    agrees = YesNoField(
        label="Do you agree with the decision?",
        error_messages={"required": "Select yes if you agree"},
    )
    words = long("Why?", required="Say why you agree, or why you do not")


class NameChild(Form):
    child = forms.ChoiceField(label="Which child?", required=False, choices=(), widget=Radios())
    words = line("Or who it is, in words")

    def offer(self, children: Iterable[tuple[int, str]]) -> None:
        known = [(str(pk), name) for pk, name in children]
        self.fields["child"].choices = known  # type: ignore[attr-defined]
        if not known:
            del self.fields["child"]


class Allege(Form):
    category = one_of("What kind of harm is alleged?", Category.choices, "Select the kind of harm")
    harm = one_of(
        "What did it do to the child, as far as is known?", Harm.choices, "Select what is known"
    )
    words = long("What is alleged?", required="Say what is alleged")
    child = forms.ChoiceField(
        label="About which child?", required=False, choices=(), widget=Radios()
    )

    def offer(self, children: Iterable[tuple[int, str]]) -> None:
        known = [(str(pk), name) for pk, name in children]
        self.fields["child"].choices = [  # type: ignore[attr-defined]
            *known,
            ("", "No child in particular"),
        ]


class Correct(Form):
    """Facts to put right; each shows what stands now."""

    name = line("The adult's name", required="Say who the adult is, or how they are known")
    date_of_birth = past(
        "The adult's date of birth", label="Their date of birth (optional)", required=False
    )
    employer = line("Who employs them? (optional)")
    job = line("Their job or role (optional)")
    happened_on = past("The day it happened", label="When it happened (optional)", required=False)
    employer_knew_on = past(
        "The day the employer heard of it",
        label="When the employer first heard of it (optional)",
        required=False,
    )
    manager_knew_on = past(
        "The day a manager first knew",
        label="When any manager first knew (optional)",
        required=False,
    )
    unit = line("Which house, unit or group (optional)", width=20)
    setting = forms.ModelChoiceField(
        label="Where they work with children",
        queryset=Setting.objects.none(),
        required=False,
        empty_label="Somewhere else",
        help_text="Once the threshold is met, every authority with a child there is told",
    )
    workplace = line("If somewhere else: the name of the place")
    sector = one_of("The field they work in", Sector.choices, "Select the field they work in")
    home_authority = elsewhere()
    other_work = long("Other work with children, or children at home (optional)", rows=2)
    shift = forms.ChoiceField(
        label="At what time they were working",
        choices=Shift.choices,
        required=False,
        widget=Radios(is_inline=False),
    )
    is_about_manager = forms.BooleanField(label="The adult runs the place", required=False)
    is_child_at_risk = forms.BooleanField(
        label="A child may be at risk now",
        help_text="Every authority that was told hears of it at once",
        required=False,
    )
    also_raised_as = forms.MultipleChoiceField(
        label="Also raised as (optional)",
        choices=AlsoRaisedAs.choices,
        required=False,
        widget=Checkboxes(),
    )
    also_raised_words = line(
        "Where that is kept (optional)", help_text="For example, the number of the complaint"
    )
    is_clear_at_once = forms.BooleanField(
        label="Clear from the first to be unsubstantiated, unfounded, false or malicious",
        required=False,
    )

    order = (
        "setting",
        "workplace",
        "unit",
        "shift",
        "is_child_at_risk",
        "is_about_manager",
        "name",
        "date_of_birth",
        "employer",
        "job",
        "sector",
        "home_authority",
        "other_work",
        "happened_on",
        "employer_knew_on",
        "manager_knew_on",
        "also_raised_as",
        "also_raised_words",
        "is_clear_at_once",
    )


class Meet(Form):
    kind = one_of("What was it?", Meeting.Kind.choices, "Select what it was")
    held_on = past("The day it was held")
    attendees = long(
        "Who was there?",
        help_text="Name and agency, one a line",
        required="Say who was there, with their agencies",
    )
    absent = long("Who was invited and did not come? (optional)", rows=2)
    summary = long("What was discussed and decided?", required="Say what was discussed and decided")
    was_advocate_invited = YesNoField(
        label="Was the child's advocate invited, to speak for the child?",
        reveals={"no": ["advocate_why_not"]},
        error_messages={"required": "Select yes if the advocate was invited"},
    )
    advocate_why_not = long("Why not?", rows=2)
    is_fortnightly = YesNoField(
        label="Is progress reviewed every two weeks from now on?",
        no="No, monthly",
        error_messages={"required": "Select how often progress is reviewed"},
    )
    task_what = long(
        "What is somebody to do? (optional)",
        help_text="Add further tasks afterwards, one at a time",
        rows=2,
    )
    task_owner = line("Who does it?")
    task_due_on = DateField(called="The day it is due", label="By when?", required=False)


class AddTask(Form):
    meeting = one_of("Which meeting asked for it?", (), "Select the meeting")
    what = long("What is somebody to do?", rows=2, required="Say what is to be done")
    owner = line("Who does it?", required="Say who does this")
    due_on = DateField(called="The day it is due", label="By when?")


class SetDiscipline(Form):
    course = one_of(
        "What does the employer do?", Discipline.Course.choices, "Select what the employer does"
    )
    decided_on = past("The day it was decided", label="When was it decided?")
    done_on = past(
        "The day it was done",
        label="When was it done? (optional)",
        required=False,
        help_text="Leave empty while it is still to be done",
    )
    words = long("What is known of it?", required="Say what is known of it")


class FinishTask(Form):
    task = one_of("Which task?", (), "Select the task")
    done_on = past("The day it was done")
    evidence = long("What shows that it was done?", required="Say what shows that it was done")


class FollowTrack(Form):
    kind = one_of("Which enquiry?", Track.Kind.choices, "Select the enquiry")
    stands = one_of("How does it stand?", Track.Stands.choices, "Select how it stands")
    since = past("The day from which it stands so", label="Since when?")
    words = long("What is known of it?", required="Say what is known of it")


class SetWork(Form):
    status = one_of(
        "Is the adult at work?",
        WorkStatus.Status.choices,
        "Select whether the adult is at work",
        hints={
            "dismissed": "Opens the duty to refer to the DBS",
            "removed": "Opens the duty to refer to the DBS",
            "resigned": "Opens the duty to refer to the DBS",
        },
    )
    from_on = past("The day it began", label="From when?")
    decided_by = line("Who decided this?", required="Say who decided this")
    reason = long("Why?", required="Say why")


class SettleBarring(Form):
    was_referred = YesNoField(
        label="Did the employer refer the adult to the DBS?",
        error_messages={"required": "Select yes if the employer referred the adult"},
    )
    settled_on = past("The day of the referral, or of the decision", label="When?")
    words = long(
        "What was sent, or why nothing had to be",
        required="Say what was sent, or why nothing had to be",
    )


class Settle(Form):
    allegation = one_of("Which allegation?", (), "Select the allegation")
    outcome = one_of(
        "What is the outcome?",
        Outcome.choices,
        "Select the outcome",
        hints={str(key): words for key, words in OUTCOME_MEANS.items()},
    )
    reason = long("On what evidence does this rest?", required="Say on what evidence this rests")


class TellOutside(Form):
    whom = one_of("Who was told?", OutsideTelling.Whom.choices, "Select who was told")
    told_on = past("The day they were told", label="When?")
    words = long("What were they told?", required="Say what they were told")


class Share(Form):
    person = forms.EmailField(
        label="The person's e-mail address",
        error_messages={"required": "Enter their e-mail address"},
        widget=TextInput(width=30, autocomplete="off", inputmode="email"),
    )
    reason = long("Why do they have to know?", required="Say why they have to know")


class Unshare(Form):
    share = one_of("With whom?", (), "Select the person")


class TellHome(Form):
    authority = forms.ModelChoiceField(
        label="Which authority?",
        queryset=Authority.objects.all(),
        empty_label="Choose an authority",
        error_messages={"required": "Select the authority"},
    )
    their_role = long(
        "What does the adult do there?", rows=2, required="Say what the adult does there"
    )
    reason = long("Why do they have to know?", required="Say why they have to know")


class Close(Form):
    words = long("How did it end, and what was learnt?", required="Say how the case ended")
    pension_age = forms.IntegerField(
        label="Normal pension age in the adult's scheme",
        help_text="The record is kept until then, or for ten years if that is longer",
        min_value=55,
        max_value=75,
        initial=PENSION_AGE,
        widget=TextInput(width=2, inputmode="numeric"),
        error_messages={"required": "Enter an age from 55 to 75"},
    )


class Answer(Form):
    child = one_of("Which child?", (), "Select the child")
    what_was_done = long(
        "What have you done about this child?",
        help_text="Who saw them, how they are, what changes",
        required="Say what you have done about this child",
    )
    was_seen_on = past(
        "The day the child was seen", label="When was the child seen? (optional)", required=False
    )


class TellOutcome(Form):
    outcome_told = long(
        "What is this authority told of the outcome?", required="Say what this authority is told"
    )


class Notification(Form):
    """What a home notified under regulation 40."""

    setting = forms.ModelChoiceField(
        label="Which home?",
        queryset=Setting.objects.none(),
        empty_label="Choose a home",
        error_messages={"required": "Select the home", "invalid_choice": "Select the home"},
    )
    kind = one_of("What was notified?", HomeNotification.Kind.choices, "Select what was notified")
    happened_on = past("The day it happened")
    happened_time = TimeField(called="The time it happened", label="At what time?")
    notified_on = past("The day it was notified")
    notified_time = TimeField(called="The time it was notified", label="At what time?")
    recipients = forms.MultipleChoiceField(
        label="Who was notified?",
        choices=HomeNotification.Recipient.choices,
        widget=Checkboxes(),
        error_messages={"required": "Select who was notified"},
    )
    words = long("Anything to add (optional)")


class MatchNotification(Form):
    referral = one_of("Which referral does it belong to?", (), "Select the referral")


class Year(Form):
    year = forms.ChoiceField(label="Year from April", required=False, widget=Radios(is_small=True))
