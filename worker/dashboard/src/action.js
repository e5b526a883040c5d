/** Something that the person does: it is under way once, and a failure stays beside what it was about. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { SIGNED_IN } from "./api.js";

/**
 * `{ run, isBusy, error, clear }`. `run(...args)` calls `work` unless it is at work already, and answers what it answers;
 * undefined after a failure, which is then in `error`. That nobody was signed in is no failure any more once somebody is.
 */
export function useAction(work) {
  const [state, setState] = useState({ isBusy: false, error: undefined });
  const current = useRef(work);
  const busy = useRef(false);
  current.current = work;
  const run = useCallback(async (...args) => {
    if (busy.current) return undefined;
    busy.current = true;
    setState({ isBusy: true, error: undefined });
    try {
      const result = await current.current(...args);
      setState({ isBusy: false, error: undefined });
      return result;
    } catch (error) {
      setState({ isBusy: false, error });
      return undefined;
    } finally {
      busy.current = false;
    }
  }, []);
  const isSignedOut = state.error?.status === 401;
  useEffect(() => {
    if (!isSignedOut) return undefined;
    const clear = () => setState({ isBusy: false, error: undefined });
    addEventListener(SIGNED_IN, clear);
    return () => removeEventListener(SIGNED_IN, clear);
  }, [isSignedOut]);
  return { ...state, run, clear: useCallback(() => setState({ isBusy: false, error: undefined }), []) };
}
