"""Allegations on the screen: who reads what, the reason first, and anybody may tell."""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.access.models import ReadLog
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from tests.factories import (
    DONCASTER,
    LEEDS,
    NOW,
    SHEFFIELD,
    TODAY,
    a_person,
    an_authority,
    plays,
)
from tests.pages.conftest import Enter
from tests.workflows.lado.stages import (
    NAME,
    TOLD,
    House,
    a_house,
    kept,
    notice_to,
    opened,
    ready_to_close,
    received,
    sent,
)
from workflows.lado import actions
from workflows.lado.models import AdultMatch, HomeNotification, Referral
from workflows.notices.actions import send_home_notice


@pytest.fixture(scope="module")
def standing_house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """One house for all tests of this file; each test takes its own changes back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_house()
        transaction.set_rollback(True)


@pytest.fixture
def house(standing_house: House, db: None) -> House:
    return deepcopy(standing_house)


#: What differs from one look at a page to the next, and says nothing.
CHANCE = re.compile(r'LADO-[0-9A-Z-]+|nonce="[^"]+"|value="[^"]{20,}"')


def page(client: Client, name: str, *args: Any) -> Any:
    return client.get(reverse(name, args=args))


DECIDED = {
    f"{name}{part}": value
    for name in ("harmed", "offence", "poses_risk", "unsuitable")
    for part, value in (("", "no"), ("_reason", "Nothing points to it."))
} | {"is_clear_at_once": "no"}


class TestTheDesk:
    def test_a_lado_finds_referrals_by_stage(self, house: House, enter: Enter) -> None:
        waiting, decided = sent(house), opened(house, adult=other())
        answer = page(enter(house.lado), "allegations")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert waiting.reference in text
        assert decided.reference in text
        assert "the LADO, to receive it" in text
        assert NAME not in text

    def test_it_takes_no_more_queries_with_more_referrals(self, house: House, enter: Enter) -> None:
        client = enter(house.lado)
        kept(house)
        page(client, "allegations")
        with CaptureQueriesContext(connection) as one:
            page(client, "allegations")
        for number in range(2):
            kept(house, adult={"name": f"Nobody{number} Else{number}", "sector": "health"})
        with CaptureQueriesContext(connection) as three:
            page(client, "allegations")
        assert len(three) == len(one)

    def test_somebody_without_a_part_has_no_way_there(self, house: House, enter: Enter) -> None:
        opened(house)
        for role in (Role.SOCIAL_WORKER, Role.ADVOCATE, Role.HOST_OFFICER, Role.TEAM_MANAGER):
            answer = enter(house.world[role]).get("/")
            assert f'href="{reverse("allegations")}"'.encode() not in answer.content
        answer = enter(house.lado).get(reverse("your_account"))
        assert f'href="{reverse("allegations")}"'.encode() in answer.content

    def test_another_authoritys_lado_learns_whom_to_call_and_no_more(
        self, house: House, enter: Enter
    ) -> None:
        sheffield = a_person("Sheffield Lado")
        plays(sheffield, Role.LADO, authority_id=SHEFFIELD)
        sent(house)
        theirs = actions.make_referral(
            what_happened="Shouted at a child.",
            adult={"name": NAME, "sector": "sport"},
            authority=sheffield.assignments.get().authority,
            workplace="A club",
            by=house.world[Role.IRO],
            at=NOW,
        )
        answer = page(enter(sheffield), "allegations").content.decode()
        assert house.lado.email in answer
        assert "same name" in answer
        assert TOLD not in answer
        match = AdultMatch.objects.get()
        sent_in = enter(sheffield).post(
            reverse("lado_match", args=[match.pk, "same"]), {"reason": "We spoke."}
        )
        assert sent_in.status_code == 302
        match.refresh_from_db()
        assert (match.answer, match.by) == ("same", sheffield)
        assert page(enter(sheffield), "lado_referral", theirs.pk).status_code == 200


def other() -> dict[str, Any]:
    return {"name": "Somebody Else", "sector": "residential"}


class TestOneCase:
    def test_whoever_handles_it_reads_at_once_and_it_is_kept(
        self, house: House, enter: Enter
    ) -> None:
        referral = opened(house)
        answer = page(enter(house.lado), "lado_referral", referral.pk)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert NAME in text
        assert TOLD in text
        assert "Sightline's default, a local target; not law" in text
        log = ReadLog.objects.filter(page=referral.about).latest("pk")
        assert (log.person_id, log.depth) == (house.lado.pk, "restricted")

    def test_anybody_else_gives_a_reason_first(self, house: House, enter: Enter) -> None:
        referral = opened(house)
        second = a_person("A second LADO")
        plays(second, Role.LADO, authority_id=DONCASTER)
        client = enter(second)
        asked = client.get(reverse("lado_referral", args=[referral.pk]), follow=True)
        assert "Sensitive record" in asked.content.decode()
        assert NAME not in asked.content.decode()
        assert not ReadLog.objects.filter(page=referral.about, person_id=second.pk).exists()
        steps = client.get(reverse("lado_step", args=[referral.pk, "settle"]))
        assert (steps.status_code, steps["Location"]) == (
            302,
            reverse("lado_reason", args=[referral.pk]),
        )
        refused = client.post(reverse("lado_reason", args=[referral.pk]), {"reason": " "})
        assert "Say why you need to read this" in refused.content.decode()
        read = client.post(
            reverse("lado_reason", args=[referral.pk]), {"reason": "Cover on Monday"}, follow=True
        )
        assert NAME in read.content.decode()
        log = ReadLog.objects.filter(page=referral.about, person_id=second.pk).get()
        assert log.because == "LADO; Reason given: Cover on Monday"

    @pytest.mark.parametrize(
        "role",
        [role for role in Role if role not in (Role.CLOCK, Role.LADO)],
    )
    def test_nobody_else_knows_that_it_exists(self, house: House, enter: Enter, role: Role) -> None:
        referral = opened(house)
        client = enter(house.world[role])
        for name in ("lado_referral", "lado_reason"):
            assert page(client, name, referral.pk).status_code == 404
        assert page(client, "lado_step", referral.pk, "conclude").status_code == 404

    def test_it_is_worked_from_the_first_word_to_the_decision(
        self, house: House, enter: Enter
    ) -> None:
        referral = sent(house)
        client = enter(house.lado)
        client.post(reverse("lado_step", args=[referral.pk, "receive"]))
        nothing = client.post(reverse("lado_step", args=[referral.pk, "decide"]), {})
        assert "Select yes if this limb is met" in nothing.content.decode()
        wrong = client.post(
            reverse("lado_step", args=[referral.pk, "decide"]),
            {**DECIDED, "result": "open", "reason": "Worried."},
        )
        assert wrong.status_code == 409
        assert "None of the four limbs is met" in wrong.content.decode()
        client.post(
            reverse("lado_step", args=[referral.pk, "decide"]),
            {**DECIDED, "harmed": "yes", "result": "open", "reason": "A bruise was seen."},
        )
        assert Referral.objects.get(pk=referral.pk).state == "open"
        shown = page(client, "lado_referral", referral.pk).content.decode()
        assert "Leeds" in shown
        assert "No receipt since 2 March 2026 (today)" in shown

    def test_what_is_missing_for_the_children_is_said_first(
        self, house: House, enter: Enter
    ) -> None:
        """No home tied to the case, a child whom only the home told of, Ofsted and the adult's
        home authority not yet told."""
        referral = opened(
            house,
            source="public",
            by=CLOCK,
            setting=None,
            authority=an_authority(DONCASTER),
            workplace="There",
            is_child_at_risk=True,
        )
        client = enter(house.lado)
        shown = page(client, "lado_referral", referral.pk).content.decode()
        assert "No home is tied to this case" in shown
        assert "A child may be at risk now. Police and children's social care come first" in shown
        assert "Child at risk" in page(client, "allegations").content.decode()
        form = page(client, "lado_step", referral.pk, "correct").context["form"]
        asked = {
            name: field.prepare_value(form[name].value()) for name, field in form.fields.items()
        }
        asked |= {
            "setting": house.setting.pk,
            "home_authority": SHEFFIELD,
            "is_child_at_risk": "on",
        }
        born = referral.adult.date_of_birth
        asked |= {f"date_of_birth_{part}": getattr(born, part) for part in ("day", "month", "year")}
        asked |= {
            f"{name}_{part}": getattr(getattr(referral, name), part)
            for name in ("happened_on", "employer_knew_on", "manager_knew_on")
            for part in ("day", "month", "year")
        }
        sent_in = client.post(
            reverse("lado_step", args=[referral.pk, "correct"]),
            {name: value for name, value in asked.items() if value not in (None, "", False)},
        )
        assert sent_in.status_code == 302, sent_in.context["form"].errors
        send_home_notice(
            setting=house.setting,
            kind="admission",
            name="A child nobody else named",
            date_of_birth=TODAY - timedelta(days=4000),
            happened_on=TODAY,
            basis="not_known",
            placing_authority=an_authority(SHEFFIELD),
            authority_contact="The duty desk, 0114 000",
            iro_contact="Not known",
            has_ehc_plan="not_known",
            by=house.manager,
            at=NOW,
        )
        shown = page(client, "lado_referral", referral.pk).content.decode()
        assert "No home is tied to this case" not in shown
        assert "Leeds" in shown
        assert "1 child there whom only the home told of" in shown
        assert "Sheffield (The duty desk, 0114 000)" in shown
        assert "A child nobody else named" not in shown
        assert "not recorded as told" in shown
        assert "Tell the adult&#x27;s home authority" in shown

    def test_a_meeting_asks_after_the_advocate_where_a_child_is_named(
        self, house: House, enter: Enter
    ) -> None:
        client = enter(house.lado)
        asked = "Was the child&#x27;s advocate invited"
        unnamed, named = opened(house), opened(house, children=[house.world.child])
        assert asked not in page(client, "lado_step", unnamed.pk, "meet").content.decode()
        assert asked in page(client, "lado_step", named.pk, "meet").content.decode()
        held = {f"held_on_{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
        said = {
            "kind": "initial",
            "attendees": "PC Day, police",
            "summary": "Police lead.",
            "is_fortnightly": "no",
            **held,
        }
        address = reverse("lado_step", args=[named.pk, "meet"])
        assert "if the advocate was invited" in client.post(address, said).content.decode()
        refused = client.post(address, {**said, "was_advocate_invited": "no"})
        assert "Say why no advocate was invited" in refused.content.decode()
        client.post(address, {**said, "was_advocate_invited": "yes"})
        shown = page(client, "lado_referral", named.pk).content.decode()
        assert "The child's advocate was invited" in shown

    def test_how_else_it_was_raised_is_shown_and_put_right(
        self, house: House, enter: Enter
    ) -> None:
        referral = opened(house, also_raised_as=["complaint"], also_raised_words="Number 17")
        client = enter(house.lado)
        assert (
            "A complaint. Number 17" in page(client, "lado_referral", referral.pk).content.decode()
        )
        actions.correct_referral(
            referral=referral, changes={"also_raised_as": ["whistleblowing"]}, by=house.lado, at=NOW
        )
        shown = page(client, "lado_referral", referral.pk).content.decode()
        assert "Whistleblowing by staff. Number 17" in shown
        assert "how else it was raised" in shown
        counted = page(client, "lado_figures").content.decode()
        assert "Also raised in another way" in counted
        assert "referred before: <strong>0</strong>" in counted

    def test_tasks_discipline_and_one_adult_in_two_referrals_are_seen(
        self, house: House, enter: Enter
    ) -> None:
        kept(house)
        referral = opened(house)
        match = AdultMatch.objects.get()
        actions.confirm_match(match=match, reason="Same payroll.", by=house.lado, at=NOW)
        referral = actions.record_meeting(
            referral=referral,
            kind="initial",
            held_on=TODAY,
            attendees="PC Day, police",
            summary="Police lead.",
            was_advocate_invited=True,
            by=house.lado,
            at=NOW,
        )
        client = enter(house.lado)
        day = {"due_on_day": 3, "due_on_month": 3, "due_on_year": 2026}
        client.post(
            reverse("lado_step", args=[referral.pk, "add_task"]),
            {"meeting": referral.meetings.get().pk, "what": "Write.", "owner": "A worker", **day},
        )
        decided = {f"decided_on_{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
        client.post(
            reverse("lado_step", args=[referral.pk, "set_discipline"]),
            {"course": "hearing", "words": "A hearing is called.", **decided},
        )
        shown = page(client, "lado_referral", referral.pk).content.decode()
        assert "Write. (A worker, by 3 March 2026): open" in shown
        assert "Do what a meeting asked for" in shown
        assert "a hearing, with nothing more to find out first, decided 2 March 2026" in shown
        assert "the police, the child protection enquiry, the employer" in shown
        adult = reverse("lado_adult", args=[referral.adult.__class__.objects.first().same_as])
        assert adult in page(client, "allegations").content.decode()
        about = client.get(adult).content.decode()
        assert NAME in about
        assert "Night, awake" in about
        assert ReadLog.objects.filter(person_id=house.lado.pk, page__startswith="adults/").exists()
        assert enter(house.manager).get(adult).status_code == 404
        setting = page(client, "lado_setting", house.setting.pk).content.decode()
        assert "Night, awake" in setting

    def test_every_button_opens_a_page(self, house: House, enter: Enter) -> None:
        client = enter(house.lado)
        for case in (received(house), opened(house, adult=other()), ready_to_close(house)):
            shown = page(client, "lado_referral", case.pk)
            for step in shown.context["steps"]:
                assert client.get(step["url"]).status_code == 200, step

    def test_an_allegation_about_the_manager_goes_round_them(
        self, house: House, enter: Enter
    ) -> None:
        referral = opened(house, is_about_manager=True, by=house.world[Role.SOCIAL_WORKER])
        actions.challenge_decision(
            referral=referral, words="Too slow.", by=house.world[Role.SOCIAL_WORKER], at=NOW
        )
        shown = page(enter(house.lado), "lado_referral", referral.pk).content.decode()
        assert "share it with them by name" in shown
        assert f"go to the provider, {house.setting.provider.name}" in shown  # type: ignore[union-attr]
        assert referral.reference.encode() not in page(enter(house.manager), "allegations").content

    def test_the_year_and_its_spreadsheet_name_nobody(self, house: House, enter: Enter) -> None:
        opened(house)
        client = enter(house.lado)
        shown = page(client, "lado_figures").content.decode()
        assert "Children&#x27;s homes" in shown
        assert NAME not in shown
        assert client.get(reverse("lado_figures") + "?year=2025&export=1").status_code == 200
        assert page(enter(house.manager), "lado_figures").status_code == 403


class TestTheNotice:
    def test_an_authority_reads_of_its_own_children_and_not_of_the_adult(
        self, house: House, enter: Enter
    ) -> None:
        notice = notice_to(opened(house), LEEDS)
        client = enter(house.leeds[Role.LADO])
        text = page(client, "lado_notice", notice.pk).content.decode()
        assert house.leeds_child.name in text
        assert house.setting.name in text
        assert house.world.child.name not in text
        assert NAME not in text
        assert TOLD not in text
        actions.name_adult(notice=notice, reason="She may ask.", by=house.lado, at=NOW)
        assert NAME in page(client, "lado_notice", notice.pk).content.decode()

    def test_it_is_received_and_answered_from_the_page(self, house: House, enter: Enter) -> None:
        notice = notice_to(opened(house), LEEDS)
        client = enter(house.leeds[Role.LADO])
        client.post(reverse("lado_notice_step", args=[notice.pk, "receive"]))
        form = page(client, "lado_notice_step", notice.pk, "answer")
        assert house.leeds_child.name in form.content.decode()
        client.post(
            reverse("lado_notice_step", args=[notice.pk, "answer"]),
            {"child": notice.children.get().pk, "what_was_done": "Seen alone at 4."},
        )
        shown = page(enter(house.lado), "lado_notice", notice.pk).content.decode()
        assert "Seen alone at 4." in shown

    def test_every_button_opens_a_page(self, house: House, enter: Enter) -> None:
        notice = notice_to(opened(house), LEEDS)
        for person in (house.leeds[Role.LADO], house.lado):
            client = enter(person)
            shown = page(client, "lado_notice", notice.pk)
            assert shown.context["steps"]
            for step in shown.context["steps"]:
                assert client.get(step["url"]).status_code == 200, step

    def test_sharing_with_nobody_known_says_so(self, house: House, enter: Enter) -> None:
        notice = notice_to(opened(house), LEEDS)
        answer = enter(house.leeds[Role.LADO]).post(
            reverse("lado_notice_step", args=[notice.pk, "share"]),
            {"person": "nobody@example.org", "reason": "Why not"},
        )
        assert "Nobody with this e-mail address has an account here." in answer.content.decode()


class TestTelling:
    def told(self, house: House, **changes: Any) -> dict[str, Any]:
        return {
            "setting": house.setting.pk,
            "what_happened": TOLD,
            "name": NAME,
            "sector": "residential",
            "is_about_manager": "no",
            "source": "setting",
            "shift": "night",
            **changes,
        }

    def test_a_manager_tells_and_reads_what_they_sent_and_nothing_after(
        self, house: House, enter: Enter
    ) -> None:
        client = enter(house.manager)
        assert page(client, "lado_refer").status_code == 200
        answer = client.post(reverse("lado_refer"), self.told(house), follow=True)
        referral = Referral.objects.get()
        assert answer.redirect_chain[-1][0] == reverse("lado_receipt", args=[referral.pk])
        assert TOLD in answer.content.decode()
        actions.receive_referral(referral=referral, by=house.lado, at=NOW)
        shown = page(client, "lado_receipt", referral.pk).content.decode()
        assert "Received" in shown
        assert "Waiting for a decision" not in shown
        assert page(client, "lado_referral", referral.pk).status_code == 404

    def test_what_is_missing_is_said_and_nothing_typed_is_lost(
        self, house: House, enter: Enter
    ) -> None:
        answer = enter(house.manager).post(reverse("lado_refer"), self.told(house, name=""))
        text = answer.content.decode()
        assert "Say who the adult is, or how they are known" in text
        assert TOLD in text
        assert not Referral.objects.exists()

    def test_the_receipt_is_the_senders_own(self, house: House, enter: Enter) -> None:
        referral = sent(house)
        assert page(enter(house.lado), "lado_receipt", referral.pk).status_code == 404


class TestAnybody:
    def told(self, **changes: Any) -> dict[str, Any]:
        return {
            "authority": DONCASTER,
            "workplace": "The big house",
            "what_happened": TOLD,
            "name": NAME,
            "sector": "residential",
            "website": "",
            **changes,
        }

    def send(self, client: Client, **changes: Any) -> Any:
        return client.post(reverse("tell_the_lado"), self.told(**changes), follow=True)

    def test_anybody_tells_without_an_account(self, house: House) -> None:
        client = Client(enforce_csrf_checks=False)
        assert client.get(reverse("tell_the_lado")).status_code == 200
        answer = self.send(client)
        referral = Referral.objects.get()
        text = answer.content.decode()
        assert referral.reference in text
        assert TOLD not in text
        assert NAME not in text
        assert "The big house" not in text
        assert (referral.source, referral.state, referral.referred_by) == ("public", "sent", None)

    def test_the_answer_gives_away_neither_adult_nor_place(self, house: House) -> None:
        """Whether the LADO knows of them already, or nobody here does, reads the same."""
        opened(house)
        known = self.send(Client(), workplace=house.setting.name).content.decode()
        unknown = self.send(Client(), workplace="Nowhere", name="Nobody At All").content.decode()
        assert CHANCE.sub("", known) == CHANCE.sub("", unknown)

    def test_a_form_without_its_token_is_refused(self, house: House) -> None:
        client = Client(enforce_csrf_checks=True)
        assert self.send(client).status_code == 403
        assert not Referral.objects.exists()

    def test_a_program_that_fills_every_box_is_told_what_to_do(self, house: House) -> None:
        answer = self.send(Client(), website="http://x")
        assert "Leave this box empty" in answer.content.decode()
        assert not Referral.objects.exists()

    def test_too_much_and_too_often_are_refused(self, house: House) -> None:
        answer = self.send(Client(), what_happened="x" * 5_001)
        assert "the most is 5000" in answer.content.decode()
        cache.clear()
        client = Client()
        statuses = [self.send(client, name="").status_code for _ in range(11)]
        assert statuses == [422] * 10 + [429]
        assert not Referral.objects.exists()

    def test_where_nobody_would_read_it_it_is_not_taken_in(self, house: House) -> None:
        answer = self.send(Client(), authority=SHEFFIELD)
        assert "Telephone its children&#x27;s services now" in answer.content.decode()
        assert not Referral.objects.exists()

    def test_the_number_is_shown_to_whoever_sent_it_only(self, house: House) -> None:
        assert Client().get(reverse("lado_told")).status_code == 302


class TestRegulation40:
    def test_a_home_records_and_the_lado_matches(self, house: House, enter: Enter) -> None:
        referral = opened(house)
        client = enter(house.manager)
        answer = client.post(
            reverse("lado_notify"),
            {
                "setting": house.setting.pk,
                "kind": "allegation",
                "happened_on_day": 1,
                "happened_on_month": 3,
                "happened_on_year": 2026,
                "happened_time": "20:00",
                "notified_on_day": 2,
                "notified_on_month": 3,
                "notified_on_year": 2026,
                "notified_time": "9am",
                "recipients": ["ofsted", "placing"],
            },
        )
        assert answer.status_code == 302
        notification = HomeNotification.objects.get()
        url = reverse("lado_match_notification", args=[notification.pk])
        assert client.get(url).status_code == 404
        assert "not seen" in page(enter(house.lado), "lado_referral", referral.pk).content.decode()
        enter(house.lado).post(url, {"referral": referral.pk})
        shown = page(enter(house.lado), "lado_referral", referral.pk).content.decode()
        assert "seen, notified 2 March 2026" in shown
        to_leeds = page(
            enter(house.leeds[Role.LADO]), "lado_notice", notice_to(referral, LEEDS).pk
        ).content.decode()
        assert "seen; it happened 1 March 2026" in to_leeds
        assert "to Ofsted, Placing authority" in to_leeds
        assert TODAY.day == 2

    def test_it_is_for_homes_and_lados(self, house: House, enter: Enter) -> None:
        for role in (Role.SOCIAL_WORKER, Role.ADVOCATE, Role.HOST_OFFICER):
            assert page(enter(house.world[role]), "lado_notifications").status_code == 403
