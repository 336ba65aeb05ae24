"""Reviews of a child's case."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Reviews of a child's case."""

    name = "workflows.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.casework.diary import install_diary
        from backend.casework.placing import install_before_a_move
        from backend.deadlines.clockwork import install_clock
        from backend.exchange.loaders import install_review_loader, install_review_reader
        from workflows.reviews import actions, counting, events, queries, reactions, rules  # noqa: F401

        install_clock("reviews", counting.deadlines_of, rules.RULES)
        install_diary("reviews", queries.convened_with)
        install_review_loader(actions.load_reviews)
        install_review_reader(queries.reviews_for_return)
        install_before_a_move("reviews", actions.answer_for_move)
