"""A push message that wakes a browser the person asked to be woken."""

import base64
import json
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

from backend.access.models import Person
from backend.notify.models import PushDevice
from backend.notify.ways.message import Message, UnableToSend

#: Longer than this the service of the browser need not keep it.
SECONDS_KEPT = 24 * 60 * 60
SECONDS_TO_ANSWER = 10
#: The browser has gone, or its person has said no.
GONE = (404, 410)


def public_key() -> str:
    """The key that a browser is given, so that it lets only us wake it."""
    key = Vapid02.from_string(settings.VAPID_PRIVATE_KEY).public_key
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def is_push_service(address: str) -> bool:
    """Whether an address belongs to a browser maker's push service: we call no other."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        named = f"{host}:{parts.port}" if parts.port else host
    except ValueError:
        return False
    if parts.username or parts.password:
        return False
    if named in settings.PUSH_SERVICES_BESIDES:
        return True
    services = settings.PUSH_SERVICES
    known = any(host == service or host.endswith(f".{service}") for service in services)
    return parts.scheme == "https" and not parts.port and known


class ByPush:
    """One push message to each browser. It says that there is something new, and nothing else."""

    def is_offered(self) -> bool:
        return bool(settings.VAPID_PRIVATE_KEY and settings.VAPID_CONTACT)

    def send(self, person: Person, message: Message) -> None:
        devices = list(PushDevice.objects.filter(person=person))
        if not devices:
            raise UnableToSend("no browser to wake", is_final=True)
        reasons = [reason for device in devices if (reason := self._wake(device, message))]
        if len(reasons) == len(devices):
            raise UnableToSend(
                reasons[0], is_final=not PushDevice.objects.filter(person=person).exists()
            )

    def _wake(self, device: PushDevice, message: Message) -> str:
        """Sends to one browser; answers why it did not go, or an empty text."""
        if not is_push_service(device.endpoint):
            return "not a push service"
        try:
            with requests.Session() as session:
                session.max_redirects = 0
                webpush(
                    subscription_info={
                        "endpoint": device.endpoint,
                        "keys": {"p256dh": device.p256dh, "auth": device.auth},
                    },
                    data=json.dumps({"title": "Sightline", "body": message.subject}),
                    vapid_private_key=Vapid02.from_string(settings.VAPID_PRIVATE_KEY),
                    vapid_claims={"sub": settings.VAPID_CONTACT},
                    headers={"Topic": message.reference.hex},
                    timeout=SECONDS_TO_ANSWER,
                    ttl=SECONDS_KEPT,
                    requests_session=session,
                )
        except WebPushException as error:
            code = error.response.status_code if error.response is not None else 0
            if code in GONE:
                device.delete()
            return f"push {code}"
        except (requests.RequestException, ValueError) as error:
            return type(error).__name__
        return ""
