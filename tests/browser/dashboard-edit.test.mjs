/** A stored post in the composer: what is not changed stays, to the last option and the last millisecond. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPost, fromNow, newAccount } from "../support/client.mjs";
import { file, startFileServer } from "../support/file-server.mjs";
import { JPEG, MP4, SRT } from "../support/files.mjs";
import { upload } from "../support/media.mjs";
import { startOffice } from "./desk.mjs";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SOME_POST = "2124982501922308096";

let office;
let own;
let site;
before(async () => {
  [office, site] = [await startOffice({ register: true }), await startFileServer()];
  own = await newAccount(office);
});
after(async () => {
  await site?.close();
  await office?.stop();
});

const stored = async (id) => (await office.api.get(`/v1/posts/${id}`)).body.post;
const schedule = (fields) => createPost(office, own, { scheduledAt: fromNow(30 * DAY_MS), ...fields });
/** What there is of a post besides its texts. Addresses of uploads are new in each answer. */
const optionsOf = ({ x, containers }) => ({ x, containers: containers.map(({ x: options, media }) => ({ options, media: media.map(({ url, ...rest }) => (rest.id ? rest : { url, ...rest })) })) });

/** The bodies of the changes that the page asks for. */
function changesOf({ page }) {
  const bodies = [];
  page.on("request", (request) => request.method() === "PATCH" && bodies.push(request.postDataJSON()));
  return bodies;
}
async function edit(desk, { id }, change) {
  await desk.open(`posts/${id}/edit`, "Edit post");
  await desk.page.locator(".part textarea").first().waitFor();
  await change(desk.page);
  await desk.press(desk.page.locator("form.form button[type=submit]"));
  await desk.page.waitForURL(new RegExp(`#/posts/${id}$`));
  await desk.shows("Post");
}
const write = (text) => (page) => page.locator(".part textarea").first().fill(text);

test("a text is edited, and everything that the composer has no field for stays", async (t) => {
  const video = await upload(office, MP4.bytes, { filename: "v.mp4", content_type: "video/mp4" });
  const captions = await upload(office, SRT.bytes, { filename: "c.srt", content_type: "text/srt" });
  const url = site.serve("/photo", file(JPEG));
  const subtitles = [{ id: captions.id, language_code: "EN", display_name: "English" }, { id: captions.id, language_code: "DE" }];
  const posts = {
    "options of the post": { content: "a", x: { made_with_ai: true, paid_partnership: true, reply: { in_reply_to_tweet_id: SOME_POST, exclude_reply_user_ids: ["12"] }, reply_settings: "following", geo: { place_id: "abc" } } },
    "options of the parts": { containers: [{ content: "a", x: { made_with_ai: true, reply_settings: "verified" } }, { content: "b", x: { paid_partnership: true } }, { content: "c" }] },
    "a video with subtitles": { content: "a", media: [{ id: video.id, altText: "alt", subtitles }], x: { media: { tagged_user_ids: ["12"] } } },
    "a draft with a file by its URL": { content: "a", isDraft: true, scheduledAt: null, media: [{ url, filename: "photo.jpg", altText: "alt" }] },
    "a poll": { content: "a", x: { poll: { options: ["a", "b", "c"], duration_minutes: 77 }, community_id: "1500000000000000001", share_with_followers: true } },
  };
  const desk = await office.sit(t);
  for (const [name, fields] of Object.entries(posts)) {
    const before = await schedule(fields);
    await edit(desk, before, write(`edited: ${name}`));
    const after = await stored(before.id);
    assert.equal(after.containers[0].content, `edited: ${name}`);
    assert.deepEqual(optionsOf(after), optionsOf(before), name);
    assert.deepEqual([after.scheduledAt, after.isDraft], [before.scheduledAt, before.isDraft], name);
  }
});

test("a part that is moved takes its own options along, and says that it has them", async (t) => {
  const post = await schedule({ containers: [{ content: "first" }, { content: "second", x: { made_with_ai: true } }] });
  const desk = await office.sit(t);
  await edit(desk, post, async (page) => {
    await page.locator(".part").nth(1).getByText("made_with_ai").waitFor();
    await desk.press(desk.button("Move Part 2 up"));
  });
  const { containers } = await stored(post.id);
  assert.deepEqual(containers.map(({ content, x }) => [content, x]), [["second", { made_with_ai: true }], ["first", undefined]]);
});

test("a form that is asked for again at once is filled anew", async (t) => {
  const post = await schedule({ content: "first" });
  const desk = await office.sit(t);
  await desk.open(`posts/${post.id}/edit`, "Edit post");
  await write("second")(desk.page);
  // Back in the form before the page has drawn the post that the saving leads to.
  await desk.page.evaluate((form) => {
    navigation.addEventListener("navigate", () => queueMicrotask(() => (location.hash = form)), { once: true });
  }, `#/posts/${post.id}/edit`);
  await desk.press(desk.page.locator("form.form button[type=submit]"));
  await desk.hears("Scheduled");
  await edit(desk, post, write("third"));
  assert.equal((await stored(post.id)).containers[0].content, "third");
});

test("a form shows the post as it is now, and leaves the new post that is being written", async (t) => {
  const post = await schedule({ content: "as the page knew it" });
  const desk = await office.sit(t);
  await desk.open("posts/new", "New post");
  await write("not yet sent")(desk.page);
  await desk.open(`posts/${post.id}`, "Post");
  await desk.page.getByText("as the page knew it").first().waitFor();
  await office.api.patch(`/v1/posts/${post.id}`, { content: "changed elsewhere" });
  await edit(desk, post, async (page) => {
    assert.equal(await page.locator(".part textarea").first().inputValue(), "changed elsewhere");
    await write("by the page")(page);
  });
  await desk.open("posts/new", "New post");
  assert.equal(await desk.page.locator(".part textarea").first().inputValue(), "not yet sent");
});

test("only fields that were changed are sent, and none if there are none", async (t) => {
  const post = await schedule({ content: "as it is", x: { made_with_ai: true } });
  const desk = await office.sit(t);
  const changes = changesOf(desk);
  await edit(desk, post, () => {});
  await edit(desk, post, (page) => page.getByLabel("Replies").selectOption("verified"));
  await edit(desk, post, write("another text"));
  await edit(desk, post, (page) => page.getByLabel("When").selectOption("draft"));
  assert.deepEqual(changes.map((body) => Object.keys(body)), [["x"], ["containers"], ["isDraft"]]);
  assert.deepEqual(changes[0].x, { made_with_ai: true, reply_settings: "verified" });
});

/** What clocks of `zone` are ahead of UTC by, in minutes. */
function offsetIn(zone, time) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(time);
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(parts.find(({ type }) => type === "timeZoneName").value);
  return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
}
/** The next clock change of one of two zones, one in each half of the year: `by` is 60 in spring, -60 in autumn. */
function nextChange(by) {
  const start = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + DAY_MS;
  for (let at = start; ; at += HOUR_MS) {
    const zone = ["Europe/Berlin", "Australia/Sydney"].find((name) => offsetIn(name, at) - offsetIn(name, at - HOUR_MS) === by);
    if (zone) return { zone, at, before: offsetIn(zone, at - HOUR_MS), after: offsetIn(zone, at) };
  }
}
const iso = (time) => new Date(time).toISOString();
/** What a clock shows, `offset` minutes ahead of UTC. */
const local = (time, offset) => iso(time + offset * MINUTE_MS).slice(0, 16);
const gmt = (offset) => `GMT+${String(offset / 60).padStart(2, "0")}:00`;

test("a time that was not touched is kept to the millisecond, also in the hour that the clocks show twice", async (t) => {
  const { zone, at } = nextChange(-60);
  const desk = await office.sit(t, { timezoneId: zone });
  const changes = changesOf(desk);
  const times = [at - 30 * MINUTE_MS, at + 30 * MINUTE_MS + 45_678, at + 3 * DAY_MS + 59_999].map(iso);
  for (const scheduledAt of times) {
    const post = await schedule({ content: "before", scheduledAt });
    await edit(desk, post, async (page) => {
      await write("after")(page);
      // There and back: what the clock shows again is again what it was.
      const shown = await page.getByLabel("Time").inputValue();
      await page.getByLabel("Time").fill(local(at + 9 * DAY_MS, 0));
      await page.getByLabel("Time").fill(shown);
    });
    assert.equal((await stored(post.id)).scheduledAt, scheduledAt);
  }
  assert.deepEqual(changes.map((body) => Object.keys(body)), times.map(() => ["containers"]));
});

test("a time that the clocks show twice is named with its offset, and keeps the offset that it had", async (t) => {
  const change = nextChange(-60);
  const desk = await office.sit(t, { timezoneId: change.zone });
  const { page } = desk;
  const wanted = local(change.at + 45 * MINUTE_MS, change.after);
  for (const [from, to, offset] of [
    [change.at - DAY_MS, change.at - 15 * MINUTE_MS, change.before],
    [change.at + 30 * MINUTE_MS, change.at + 45 * MINUTE_MS, change.after],
    [change.at + DAY_MS, change.at + 45 * MINUTE_MS, change.after],
  ]) {
    const post = await schedule({ content: "to be moved", scheduledAt: iso(from) });
    await edit(desk, post, async () => {
      await page.getByLabel("Time").fill(wanted);
      await page.getByText("Clocks show this time twice").filter({ hasText: gmt(offset) }).waitFor();
    });
    assert.equal((await stored(post.id)).scheduledAt, iso(to));
    await page.getByText(`(${gmt(offset)})`).waitFor();
  }
  await desk.open("posts?stage=scheduled", "Posts");
  for (const offset of [change.before, change.after]) await page.locator("tbody tr", { hasText: `(${gmt(offset)})` }).first().waitFor();
  await desk.open("posts/new", "New post");
  await page.getByLabel("When").selectOption("later");
  await page.getByLabel("Time").fill(wanted);
  await page.getByText("Clocks show this time twice").filter({ hasText: gmt(change.before) }).waitFor();
});

test("a time that no clock shows is refused in words, and nothing is sent", async (t) => {
  const change = nextChange(60);
  const desk = await office.sit(t, { timezoneId: change.zone });
  const { page } = desk;
  const asked = [];
  page.on("request", (request) => ["POST", "PATCH"].includes(request.method()) && request.url().includes("/v1/posts") && asked.push(request.url()));
  const post = await schedule({ content: "stays", scheduledAt: iso(change.at + DAY_MS) });
  for (const [place, heading] of [["posts/new", "New post"], [`posts/${post.id}/edit`, "Edit post"]]) {
    await desk.open(place, heading);
    await page.locator(".part textarea").fill("in the gap");
    await page.getByLabel("When").selectOption("later");
    for (const minutes of [0, 59]) {
      await page.getByLabel("Time").fill(local(change.at + minutes * MINUTE_MS, change.before));
      await page.locator(".field-problem", { hasText: "No clock shows this time" }).waitFor();
      await desk.press(desk.button("Schedule"));
      await page.getByRole("alert").getByText("Nothing was changed.").waitFor();
    }
  }
  assert.deepEqual(asked, []);
  await page.getByLabel("Time").fill(local(change.at + HOUR_MS, change.after));
  await desk.press(desk.button("Schedule"));
  await desk.hears("Scheduled");
  assert.equal((await stored(post.id)).scheduledAt, iso(change.at + HOUR_MS));
});

test("the calendar keeps the seconds of a post that is dragged, and moves none to a time that no clock shows", async (t) => {
  const change = nextChange(60);
  const desk = await office.sit(t, { timezoneId: change.zone });
  const { page } = desk;
  const day = (time, offset) => page.locator(`[data-day="${local(time, offset).slice(0, 10)}"]`);
  const scheduledAt = iso(change.at - DAY_MS + 30 * MINUTE_MS + 45_678);
  const { id } = await schedule({ content: "dragged", scheduledAt });
  await desk.open(`calendar?month=${local(change.at, change.after).slice(0, 7)}`, "Calendar");
  const dragTo = (place) => page.locator(`.day-post a[href$="${id}"]`).dragTo(place);
  await dragTo(day(change.at, change.after));
  await page.getByRole("alert").getByText("No clock shows this time").waitFor();
  assert.equal((await stored(id)).scheduledAt, scheduledAt);
  await dragTo(day(change.at - 2 * DAY_MS, change.before));
  await desk.hears("Moved to");
  assert.equal((await stored(id)).scheduledAt, iso(Date.parse(scheduledAt) - DAY_MS));
});
