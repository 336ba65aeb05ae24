"""Counts how often somebody asks: together while Redis answers, each process for itself if not."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


def _or_here(name: str) -> Callable[..., Any]:
    def ask(self: "CountsThatHold", *args: Any, **given: Any) -> Any:
        try:
            return getattr(super(CountsThatHold, self), name)(*args, **given)
        except RedisError:
            return getattr(self.here, name)(*args, **given)

    return ask


class CountsThatHold(RedisCache):
    """Keeps limits on asking and signing in while Redis is away, instead of failing every page."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.here = LocMemCache("while-redis-is-away", {})

    get = _or_here("get")
    set = _or_here("set")
    add = _or_here("add")
    touch = _or_here("touch")
    delete = _or_here("delete")
    incr = _or_here("incr")
    has_key = _or_here("has_key")
    get_many = _or_here("get_many")
    set_many = _or_here("set_many")
    delete_many = _or_here("delete_many")
    clear = _or_here("clear")
