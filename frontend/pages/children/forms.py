"""What is asked on the pages of a child."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from backend.access.models import Person
from backend.casework.people import MAY_BREAK_GLASS
from backend.grammar.roles import ALLOCATED, LABELS, Role
from backend.records import codes
from backend.records.models import Authority, Placement, Setting, Team
from frontend.forms import (
    Checkboxes,
    DateField,
    Form,
    LongTextField,
    Radios,
    TextInput,
    YesNoField,
)
from frontend.parts.words import capital

STANDING = [
    ("placed", "Placed on that day"),
    ("far", "At a distance"),
    ("all_year", "52 weeks a year"),
    ("adult", "18 or over"),
    ("not_looked_after", "Not looked after (section 85 or 86)"),
]
ROOMS = [
    ("visits", "Visits"),
    ("reviews", "Reviews"),
    ("deadlines", "Dates that slipped or moved"),
    ("placements", "Placements and law"),
    ("people", "People and access"),
    ("voice", "Views and family"),
]
DAY_HINT = "For example, 27 3 2026"


class DayInput(TextInput):
    """One day in one box: for narrowing a list, where three would crowd it."""

    input_type = "date"


class ChildFilters(Form):
    """Narrows the register of children."""

    name = forms.CharField(label="Name or number", required=False, widget=TextInput())
    as_at = forms.DateField(
        label="As at",
        required=False,
        widget=DayInput(),
        help_text="Children placed on that day",
        error_messages={"invalid": "As at must be a real date"},
    )
    living_from = forms.DateField(
        label="Or at any time from",
        required=False,
        widget=DayInput(),
        error_messages={"invalid": "From must be a real date"},
    )
    living_to = forms.DateField(
        label="To",
        required=False,
        widget=DayInput(),
        help_text="Children placed or looked after on any day of it, adults included. Up to "
        "today when left empty",
        error_messages={"invalid": "To must be a real date"},
    )
    standing = forms.MultipleChoiceField(
        label="Only children", required=False, choices=STANDING, widget=Checkboxes(is_small=True)
    )
    authority = forms.MultipleChoiceField(
        label="Placing authority", required=False, widget=Checkboxes(is_small=True)
    )
    team = forms.MultipleChoiceField(label="Team", required=False, widget=Checkboxes(is_small=True))
    setting = forms.MultipleChoiceField(
        label="Lives at", required=False, widget=Checkboxes(is_small=True)
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("living_from"), given.get("living_to")
        if given.get("as_at") and (first or last):
            self.add_error("as_at", "Choose one day or a period, not both")
        elif last and not first and "living_from" not in self.errors:
            self.add_error("living_from", "Enter from which day")
        elif first and last and last < first:
            self.add_error("living_to", "The end must be on or after the start")
        return given

    def offer(self, **choices: list[tuple[Any, str]]) -> None:
        """Puts in the choices there are; a question with one answer or none is left out."""
        for name, offered in choices.items():
            if len(offered) > 1 or (offered and name in self.data):
                self.fields[name].choices = [(str(key), words) for key, words in offered]  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def offer_of_card(self) -> None:
        """Leaves out what would narrow by facts of a record, for readers of cards only."""
        field = self.fields["standing"]
        field.choices = [one for one in STANDING if one[0] in ("placed", "adult")]  # type: ignore[attr-defined]


class TimelineFilters(Form):
    """Narrows a timeline to some kinds of event."""

    about = forms.MultipleChoiceField(
        label="Show", required=False, choices=ROOMS, widget=Checkboxes(is_small=True)
    )


class FindRecord(Form):
    """Finds a record that the reader has no grant for: only an exact number will do."""

    authority = forms.ModelChoiceField(
        label="Placing authority",
        queryset=Authority.objects.none(),
        empty_label="Choose an authority",
        error_messages={
            "required": "Select the authority that placed the child",
            "invalid_choice": "Select the authority that placed the child",
        },
    )
    local_id = forms.CharField(
        label="The child's number with that authority",
        max_length=10,
        widget=TextInput(width=10),
        error_messages={"required": "Enter the child's number"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = Authority.objects.all()  # type: ignore[attr-defined]


class OpenRecord(Form):
    """Why somebody needs a record now."""

    reason = LongTextField(
        label="Why do you need this record now?",
        max_length=2_000,
        help_text="Say what has happened and what you need to know. At least 20 characters.",
        error_messages={"required": "Enter why you need this record now"},
    )


class Details(Form):
    """Who the child is."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        error_messages={"required": "Enter the child's name"},
        widget=TextInput(),
    )
    date_of_birth = DateField(called="The date of birth", label="Date of birth")
    gender = forms.ChoiceField(label="Gender", choices=codes.Gender.choices, widget=Radios())
    home_postcode = forms.CharField(
        label="Home postcode",
        required=False,
        max_length=8,
        widget=TextInput(width=10),
        help_text="Where the child would live if not placed. The distance from home is counted "
        "from it when a placement starts.",
    )


class Communication(Form):
    """How the child tells us things; shown before every visit."""

    communicates_by = forms.MultipleChoiceField(
        label="How does this child communicate?",
        help_text="Select all that apply",
        required=False,
        choices=codes.CommunicationMode.choices,
        widget=Checkboxes(),
    )
    communication_profile = LongTextField(
        label="Communication profile",
        help_text="How this child says yes, no, more, stop, pain and fear, what you must bring, "
        "and who knows how to use it",
        required=False,
        max_length=20_000,
        rows=8,
    )
    language = forms.CharField(
        label="First language", required=False, max_length=100, widget=TextInput(width=20)
    )
    interpreter_needed = forms.BooleanField(label="An interpreter is needed", required=False)


class Needs(Form):
    """What the child needs, with trauma, health and education beside disability."""

    disabilities = forms.MultipleChoiceField(
        label="Disability",
        required=False,
        choices=codes.Disability.choices,
        widget=Checkboxes(is_small=True),
    )
    needs_trauma = LongTextField(
        label="Trauma and adversity",
        help_text="What happened to this child, and what it does to them now",
        required=False,
        max_length=20_000,
    )
    needs_health = LongTextField(label="Health", required=False, max_length=20_000)
    needs_education = LongTextField(label="Education", required=False, max_length=20_000)
    ehc_plan_authority = forms.ModelChoiceField(
        label="Authority that keeps the EHC plan",
        required=False,
        queryset=Authority.objects.none(),
        empty_label="No EHC plan recorded",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ehc_plan_authority"].queryset = Authority.objects.all()  # type: ignore[attr-defined]


class IdentityDetails(Form):
    """Culture, faith, and what must be kept."""

    culture = LongTextField(label="Culture", required=False, max_length=20_000, rows=3)
    religion = forms.CharField(
        label="Religion", required=False, max_length=100, widget=TextInput(width=20)
    )
    identity_plan = LongTextField(
        label="What must be kept",
        help_text="Hair, skin, food, faith, language",
        required=False,
        max_length=20_000,
    )


class Register(Details, Communication):
    """A child who is not in the record yet."""

    local_id = forms.CharField(
        label="The child's number with your authority",
        max_length=10,
        widget=TextInput(width=10),
        error_messages={"required": "Enter the child's number"},
    )
    team = forms.ModelChoiceField(
        label="Which team works with this child?",
        queryset=Team.objects.none(),
        empty_label="Choose a team",
        error_messages={
            "required": "Select the team that works with this child",
            "invalid_choice": "Select the team that works with this child",
        },
    )
    field_order = ("name", "local_id", "date_of_birth", "gender", "home_postcode", "team")

    def offer_teams(self, teams: QuerySet[Team]) -> None:
        """Offers the teams of whoever asks; a team of which there is only one is chosen."""
        field = self.fields["team"]
        field.queryset = teams  # type: ignore[attr-defined]
        if len(teams) == 1:
            field.empty_label = None  # type: ignore[attr-defined]


#: Which details are put right together, and what the page is called.
TOPICS: dict[str, tuple[str, type[Form]]] = {
    "details": ("Who this child is", Details),
    "communication": ("How this child communicates", Communication),
    "needs": ("What this child needs", Needs),
    "identity": ("Culture and identity", IdentityDetails),
}


class SettingField(forms.CharField):
    """A home, named as the list offers it or by its URN alone."""

    widget = TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=TextInput(list="settings", autocomplete="off"), **kwargs)

    def clean(self, value: Any) -> Setting | None:  # type: ignore[override]
        words = str(super().clean(value) or "").strip()
        if not words:
            return None
        urn = words.rpartition("(")[2].rstrip(") ") if words.endswith(")") else words
        found = list(Setting.objects.filter(Q(urn__iexact=urn) | Q(name__iexact=words))[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                "Choose the home from the list, or enter its URN"
                if not found
                else "More than one home has this name: enter its URN",
                code="invalid",
            )
        return found[0]


def named(setting: Setting) -> str:
    """A home as the list offers it."""
    return f"{setting.name} ({setting.urn})" if setting.urn else setting.name


class PlacementFacts(Form):
    """The facts of a placement that are asked at its start and may be put right later."""

    place = forms.ChoiceField(
        label="Kind of placement",
        choices=[("", "Choose"), *codes.PlaceCode.choices],
        error_messages={"required": "Select the kind of placement"},
    )
    setting = SettingField(
        label="Home",
        required=False,
        help_text="Start typing its name, or enter its URN. Leave empty for a foster carer or "
        "for family.",
    )
    carer_name = forms.CharField(
        label="Carer's name",
        required=False,
        max_length=200,
        widget=TextInput(),
        help_text="For a placement that is not in a home",
    )
    postcode = forms.CharField(
        label="Postcode of the placement",
        required=False,
        max_length=8,
        widget=TextInput(width=10),
        help_text="Not needed for a home whose postcode we know",
    )
    basis = forms.ChoiceField(
        label="Does a special regime apply?",
        required=False,
        choices=codes.PlacementBasis.choices,
        widget=Radios(is_small=True),
    )
    notified_on = DateField(
        called="The day the authority was told",
        label="For section 85 or 86, when was the authority told of this stay?",
        required=False,
    )
    intended_until_18 = forms.BooleanField(
        label="The placement is intended to last until the child is 18", required=False
    )
    permanence_decided_on = DateField(
        called="The day this was decided",
        label="If so, when was it decided?",
        required=False,
    )
    is_52_weeks = forms.BooleanField(
        label="A placement of 52 weeks a year: the child does not go home", required=False
    )
    options_sought = LongTextField(
        label="Which local places were sought, and why did none meet the child's needs?",
        required=False,
        max_length=20_000,
        rows=3,
    )
    could_live_nearer = YesNoField(
        label="Could this child now live nearer home?",
        error_messages={"required": "Select yes if this child could now live nearer home"},
    )
    could_live_nearer_reason = LongTextField(
        label="What is your answer based on?",
        max_length=20_000,
        rows=3,
        error_messages={"required": "Enter what your answer is based on"},
    )
    distant_approved_by = forms.CharField(
        label="Who approved a placement at a distance?",
        required=False,
        max_length=200,
        widget=TextInput(),
        help_text="The director of children's services, or the nominated officer",
    )
    distant_approved_on = DateField(
        called="The day of the approval", label="When was it approved?", required=False
    )


class StartPlacement(PlacementFacts):
    """A child moves somewhere new."""

    started_on = DateField(
        called="The day the placement started",
        label="When did the placement start?",
        help_text=DAY_HINT,
    )
    legal_status = forms.ChoiceField(
        label="Legal status on that day",
        required=False,
        choices=[("", "As before"), *codes.LegalStatusCode.choices],
    )
    considered = forms.ChoiceField(
        label="Did a review consider this move first?",
        help_text="Regulation 32: a move is considered at a review before it is made, unless that "
        "is not reasonably practicable",
        error_messages={"required": "Select the review that considered this move, or no"},
    )
    not_considered_why = LongTextField(
        label="Why was it not reasonably practicable for a review to consider it first?",
        required=False,
        max_length=20_000,
        rows=3,
    )
    field_order = (
        "started_on",
        "place",
        "setting",
        "carer_name",
        "postcode",
        "legal_status",
        "considered",
        "not_considered_why",
    )

    def ask_about_review(self, considered: Iterable[tuple[int, str]] | None) -> None:
        """Offers the moves that were considered; None where the child is not moved in care."""
        offer_considered(self, considered)

    def clean(self) -> dict[str, Any]:
        return answer_on_review(self, super().clean() or self.cleaned_data)


class AccountForMove(Form):
    """Whether a review considered a move that is already recorded."""

    considered = forms.ChoiceField(
        label="Did a review consider this move first?",
        error_messages={"required": "Select the review that considered this move, or no"},
    )
    not_considered_why = LongTextField(
        label="Why was it not reasonably practicable for a review to consider it first?",
        required=False,
        max_length=20_000,
        rows=3,
    )

    def ask_about_review(self, considered: Iterable[tuple[int, str]]) -> None:
        offer_considered(self, considered)

    def clean(self) -> dict[str, Any]:
        return answer_on_review(self, super().clean() or self.cleaned_data)


NOT_CONSIDERED = "no"


def offer_considered(form: Form, considered: Iterable[tuple[int, str]] | None) -> None:
    """Puts in the moves that a review considered; the last answer is that none did."""
    if considered is None:
        del form.fields["considered"], form.fields["not_considered_why"]
        return
    choices = [(str(number), words) for number, words in considered]
    field = form.fields["considered"]
    field.widget = Radios(reveals={NOT_CONSIDERED: ["not_considered_why"]})
    field.choices = [*choices, (NOT_CONSIDERED, "No")]  # type: ignore[attr-defined]


def answer_on_review(form: Form, given: dict[str, Any]) -> dict[str, Any]:
    """What the action takes: the number of the change, or why there is none."""
    chosen = given.pop("considered", "")
    why = given.pop("not_considered_why", "")
    if chosen == NOT_CONSIDERED:
        if not why.strip() and "not_considered_why" not in form.errors:
            form.add_error(
                "not_considered_why", "Enter why a review could not consider this move first"
            )
        return {**given, "not_considered_why": why}
    return {**given, "considered": int(chosen)} if chosen else given


class CorrectPlacement(PlacementFacts):
    """A fact of a placement was wrong."""

    started_on = DateField(
        called="The day the placement started", label="When did the placement start?"
    )
    ended_on = DateField(
        called="The day the placement ended", label="When did it end?", required=False
    )
    field_order = ("started_on", "ended_on", "place", "setting", "carer_name", "postcode")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["could_live_nearer"].required = False
        self.fields["could_live_nearer_reason"].required = False


class EndPlacement(Form):
    """A placement ended and no other began."""

    ended_on = DateField(
        called="The day the placement ended",
        label="When did the placement end?",
        help_text=f"{DAY_HINT}. If the child has moved, record the new placement instead: it ends "
        "this one.",
    )


class ChangeLegalStatus(Form):
    """The law under which the child is placed changed."""

    code = forms.ChoiceField(
        label="New legal status",
        choices=[("", "Choose"), *codes.LegalStatusCode.choices],
        error_messages={"required": "Select the new legal status"},
    )
    started_on = DateField(called="The day it began", label="From which day?", help_text=DAY_HINT)


class EndCare(Form):
    """The child stopped being looked after."""

    ended_on = DateField(
        called="The day care ended", label="When did care end?", help_text=DAY_HINT
    )
    reason = forms.CharField(
        label="SSDA903 reason why care ended",
        max_length=4,
        widget=TextInput(width=4),
        help_text="For example, E11 or E4A",
        error_messages={"required": "Enter the reason why care ended"},
    )
    stays = YesNoField(
        label="Does the young person stay where they live?",
        hints={"yes": "They stay on every list, as 18 or over"},
        error_messages={"required": "Select yes if the young person stays where they live"},
    )


class Allocate(Form):
    """Gives a child to somebody in a part."""

    role = forms.ChoiceField(
        label="Part",
        choices=[(role.value, capital(LABELS[role])) for role in ALLOCATED],
        widget=Radios(),
        error_messages={"required": "Select a part"},
    )
    person = forms.ModelChoiceField(
        label="Person",
        queryset=Person.objects.none(),
        empty_label="Choose a person",
        error_messages={
            "required": "Select a person",
            "invalid_choice": "Select a person who plays this part",
        },
    )
    started_on = DateField(called="The first day", label="From which day?", help_text=DAY_HINT)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class EndAllocation(Form):
    """Somebody stops playing a part, and nobody takes over yet."""

    ended_on = DateField(called="The last day", label="When does this end?", help_text=DAY_HINT)


#: Who may be offered the page for opening a record that they have no grant for.
OPENS_RECORDS: frozenset[Role] = frozenset(MAY_BREAK_GLASS)


def facts_of_placement(placement: Placement) -> dict[str, Any]:
    """A placement as its form shows it."""
    facts = {name: getattr(placement, name, None) for name in CorrectPlacement.base_fields}
    facts["setting"] = named(placement.setting) if placement.setting else ""
    return facts
