"""The two clients. Each method answers the JSON of the API, and raises `ApiError` for a refusal."""

from __future__ import annotations

import asyncio
import time
from typing import Any, AsyncIterator, Callable, Iterator

import httpx

from .calls import Parts, Retries, announcement, answer_of, given, headers_of

TIMEOUT = 40.0
Progress = Callable[[int, int], None]


class Client:
    """`key` is an API key: it stays on the server."""

    def __init__(self, base_url: str, key: str, *, retries: Retries = Retries(), http: httpx.Client | None = None) -> None:
        self._http = http or httpx.Client(timeout=TIMEOUT)
        self._base_url, self._key, self._retries = base_url.rstrip("/"), key, retries

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        return self._call("GET", path, params=given(params))

    def post(self, path: str, json: Any = None, *, idempotency_key: str | None = None, wait: int | None = None) -> Any:
        return self._call("POST", path, json=json, headers=headers_of("POST", idempotency_key, wait))

    def patch(self, path: str, json: Any) -> Any:
        return self._call("PATCH", path, json=json)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def rows(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page."""
        while True:
            page = self.get(path, **params)
            yield from page["data"]
            if page["pagination"]["after"] is None:
                return
            params["after"] = page["pagination"]["after"]

    def upload(
        self,
        content: bytes,
        filename: str,
        *,
        content_type: str | None = None,
        tenant_id: str | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """The medium, whose `id` a post can name."""
        data = self.post("/v1/media/upload", announcement(content, filename, content_type, tenant_id))["data"]
        sent = 0
        for address, part in Parts(data["upload_url"], content):
            # A part counts once, however often it is sent.
            request = self._http.build_request("PUT", address, content=part, headers={"Idempotency-Key": data["id"]})
            answer_of(self._send(request))
            sent += len(part)
            if progress:
                progress(sent, len(content))
        medium: dict[str, Any] = self.post(f"/v1/media/{data['id']}/confirm", {"size": len(content)})["data"]
        return medium

    def _call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", **(headers or {})}
        return answer_of(self._send(self._http.build_request(method, self._base_url + path, headers=headers, **more)))

    def _send(self, request: httpx.Request) -> httpx.Response:
        made = 0
        while True:
            try:
                outcome: httpx.Response | httpx.TransportError = self._http.send(request)
            except httpx.TransportError as error:
                outcome = error
            delay = self._retries.delay(request, outcome, made)
            if delay is None:
                if isinstance(outcome, httpx.Response):
                    return outcome
                raise outcome
            time.sleep(delay)
            made += 1


class AsyncClient:
    """The same for asyncio."""

    def __init__(self, base_url: str, key: str, *, retries: Retries = Retries(), http: httpx.AsyncClient | None = None) -> None:
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT)
        self._base_url, self._key, self._retries = base_url.rstrip("/"), key, retries

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, **params: Any) -> Any:
        return await self._call("GET", path, params=given(params))

    async def post(self, path: str, json: Any = None, *, idempotency_key: str | None = None, wait: int | None = None) -> Any:
        return await self._call("POST", path, json=json, headers=headers_of("POST", idempotency_key, wait))

    async def patch(self, path: str, json: Any) -> Any:
        return await self._call("PATCH", path, json=json)

    async def delete(self, path: str) -> Any:
        return await self._call("DELETE", path)

    async def rows(self, path: str, **params: Any) -> AsyncIterator[dict[str, Any]]:
        """Every row of a list, page by page."""
        while True:
            page = await self.get(path, **params)
            for row in page["data"]:
                yield row
            if page["pagination"]["after"] is None:
                return
            params["after"] = page["pagination"]["after"]

    async def upload(
        self,
        content: bytes,
        filename: str,
        *,
        content_type: str | None = None,
        tenant_id: str | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """The medium, whose `id` a post can name."""
        data = (await self.post("/v1/media/upload", announcement(content, filename, content_type, tenant_id)))["data"]
        sent = 0
        for address, part in Parts(data["upload_url"], content):
            request = self._http.build_request("PUT", address, content=part, headers={"Idempotency-Key": data["id"]})
            answer_of(await self._send(request))
            sent += len(part)
            if progress:
                progress(sent, len(content))
        medium: dict[str, Any] = (await self.post(f"/v1/media/{data['id']}/confirm", {"size": len(content)}))["data"]
        return medium

    async def _call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", **(headers or {})}
        return answer_of(await self._send(self._http.build_request(method, self._base_url + path, headers=headers, **more)))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        made = 0
        while True:
            try:
                outcome: httpx.Response | httpx.TransportError = await self._http.send(request)
            except httpx.TransportError as error:
                outcome = error
            delay = self._retries.delay(request, outcome, made)
            if delay is None:
                if isinstance(outcome, httpx.Response):
                    return outcome
                raise outcome
            await asyncio.sleep(delay)
            made += 1
