import { StatusError } from '#apimachinery';
import type { Query } from './query.js';

/** As kube-apiserver's --request-timeout. */
const TIMEOUT_MS = 60_000;

const UNITS_MS: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * When a request's client gives up, as its `timeout` parameter says it ('30s', as kubectl --request-timeout sends it), in the
 * clock of `nowMs`. Nothing, zero and more than the server's own limit mean that limit. Fails with 400.
 * Models WithRequestDeadline of apiserver's filters (1.36).
 */
export function requestEndMs(query: Query, nowMs: number): number {
  const text = query.text('timeout');
  const asked = text === undefined ? 0 : durationMs(text);
  return nowMs + (asked > 0 && asked < TIMEOUT_MS ? asked : TIMEOUT_MS);
}

/** Models time.ParseDuration of Go. */
function durationMs(text: string): number {
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return 0;
  let ms = 0;
  let at = 0;
  while (at < unsigned.length) {
    PART.lastIndex = at;
    const part = PART.exec(unsigned);
    if (!part)
      throw StatusError.badRequest(
        `invalid timeout specified in the request URL - ${whyNot(text, unsigned.slice(at))}`,
      );
    ms += Number(part[1]) * UNITS_MS[part[2]!]!;
    at = PART.lastIndex;
  }
  if (unsigned === '')
    throw StatusError.badRequest(`invalid timeout specified in the request URL - ${whyNot(text, '')}`);
  return text.startsWith('-') ? -ms : ms;
}

function whyNot(text: string, rest: string): string {
  const number = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest);
  if (!number) return `time: invalid duration ${JSON.stringify(text)}`;
  if (number[2] === '') return `time: missing unit in duration ${JSON.stringify(text)}`;
  return `time: unknown unit ${JSON.stringify(number[2])} in duration ${JSON.stringify(text)}`;
}
