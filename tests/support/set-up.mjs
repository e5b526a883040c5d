/**
 * What starts several servers: if a later one fails, the earlier ones are closed, and nothing keeps the process alive.
 *
 *   const startPair = () => setUp(async (opened) => {
 *     const x = opened(await startFakeX(), "close");
 *     const worker = opened(await startWorker({ fakeX: x }), "stop");
 *     return { x, worker };
 *   });
 */
export async function setUp(start) {
  const closers = [];
  const opened = (server, method) => {
    closers.push(() => server[method]());
    return server;
  };
  try {
    return await start(opened);
  } catch (error) {
    await Promise.allSettled(closers.map((close) => close()));
    throw error;
  }
}
