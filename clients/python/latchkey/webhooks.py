"""Checks the signature of a webhook by the Standard Webhooks scheme (docs/API.md, section 7)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any, Mapping

TOLERANCE = 300


class WebhookError(Exception):
    """The request was not signed with the secret, or was signed too long ago. Answer 400."""


def verify_webhook(secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None) -> dict[str, Any]:
    """The event. `body` is what came, before any parsing; the header `webhook-id` names the event at each try."""
    given = {name.lower(): value for name, value in headers.items()}
    try:
        sent_id, timestamp, signatures = (given[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        age = (time.time() if now is None else now) - int(timestamp)
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (KeyError, ValueError, binascii.Error) as problem:
        raise WebhookError("a header of the signature, or the secret, is missing or malformed") from problem
    if abs(age) > TOLERANCE:
        raise WebhookError("the timestamp is too old, or of the future")
    digest = hmac.new(key, f"{sent_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in signatures.split(" ")):
        raise WebhookError("no signature is right")
    event: dict[str, Any] = json.loads(body)
    return event
