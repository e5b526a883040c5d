/**
 * What ends a Worker in the middle of things and starts it again, by its name in a test. To the Worker both are the same:
 * workerd knows no other end than SIGKILL.
 */
export const INTERRUPTIONS = {
  "a restart": ({ worker }) => worker.restart(),
  "a power cut": async ({ worker }) => {
    await worker.kill();
    await worker.restart();
  },
};
