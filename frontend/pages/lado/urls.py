"""The addresses of allegations."""

from django.urls import path

from frontend.pages.lado import public, views

urlpatterns = [
    path("allegations/", views.allegations, name="allegations"),
    path("allegations/tell/", views.refer, name="lado_refer"),
    path("allegations/sent/<int:referral_id>/", views.receipt, name="lado_receipt"),
    path(
        "allegations/sent/<int:referral_id>/challenge/",
        views.receipt_challenge,
        name="lado_receipt_challenge",
    ),
    path("allegations/figures/", views.figures, name="lado_figures"),
    path("allegations/settings/<int:setting_id>/", views.at_setting, name="lado_setting"),
    path("allegations/adults/<int:adult_id>/", views.about_adult, name="lado_adult"),
    path("allegations/notifications/", views.notifications, name="lado_notifications"),
    path("allegations/notifications/record/", views.notify, name="lado_notify"),
    path(
        "allegations/notifications/<int:notification_id>/match/",
        views.match_notification,
        name="lado_match_notification",
    ),
    path(
        "allegations/matches/<int:match_id>/<slug:answer>/", views.match_answer, name="lado_match"
    ),
    path("allegations/notices/<int:notice_id>/", views.notice, name="lado_notice"),
    path(
        "allegations/notices/<int:notice_id>/<slug:step>/",
        views.notice_step,
        name="lado_notice_step",
    ),
    path("allegations/<int:referral_id>/", views.referral, name="lado_referral"),
    path("allegations/<int:referral_id>/reason/", views.reason, name="lado_reason"),
    path("allegations/<int:referral_id>/<slug:step>/", views.referral_step, name="lado_step"),
    path("tell-the-lado/", public.tell_the_lado, name="tell_the_lado"),
    path("tell-the-lado/sent/", public.told, name="lado_told"),
]
