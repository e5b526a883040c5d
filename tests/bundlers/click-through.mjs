/** What a person does with each example: connects an account, finds it in the list, writes a post, and finds the post. */

import assert from "node:assert/strict";

/** `options` are those of a visit; `label` is what the button says, by a property that the page has set. */
export async function clicksThrough(t, stage, options, label) {
  const visit = await stage.visit(t, options);
  const { page, user } = visit;
  if (label) await page.getByRole("button", { name: label }).waitFor();
  await visit.answer(await visit.pressUntilX(), "authorize");
  await page.getByText(`Publishing as @${user.username}`).waitFor();
  await visit.events(1);
  for (const element of ["connect-x", "x-accounts"]) {
    await page.locator(`${element} [part=account]`).first().getByText(`@${user.username}`).waitFor();
  }
  await publishes(page, `written by @${user.username}`);
}

/** The count comes from the module that the page loads on demand. */
async function publishes(page, content) {
  await page.getByRole("textbox", { name: "Text", exact: true }).fill(content);
  await page.locator("x-composer [part=count]").getByText(`${280 - content.length} left`).waitFor();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.locator("x-posts [part=post]").filter({ hasText: content }).waitFor();
  assert.equal(await page.getByText(`Taken: ${content}`).count(), 1, "the page has heard of the post");
}
