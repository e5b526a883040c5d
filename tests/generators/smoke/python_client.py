"""The package that openapi-python-client made: lists accounts, makes a draft, reads an error."""

import json
import os

from x_accounts_client import AuthenticatedClient
from x_accounts_client.api.accounts import list_accounts
from x_accounts_client.api.posts import create_post, get_post
from x_accounts_client.models import CreatePostInput

client = AuthenticatedClient(base_url=os.environ["API"], token=os.environ["KEY"])
accounts = list_accounts.sync(client=client, tenant_id="customer-17")
account = accounts.data[0]
draft = create_post.sync(
    client=client,
    body=CreatePostInput(accounts=[account.id], content="A draft", is_draft=True),
)
missing = get_post.sync(client=client, id="post_0000000000000000000000")
print(json.dumps({"username": account.username, "isDraft": draft.post.is_draft, "code": missing.code}))
