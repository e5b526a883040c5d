"""Calls the API for connecting X accounts and publishing for them."""

from .calls import ApiError
from .client import AsyncClient, Client
from .webhooks import WebhookError, verify_webhook

__all__ = ["ApiError", "AsyncClient", "Client", "WebhookError", "verify_webhook"]
