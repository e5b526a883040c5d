/** Bounded load: so many calls, so many at a time. */

/** `work` for each item, `width` at a time. Answers in the items' order; the first failure ends it. */
export async function sideBySide(items, width, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at], at);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

/** The same, with the time that each call and the whole took. */
export async function timed(items, width, work) {
  const started = performance.now();
  const millis = await sideBySide(items, width, async (item) => {
    const began = performance.now();
    await work(item);
    return performance.now() - began;
  });
  return { millis, seconds: (performance.now() - started) / 1000 };
}
