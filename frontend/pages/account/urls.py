"""The addresses of somebody's own account."""

from django.urls import path

from frontend.pages.account import browsers, calendar, leave, telling, views

urlpatterns = [
    path("your-account/", views.your_account, name="your_account"),
    path("your-account/telling/", telling.telling, name="your_telling"),
    path("your-account/browsers/add/", browsers.add, name="your_browser_add"),
    path("your-account/browsers/<int:number>/remove/", browsers.remove, name="your_browser_remove"),
    path("your-account/leave/", leave.leave, name="your_leave"),
    path("your-account/calendar/", calendar.calendar, name="your_calendar"),
    path("your-account/calendar/make/", calendar.make, name="your_calendar_make"),
    path("your-account/calendar/close/", calendar.revoke, name="your_calendar_close"),
    path("people/<int:person_id>/leave/", leave.leave, name="leave_of_person"),
    path("leave/<int:leave_id>/end/", leave.end, name="leave_end"),
    path("calendar/<slug:secret>.ics", calendar.feed, name="calendar_feed"),
]
