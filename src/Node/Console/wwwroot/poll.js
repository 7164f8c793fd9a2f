// Asking again and again, for as long as a view is shown and somebody can see it.

/** load(current): current() is false once a later call has been made, whose answer counts. */
export function poll(interval, load) {
  let timer, turn = 0, stopped = false;

  async function now() {
    clearTimeout(timer);
    const mine = ++turn;
    const current = () => !stopped && mine === turn;
    if (!document.hidden)
      await load(current);
    if (current())
      timer = setTimeout(now, interval);
  }

  const shown = () => { if (!document.hidden) now(); };
  document.addEventListener('visibilitychange', shown);
  // Behind the view's own construction.
  queueMicrotask(now);
  return {
    now,
    stop() {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', shown);
    },
  };
}
