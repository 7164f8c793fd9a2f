// Server-sent events by fetch: an EventSource cannot say who it is.
import { headers, explain } from './api.js';

/** A node says something every second; one that is silent for so long is gone. */
const silence = 8000;
const longestPause = 8000;

/** handlers: event(name, data), state('connecting' | 'live' | 'lost'), denied(why). Returns how to end it. */
export function openStream(handlers) {
  const ended = new AbortController();
  run(handlers, ended.signal);
  return () => ended.abort();
}

async function run(handlers, ended) {
  let pause = 500;
  handlers.state('connecting');
  while (!ended.aborted) {
    const denied = await read(handlers, ended, () => { pause = 500; });
    if (denied !== null && !ended.aborted) {
      handlers.denied(denied);
      return;
    }
    if (ended.aborted)
      return;
    handlers.state('lost');
    await new Promise(resolve => {
      setTimeout(resolve, pause * (0.75 + Math.random() / 2));
      ended.addEventListener('abort', resolve, { once: true });
    });
    pause = Math.min(pause * 2, longestPause);
  }
}

/** One connection, to its end. Returns why it was denied, or null where another try makes sense. */
async function read(handlers, ended, heard) {
  const over = new AbortController();
  const stop = () => over.abort();
  ended.addEventListener('abort', stop, { once: true });
  let watchdog = setTimeout(stop, silence);
  try {
    const response = await fetch('/api/v1/events', { headers: headers(), cache: 'no-store', signal: over.signal });
    if (response.status === 401)
      return await explain(response);
    if (!response.ok)
      return null;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done)
        return null;
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, silence);
      heard();
      const events = (text + value).split('\n\n');
      text = events.pop();
      for (const event of events)
        dispatch(event, handlers);
    }
  } catch {
    return null;
  } finally {
    clearTimeout(watchdog);
    ended.removeEventListener('abort', stop);
    over.abort();
  }
}

function dispatch(text, handlers) {
  let name = 'message', data = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('event: '))
      name = line.slice(7);
    else if (line.startsWith('data: '))
      data += line.slice(6);
  }
  handlers.event(name, JSON.parse(data));
}
