"""The addresses of the pages of reviews."""

from django.urls import path

from frontend.pages.reviews import around, views

OF_CHILD = "children/<int:child_id>/reviews/"

urlpatterns = [
    path(f"{OF_CHILD}convene/", views.convene, name="review_convene"),
    path(f"{OF_CHILD}early/", around.ask_early, name="early_review_ask"),
    path(f"{OF_CHILD}changes/", around.propose, name="change_propose"),
    path(f"{OF_CHILD}look/", around.check, name="iro_check"),
    path(f"{OF_CHILD}challenge/", around.raise_challenge, name="challenge_raise"),
    path("reviews/<int:review_id>/", views.review, name="review"),
    path("reviews/<int:review_id>/draft/<slug:step>/", views.keep_draft, name="review_draft"),
    path("reviews/<int:review_id>/<slug:step>/", views.take_step, name="review_step"),
    path("decisions/<int:decision_id>/done/", views.decision_done, name="decision_done"),
    path("early-reviews/<int:early_id>/answer/", around.answer_early, name="early_review_answer"),
    path(
        "early-reviews/<int:early_id>/withdraw/",
        around.withdraw_early,
        name="early_review_withdraw",
    ),
    path("changes/<int:change_id>/consider/", around.consider, name="change_consider"),
    path("changes/<int:change_id>/excuse/", around.excuse, name="change_excuse"),
    path("challenges/<int:challenge_id>/", around.challenge, name="challenge"),
]
