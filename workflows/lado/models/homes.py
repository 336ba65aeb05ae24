"""What homes notify of their own accord."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.records.models import Setting
from workflows.lado.models.kept import NEVER_REMOVED, by_person
from workflows.lado.models.referring import Referral


@pghistory.track()
class HomeNotification(models.Model):
    """What a home told the regulator and others of under regulation 40."""

    class Kind(models.TextChoices):
        EXPLOITATION = "exploitation", "Sexual exploitation, involved or suspected"
        POLICE = "police", "A serious incident that called for the police"
        ALLEGATION = "allegation", "An allegation of abuse against the home or a worker"
        ENQUIRY = "enquiry", "A child protection enquiry began or ended"
        DBS = "dbs", "A worker was referred to the Disclosure and Barring Service"
        DEATH = "death", "The death of a child"
        OTHER = "other", "Another serious incident"

    class Recipient(models.TextChoices):
        OFSTED = "ofsted", "Ofsted"
        PLACING = "placing", "Placing authority"
        HOST = "host", "Authority where the home is"
        HEALTH = "health", "Integrated care board"
        POLICE = "police", "Police"
        OTHER = "other", "Others"

    class SeenBy(models.TextChoices):
        HOME = "home", "Recorded by the home"
        LADO = "lado", "Seen by the LADO"

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    happened_at = models.DateTimeField()
    notified_at = models.DateTimeField()
    recipients = ArrayField(models.CharField(max_length=10, choices=Recipient))
    words = models.TextField(blank=True)
    seen_by = models.CharField(max_length=5, choices=SeenBy)
    recorded_by = by_person()
    recorded_at = models.DateTimeField()
    #: Which referral it belongs to; said by the LADO and unseen by the home.
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="home_notifications"
    )

    class Meta:
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="home_notified_after_event", condition=Q(notified_at__gte=F("happened_at"))
            )
        ]
        indexes = [models.Index(fields=["setting", "-happened_at"])]
        triggers = [NEVER_REMOVED]

    def __str__(self) -> str:
        return f"Notification {self.pk}"

    @property
    def told(self) -> list[str]:
        """Who was notified, in words."""
        return [str(self.Recipient(one).label) for one in self.recipients]


#: What a home tells of when it is about an adult who works there.
ABOUT_ADULTS = (HomeNotification.Kind.ALLEGATION, HomeNotification.Kind.DBS)
