import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into the server that the bench starts (`--import`): tells for how long its event loop kept others waiting
 * between 'begin' and 'end'. In between it costs a timer a millisecond, else nothing; the channel keeps nothing alive.
 */
const RESOLUTION_MS = 1;
const NANOSECONDS_PER_MS = 1e6;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const inMs = (nanoseconds) => Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);

process.on('message', (message) => {
  if (message === 'begin') {
    delay.reset();
    delay.enable();
    return;
  }
  delay.disable();
  process.send({ p50Ms: inMs(delay.percentile(50)), p99Ms: inMs(delay.percentile(99)), maxMs: inMs(delay.max) });
});
process.channel.unref();
