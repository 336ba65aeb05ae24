"""Recording a visit page by page, as somebody does it in a car park."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backend.events.models import Event
from backend.grammar.roles import Role
from tests.factories import NOW, TODAY, World, an_outcome
from tests.pages.conftest import Enter
from workflows.visits import actions
from workflows.visits.models import Draft, Visit

DAY = TODAY - timedelta(days=1)
WHEN = {
    "made_on_day": str(DAY.day),
    "made_on_month": str(DAY.month),
    "made_on_year": str(DAY.year),
    "made_time": "3pm",
    "was_remote": "no",
    "place": "setting",
}
CHILD = {
    "was_seen_alone": "no",
    "not_alone": "refused",
    "not_alone_why": "She held her key worker's sleeve.",
    "communicated_by": ["symbols", "body"],
    "own_words": "Pointed to: home, mum, <b>no</b>.",
    "paraphrase": "She wants to go home.",
    "feels_safe": "sometimes",
    "was_bedroom_seen": "yes",
}
CARE = {
    "behaviour": "changed",
    "behaviour_detail": "Bites her hand again.",
    "abuse_considered": "possible",
    "abuse_considered_why": "It began with the new night staff.",
    "practice_observed": "Staff spoke over her.",
    "matches_records": "partly",
    "matches_records_detail": "The log says she was calm.",
    "plan_health": "yes",
    "plan_communication": "no",
}
AROUND = {
    "culture_respected": "no",
    "culture_detail": "Her hair was cut.",
    "family_contact": "yes",
    "account_0_source": "school",
    "account_0_who": "Class teacher",
    "account_0_said": "She is tired in the mornings.",
}
OUTCOME = {
    "concern_0_kind": "dignity",
    "concern_0_severity": "moderate",
    "concern_0_harm": "actual",
    "concern_0_source": "observation",
    "concern_0_detail": "Her hair was cut without asking her or her mother.",
    "is_welfare_safeguarded": "yes",
    "next_steps": "Manager today; visit again in a week.",
}
PARTS = {"when": WHEN, "child": CHILD, "care": CARE, "around": AROUND, "outcome": OUTCOME}


@pytest.fixture
def client(world: World, enter: Enter) -> Client:
    return enter(world[Role.SOCIAL_WORKER])


def base(world: World) -> str:
    return reverse("visit_record", args=[world.child.pk])


def write(client: Client, address: str, *parts: str, **changes: Any) -> Any:
    """Sends parts of the record; the last answer."""
    answer = None
    for part in parts or PARTS:
        answer = client.post(f"{address}{part}/", {**PARTS[part], **changes})
    return answer


def test_whole_record_is_written_page_by_page_and_sent_once(world: World, client: Client) -> None:
    address = base(world)
    assert client.get(address).status_code == 200
    for part, following in zip(PARTS, ["child", "care", "around", "outcome", "check"], strict=True):
        answer = write(client, address, part)
        assert answer["Location"] == f"{address}{following}/?saved={part}"
    page = client.get(f"{address}check/").content.decode()
    assert "Pointed to: home, mum, &lt;b&gt;no&lt;/b&gt;." in page
    assert "Her hair was cut without asking" in page
    assert not Visit.objects.exists()
    sent = client.post(f"{address}check/")
    visit = Visit.objects.get()
    assert sent["Location"] == f"{reverse('visit', args=[visit.pk])}?recorded=1"
    assert (visit.state, visit.was_seen_alone, visit.not_alone) == ("made", False, "refused")
    assert visit.own_words == "Pointed to: home, mum, <b>no</b>."
    assert visit.plan_followed == {"health": "yes", "communication": "no"}
    assert [(one.source, one.who) for one in visit.accounts.all()] == [("school", "Class teacher")]
    assert [(one.kind, one.harm) for one in visit.concerns.all()] == [("dignity", "actual")]
    assert not Draft.objects.exists()
    page = client.get(sent["Location"]).content.decode()
    assert "Source: the child" in page
    assert "The log says she was calm." in page
    assert "<b>no</b>" not in page


def test_sending_twice_records_one_visit_and_shows_it(world: World, client: Client) -> None:
    write(client, base(world))
    first = client.post(f"{base(world)}check/")
    again = client.post(f"{base(world)}check/")
    assert Visit.objects.count() == 1
    assert again["Location"] == first["Location"].partition("?")[0]


def test_how_the_child_communicates_is_shown_before_the_record(
    world: World, client: Client
) -> None:
    for address in (base(world), f"{base(world)}child/"):
        assert world.child.communication_profile in client.get(address).content.decode()


def test_what_was_typed_is_kept_though_it_is_not_right(world: World, client: Client) -> None:
    answer = client.post(f"{base(world)}child/", {"own_words": "Again, again."})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Say whether you saw the child alone." in page
    assert "Again, again." in page
    assert Draft.objects.get().answers == {"child:own_words": ["Again, again."]}
    assert "Again, again." in client.get(f"{base(world)}child/").content.decode()


def test_draft_is_kept_at_every_pause_and_offered_again(world: World, client: Client) -> None:
    address = f"{base(world)}child/draft/"
    answer = client.post(address, {"own_words": "Look"})
    assert answer.status_code == 200
    assert answer.json()["saved_at"].startswith(str(TODAY))
    client.post(f"{base(world)}when/draft/", {"made_time": "3pm"})
    assert Draft.objects.get().answers == {
        "child:own_words": ["Look"],
        "when:made_time": ["3pm"],
    }
    assert "Go on with the record" in client.get("/").content.decode()
    page = client.get(base(world)).content.decode()
    assert "Begun" in page
    assert "Throw this record away" in page


def test_save_and_come_back_later_judges_nothing(world: World, client: Client) -> None:
    answer = client.post(f"{base(world)}child/", {"own_words": "Look", "later": "1"})
    assert answer["Location"] == f"{base(world)}?saved=child"


def test_draft_is_its_writers_alone(world: World, client: Client, enter: Enter) -> None:
    client.post(f"{base(world)}child/draft/", {"own_words": "For my eyes"})
    other = enter(world[Role.TEAM_MANAGER]).get(f"{base(world)}child/")
    assert "For my eyes" not in other.content.decode()


def test_record_begun_by_mistake_is_thrown_away(world: World, client: Client) -> None:
    client.post(f"{base(world)}child/draft/", {"own_words": "Wrong child"})
    assert client.get(f"{base(world)}discard/").status_code == 200
    assert Draft.objects.exists()
    client.post(f"{base(world)}discard/")
    assert not Draft.objects.exists()


def test_unfinished_record_is_not_sent(world: World, client: Client) -> None:
    write(client, base(world), "when", "child")
    answer = client.post(f"{base(world)}check/")
    assert answer["Location"] == base(world)
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("part", "name", "value", "words"),
    [
        ("when", "place", "", "Say where you saw the child."),
        ("when", "made_on_month", "13", "must be a real date"),
        ("when", "made_time", "25:00", "must be a real time"),
        ("child", "not_alone", "", "Say which of the three exceptions applied."),
        ("child", "not_alone_why", "", "Say why the child was not seen alone."),
        ("child", "feels_safe", "", "Ask whether the child feels safe here"),
        ("child", "feels_safe", "perhaps", "Select a valid choice"),
        ("child", "own_words", "\x00", "Null characters are not allowed"),
        ("care", "abuse_considered", "", "consider abuse"),
        ("care", "abuse_considered_why", "", "Say what your answer rests on."),
        ("care", "practice_observed", "", "Say what you saw staff"),
        ("around", "account_0_source", "", "Select who this is to the child"),
        ("around", "culture_respected", "", "culture and identity"),
        ("outcome", "concern_0_severity", "", "Select how severe it is"),
        ("outcome", "next_steps", "", "Enter what happens next."),
        ("outcome", "is_welfare_safeguarded", "", "Say whether welfare"),
        ("outcome", "is_welfare_safeguarded", "no", "Say why welfare is not safeguarded"),
    ],
)
def test_part_says_what_is_missing(
    world: World, client: Client, part: str, name: str, value: str, words: str
) -> None:
    changes = {name: value}
    if name == "own_words":
        changes["paraphrase"] = ""
    answer = write(client, base(world), part, **changes)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "There is a problem" in page
    assert words.lower() in page.lower()
    assert "<title>Error: " in page


def test_what_is_not_asked_is_no_error(world: World, client: Client) -> None:
    answer = write(
        client,
        base(world),
        "child",
        was_seen_alone="yes",
        not_alone="",
        not_alone_why="",
    )
    assert answer.status_code == 302


def test_text_beyond_all_measure_is_refused_in_words(world: World, client: Client) -> None:
    answer = write(client, base(world), "child", own_words="x" * 20_001)
    assert answer.status_code == 200
    assert "This is 20001 characters long; the most is 20000" in answer.content.decode()
    assert not Draft.objects.exists()
    for words in ("x" * 20_001, "cut\x00off"):
        kept = client.post(f"{base(world)}child/draft/", {"own_words": words})
        assert kept.status_code == 422
    assert not Draft.objects.exists()


def test_ten_megabytes_are_turned_away_and_nothing_is_kept(world: World, client: Client) -> None:
    answer = write(client, base(world), "child", own_words="x" * 10_000_000)
    assert answer.status_code == 400
    assert not Draft.objects.exists()


def test_odd_writing_is_kept_as_it_was(world: World, client: Client) -> None:
    words = "نعم 🙂 \u202eback\u202c Zoë: “no”"
    write(client, base(world))
    write(client, base(world), "child", own_words=words)
    client.post(f"{base(world)}check/")
    assert Visit.objects.get().own_words == words


def test_visit_in_the_future_and_before_the_placement_are_refused(
    world: World, client: Client
) -> None:
    write(client, base(world))
    tomorrow = TODAY + timedelta(days=1)
    for day, words in (
        (tomorrow, "A visit cannot be recorded before it happens."),
        (world.placement.started_on - timedelta(days=1), "before the placement started"),
    ):
        write(
            client,
            base(world),
            "when",
            made_on_day=str(day.day),
            made_on_month=str(day.month),
            made_on_year=str(day.year),
        )
        answer = client.post(f"{base(world)}check/")
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert f"{base(world)}when/?check=1" in answer.content.decode()
    assert not Visit.objects.exists()


def test_another_row_is_offered_without_a_script(world: World, client: Client) -> None:
    answer = write(client, base(world), "around", add="1")
    page = answer.content.decode()
    assert "account_1_who" in page
    assert "account_2_who" not in page
    assert "She is tired in the mornings." in page
    assert "There is a problem" not in page


def test_second_record_of_a_day_says_who_was_first_and_asks(
    world: World, client: Client, enter: Enter
) -> None:
    actions.record_visit(
        child=world.child, outcome=an_outcome(DAY), by=world[Role.TEAM_MANAGER], at=NOW
    )
    write(client, base(world))
    answer = client.post(f"{base(world)}check/")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert world[Role.TEAM_MANAGER].name in page
    assert "There were two visits that day" in page
    assert Visit.objects.count() == 1
    client.post(f"{base(world)}check/", {"second": "1"})
    assert Visit.objects.count() == 2


class TestOfAnArrangedVisit:
    @pytest.fixture
    def arranged(self, world: World) -> Visit:
        return actions.arrange_visit(
            child=world.child,
            arranged_for=NOW + timedelta(minutes=5),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )

    def test_it_is_the_one_that_is_recorded(
        self, world: World, client: Client, arranged: Visit
    ) -> None:
        answer = client.get(base(world))
        address = reverse("visit_record_arranged", args=[arranged.pk])
        assert answer["Location"] == address
        assert 'value="2"' in client.get(f"{address}when/").content.decode()
        write(client, address)
        client.post(f"{address}check/", {"version": "2"})
        assert [(one.pk, one.state) for one in Visit.objects.all()] == [(arranged.pk, "made")]

    def test_who_was_first_is_said_and_nothing_written_is_lost(
        self, world: World, client: Client, arranged: Visit
    ) -> None:
        address = reverse("visit_record_arranged", args=[arranged.pk])
        write(client, address)
        actions.record_visit(
            child=world.child,
            visit=arranged,
            outcome=an_outcome(DAY),
            by=world[Role.TEAM_MANAGER],
            at=NOW,
        )
        for answer in (client.post(f"{address}check/"), client.get(address)):
            assert answer.status_code == 409
            page = answer.content.decode()
            assert world[Role.TEAM_MANAGER].name in page
            assert "She is tired in the mornings." in page
        assert Visit.objects.get().visitor == world[Role.TEAM_MANAGER]

    def test_version_that_moved_on_is_said_to_have_moved_on(
        self, world: World, client: Client, arranged: Visit
    ) -> None:
        address = reverse("visit_record_arranged", args=[arranged.pk])
        write(client, address)
        actions.rearrange_visit(
            visit=arranged,
            arranged_for=NOW + timedelta(days=1),
            by=world[Role.TEAM_MANAGER],
            at=NOW,
        )
        answer = client.post(f"{address}check/", {"version": "2"})
        assert answer.status_code == 412
        assert world[Role.TEAM_MANAGER].name in answer.content.decode()
        assert Visit.objects.get().state == "arranged"
        assert Draft.objects.exists()


class TestOtherSteps:
    def test_unannounced_visit_is_planned_from_its_page(self, world: World, client: Client) -> None:
        day = TODAY + timedelta(days=3)
        sent = {
            "arranged_on_day": day.day,
            "arranged_on_month": day.month,
            "arranged_on_year": day.year,
            "arranged_time": "14:30",
            "told": "unannounced",
        }
        address = reverse("visit_arrange", args=[world.child.pk])
        answer = client.post(address, sent)
        visit = Visit.objects.get()
        assert answer["Location"] == reverse("visit", args=[visit.pk])
        assert (visit.state, visit.is_unannounced) == ("arranged", True)
        answer = client.post(address, {**sent, "arranged_on_year": "2025"})
        assert answer.status_code == 200
        assert "Choose a time that has not passed." in answer.content.decode()

    def test_attempt_is_recorded_and_the_visit_stays_owed(
        self, world: World, client: Client
    ) -> None:
        answer = client.post(
            reverse("visit_attempt", args=[world.child.pk]),
            {
                "made_on_day": DAY.day,
                "made_on_month": DAY.month,
                "made_on_year": DAY.year,
                "made_time": "11",
                "reason": "Out at the seaside, said the shift leader.",
            },
        )
        page = client.get(answer["Location"]).content.decode()
        assert "Attempted, child not seen" in page
        assert "Out at the seaside" in page

    def test_amendment_keeps_the_earlier_text(self, world: World, client: Client) -> None:
        visit = actions.record_visit(
            child=world.child, outcome=an_outcome(DAY), by=world[Role.SOCIAL_WORKER], at=NOW
        )
        address = reverse("visit_amend", args=[visit.pk])
        form = client.get(address).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields if name != "made_on"}
        sent |= {
            "made_on_day": DAY.day,
            "made_on_month": DAY.month,
            "made_on_year": DAY.year,
            "next_steps": "Speak to the manager today.",
            "why": "I left out the manager.",
            "version": visit.version,
        }
        answer = client.post(address, sent)
        assert answer.status_code == 302
        page = client.get(answer["Location"]).content.decode()
        assert "Speak to the manager today." in page
        assert "Visit again within six weeks." in page
        assert "I left out the manager." in page
        assert list(visit.amendments.values_list("field", flat=True)) == ["next_steps"]
        again = client.post(address, {**sent, "next_steps": "Something else."})
        assert again.status_code == 412

    def test_amending_nothing_is_refused(self, world: World, client: Client) -> None:
        visit = actions.record_visit(
            child=world.child, outcome=an_outcome(DAY), by=world[Role.SOCIAL_WORKER], at=NOW
        )
        address = reverse("visit_amend", args=[visit.pk])
        form = client.get(address).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields if name != "made_on"}
        sent |= {
            "made_on_day": DAY.day,
            "made_on_month": DAY.month,
            "made_on_year": DAY.year,
            "why": "No reason.",
        }
        answer = client.post(address, sent)
        assert "Nothing was changed." in answer.content.decode()

    def test_entry_in_error_stays_to_be_seen(self, world: World, client: Client) -> None:
        visit = actions.record_visit(
            child=world.child, outcome=an_outcome(DAY), by=world[Role.SOCIAL_WORKER], at=NOW
        )
        address = reverse("visit_void", args=[visit.pk])
        assert "Say what was entered in error." in client.post(address).content.decode()
        client.post(address, {"reason": "The wrong child."})
        page = client.get(reverse("child_visits", args=[world.child.pk])).content.decode()
        assert "Entered in error" in page
        again = client.post(address, {"reason": "Once more."})
        assert again.status_code == 409
        assert world[Role.SOCIAL_WORKER].name in again.content.decode()

    def test_request_from_the_card_tells_the_social_worker(
        self, world: World, enter: Enter
    ) -> None:
        address = reverse("visit_request", args=[world.child.pk])
        sent = {
            "asked_by": "child",
            "how_asked": "symbols",
            "words": "Come, soon.",
            "asked_on_day": TODAY.day,
            "asked_on_month": TODAY.month,
            "asked_on_year": TODAY.year,
        }
        answer = enter(world[Role.REGISTERED_MANAGER]).post(address, sent)
        assert answer.status_code == 302
        assert Event.objects.filter(name="visits.requested").exists()
        asked = world.child.visit_requests.get()
        client = enter(world[Role.SOCIAL_WORKER])
        page = client.get(reverse("child_visits", args=[world.child.pk])).content.decode()
        assert "Come, soon." in page
        refuse = reverse("visit_refuse", args=[asked.pk])
        assert enter(world[Role.REGISTERED_MANAGER]).get(refuse).status_code == 404
        client.post(refuse, {"reason": "Seen an hour before."})
        asked.refresh_from_db()
        assert asked.refused_on == TODAY
