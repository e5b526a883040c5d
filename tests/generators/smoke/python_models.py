"""The models that datamodel-codegen made, over httpx: lists accounts, makes a draft, reads an error."""

import json
import os

import httpx
from models import CreatePostInput, CreatePostOutput, Failure, ListAccountsOutput

client = httpx.Client(base_url=os.environ["API"], headers={"Authorization": f"Bearer {os.environ['KEY']}"})
accounts = ListAccountsOutput.model_validate_json(
    client.get("/v1/social-accounts", params={"tenant_id": "customer-17"}).text
)
account = accounts.data[0]
body = CreatePostInput(accounts=[account.id], content="A draft", isDraft=True)
draft = CreatePostOutput.model_validate_json(client.post("/v1/posts", json=body.model_dump(exclude_unset=True)).text)
missing = Failure.model_validate_json(client.get("/v1/posts/post_0000000000000000000000").text)
print(json.dumps({"username": account.username, "isDraft": draft.post.isDraft, "code": missing.code.value}))
