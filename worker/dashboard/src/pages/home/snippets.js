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
      origin: "https://app.example.com", // your page
      tenant_id: request.user.id,        // your customer
    }),
  });
  response.status(answer.status).json(await answer.json());
});`;
