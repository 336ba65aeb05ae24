"""A service on this machine that speaks GOV.UK Notify's HTTP API, and can be made to fail."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from notifications_python_client.authentication import decode_jwt_token, get_token_issuer
from notifications_python_client.errors import TokenError

SERVICE = "7aa6e3ec-1b5a-4a8d-9c5c-6a1c2f0d8b11"
SECRET = "1b7c9a44-93f1-4bd3-8a3c-6a5a0d9f2e77"
KEY = f"tests-{SERVICE}-{SECRET}"
#: What the real service answers, by code.
ERRORS = {
    400: ("ValidationError", "phone_number is not a valid phone number"),
    403: ("AuthError", "Invalid token: API key not found"),
    429: (
        "RateLimitError",
        "Exceeded rate limit for key type LIVE of 3000 a minute",
    ),
    500: ("Exception", "Internal server error"),
}


class NotifyService:
    """The service while a test runs: what it took, and how it answers."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.answers_with = 201
        #: The message is taken and the answer is lost on its way back.
        self.loses_its_answer = False
        self.web = ThreadingHTTPServer(("127.0.0.1", 0), door_of(self))
        self.url = f"http://127.0.0.1:{self.web.server_port}"

    def __enter__(self) -> "NotifyService":
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.web.shutdown()
        self.web.server_close()


def door_of(service: NotifyService) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not self.is_let_in():
                return self.refuse(403)
            kind = self.path.rpartition("/")[2]
            if self.path not in ("/v2/notifications/email", "/v2/notifications/sms"):
                return self.refuse(400)
            if service.answers_with != 201:
                return self.refuse(service.answers_with)
            service.taken.append({"id": str(uuid4()), "type": kind, **sent})
            if service.loses_its_answer:
                return self.connection.close()
            return self.answer(201, service.taken[-1])

        def do_GET(self) -> None:
            if not self.is_let_in():
                return self.refuse(403)
            asked = parse_qs(urlsplit(self.path).query).get("reference", [""])[0]
            found = [one for one in service.taken if one.get("reference") == asked]
            return self.answer(200, {"notifications": found, "links": {}})

        def is_let_in(self) -> bool:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            try:
                if get_token_issuer(token) != SERVICE:
                    return False
                decode_jwt_token(token, SECRET)
            except TokenError:
                return False
            return True

        def refuse(self, code: int) -> None:
            error, message = ERRORS[code]
            self.answer(
                code,
                {"status_code": code, "errors": [{"error": error, "message": message}]},
            )

        def answer(self, code: int, body: dict[str, Any]) -> None:
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *words: Any) -> None:
            """The tests' own output stays readable."""

    return Door
