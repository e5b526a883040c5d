/** What an operator pastes into their own site: README.md, "Put the button on a page". */

export const pageSnippet = (origin) => `<script type="module" src="${origin}/embed.js"></script>

<connect-x session-url="/api/x/session">Connect X</connect-x>`;

export const backEndSnippet = (origin) => `app.post("/api/x/session", requireLogin, async (request, response) => {
  const answer = await fetch("${origin}/v1/connect-sessions", {
    method: "POST",
    headers: {
      authorization: \`Bearer \${process.env.CONNECT_API_KEY}\`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      origin: "https://app.example.com",  // your page
      tenant_id: String(request.user.id), // your customer
    }),
  });
  if (!answer.ok) {
    // What the API says is for your log, and not for visitors.
    console.error("connect session:", answer.status, await answer.text());
    return response.status(502).json({ error: "Connecting is not possible at the moment." });
  }
  response.json((await answer.json()).data);
});`;
