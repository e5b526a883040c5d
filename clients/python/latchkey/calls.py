"""What the two clients agree on: requests and answers as values, and which calls are made again. Nothing here waits or sends.

docs/API.md, section 1: a call under the same `Idempotency-Key` has one effect.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Iterator

import httpx

FIRST_WAIT = 0.5


class ApiError(Exception):
    """A refusal. `code` is stable (docs/API.md, section 10), `hint` says what to do."""

    def __init__(self, response: httpx.Response) -> None:
        body = _json(response)
        self.status = response.status_code
        self.code: str = body.get("code", "")
        self.message: str = body.get("message") or body.get("detail") or response.reason_phrase
        self.hint: str = body.get("hint", "")
        self.request_id: str = body.get("request_id", "")
        self.details: dict[str, Any] = body.get("details", {})
        super().__init__(f"{self.status} {self.code}: {self.message}")


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def headers_of(method: str, idempotency_key: str | None, wait: int | None) -> dict[str, str]:
    """Each POST has an `Idempotency-Key`, so that a repetition does nothing twice."""
    headers = {}
    if method == "POST":
        headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
    if wait is not None:
        headers["Prefer"] = f"wait={wait}"
    return headers


@dataclass(frozen=True)
class Retries:
    """How often a call is made again, and the longest wait before that, in seconds."""

    count: int = 3
    max_wait: float = 30.0

    def delay(self, request: httpx.Request, outcome: httpx.Response | httpx.TransportError, made: int) -> float | None:
        """Seconds before the call is made again; none if the outcome is for the caller."""
        if made >= self.count:
            return None
        backoff = FIRST_WAIT * 2**made * (1 + random.random() / 4)
        is_safe = request.method in ("GET", "HEAD") or "idempotency-key" in request.headers
        if isinstance(outcome, httpx.TransportError):
            return backoff if is_safe else None
        status = outcome.status_code
        # A 429 had no effect, whatever the call was. A 409 is an answer, unless the first call under this key still runs.
        in_progress = status == 409 and _json(outcome).get("code") == "idempotency_in_progress"
        if status != 429 and not (is_safe and (status >= 500 or in_progress)):
            return None
        asked = retry_after(outcome.headers.get("retry-after"))
        delay = backoff if asked is None else asked
        return delay if delay <= self.max_wait else None


def retry_after(value: str | None) -> float | None:
    """Seconds, or a date (RFC 9110 §10.2.3)."""
    if not value:
        return None
    if value.isdigit():
        return float(value)
    try:
        return max((parsedate_to_datetime(value) - datetime.now(timezone.utc)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


@dataclass
class Parts:
    """The parts of a file on its way (docs/API.md, section 6). One part is the whole file."""

    url: str
    content: bytes
    size: int = 8 * 2**20

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        count = max(-(-len(self.content) // self.size), 1)
        for part in range(count):
            address = self.url if count == 1 else f"{self.url}&part={part + 1}"
            yield address, self.content[part * self.size : (part + 1) * self.size]


def announcement(content: bytes, filename: str, content_type: str | None, tenant_id: str | None) -> dict[str, Any]:
    return given({"filename": filename, "size": len(content), "content_type": content_type, "tenant_id": tenant_id})


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that are None: an empty `tenant_id` in a query would name nobody."""
    return {name: value for name, value in fields.items() if value is not None}


def answer_of(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json()
    raise ApiError(response)
