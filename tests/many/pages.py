"""An open page, as the browser's own program keeps it: it comes back, and says what it last saw."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from tests.many.processes import Part
from tests.many.waiting import SECONDS

Said = dict[str, Any]


class Page:
    """One person's page at one web process, or at whichever of several takes it."""

    def __init__(self, webs: Sequence[Part], token: str) -> None:
        self.webs, self.token = list(webs), token
        self.cursor: int | None = None
        self.closed_with: list[int] = []
        self.live: ClientConnection | None = None
        self.hear(lambda said: "missed" in said)

    def hear(self, wanted: Callable[[Said], bool], *, seconds: float = SECONDS) -> Said:
        """The next message that is wanted, whatever happens to the channel meanwhile."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            said = self._next()
            if said is None:
                continue
            self.cursor = max(self.cursor or 0, said["cursor"])
            if wanted(said):
                return said
        raise AssertionError(f"nothing of the kind was heard in {seconds:.0f} seconds")

    def hear_about(self, about: str) -> Said:
        """The nudge that names this, sent once: one that fails is sent again in two minutes."""
        return self.hear(lambda said: said.get("about") == about, seconds=90)

    def hear_up_to(self, cursor: int) -> Said:
        """A message of any kind after which nothing up to this cursor is missed."""
        if (self.cursor or 0) >= cursor:
            return {"cursor": self.cursor}
        return self.hear(lambda said: said["cursor"] >= cursor)

    def leave(self) -> None:
        """This will close the page."""
        if self.live is not None:
            self.live.close()
            self.live = None

    def _next(self) -> Said | None:
        try:
            if self.live is None:
                self.live = self._connect()
            said: Said = json.loads(self.live.recv(timeout=0.5))
        except ConnectionClosed as closed:
            self.closed_with.append(closed.rcvd.code if closed.rcvd else 1006)
            self.live = None
        except TimeoutError:
            pass
        except (OSError, InvalidHandshake):
            # Another process may take it.
            self.webs.append(self.webs.pop(0))
            time.sleep(0.2)
        else:
            return said
        return None

    def _connect(self) -> ClientConnection:
        since = "" if self.cursor is None else f"?since={self.cursor}"
        return connect(
            f"ws://127.0.0.1:{self.webs[0].port}/ws/inbox/{since}",
            additional_headers={"Authorization": f"Bearer {self.token}"},
            open_timeout=60,
            legacy=True,
        )
