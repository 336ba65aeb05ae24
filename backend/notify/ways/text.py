"""A text message, through GOV.UK Notify."""

from django.conf import settings

from backend.access.models import Person
from backend.notify.models import Preference
from backend.notify.ways.message import Message, UnableToSend
from backend.notify.ways.notify import send_once


class ByText:
    """One text message. The template's whole text is ``((message))``."""

    def is_offered(self) -> bool:
        return bool(settings.NOTIFY_API_KEY and settings.NOTIFY_TEXT_TEMPLATE)

    def send(self, person: Person, message: Message) -> None:
        preference = Preference.objects.filter(person=person).first()
        phone = preference.phone if preference is not None else ""
        if not phone:
            raise UnableToSend("no phone number", is_final=True)
        send_once(
            lambda service: service.send_sms_notification(
                phone_number=phone,
                template_id=settings.NOTIFY_TEXT_TEMPLATE,
                personalisation={"message": message.brief},
                reference=str(message.reference),
            ),
            reference=str(message.reference),
            is_retry=message.is_retry,
        )
