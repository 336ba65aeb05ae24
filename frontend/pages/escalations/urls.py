"""The addresses of concerns between agencies, whom to call, ladders and meetings."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from frontend.pages.escalations import directory, ladders, meetings, overview, views
from workflows.escalations.ladders import Use


class UseConverter(StringConverter):
    """One of the kinds of concern that a ladder is for."""

    regex = "|".join(use.value for use in Use)


class SaidConverter(StringConverter):
    """What somebody says of a contact."""

    regex = "reached|not-reached|remove"


register_converter(UseConverter, "use")
register_converter(SaidConverter, "said")

ONE = "escalations/<int:escalation_id>/"
MEETING = "setting-meetings/<int:meeting_id>/"
CONTACT = "who-to-call/<int:contact_id>/"

urlpatterns = [
    path("escalations/", views.escalations, name="escalations"),
    path("escalations/raise/", views.raise_one, name="escalation_raise"),
    path("escalations/across-teams/", overview.overview, name="escalations_overview"),
    path(ONE, views.escalation, name="escalation"),
    path(f"{ONE}message/", views.message, name="escalation_message"),
    path(f"{ONE}note/", views.note, name="escalation_note"),
    path(f"{ONE}<slug:step>/", views.step, name="escalation_step"),
    path("who-to-call/", directory.who_to_call, name="who_to_call"),
    path("who-to-call/ours/", directory.who_answers, name="who_answers"),
    path("who-to-call/add/", directory.add_contact, name="contact_add"),
    path(f"{CONTACT}change/", directory.change_contact, name="contact_change"),
    path(f"{CONTACT}<said:what>/", directory.say_of_contact, name="contact_say"),
    path("ladders/", ladders.ladders, name="ladders"),
    path("ladders/<str:code>/<use:use>/", ladders.choose, name="ladder_choose"),
    path("ladders/<str:code>/<use:use>/own/", ladders.own, name="ladder_own"),
    path("setting-meetings/", meetings.meetings, name="setting_meetings"),
    path("settings/<int:setting_id>/meet/", meetings.call, name="setting_meeting_call"),
    path(MEETING, meetings.meeting, name="setting_meeting"),
    path(f"{MEETING}actions/<int:action_id>/done/", meetings.complete, name="setting_meeting_done"),
    path(f"{MEETING}<slug:step>/", meetings.step, name="setting_meeting_step"),
]
