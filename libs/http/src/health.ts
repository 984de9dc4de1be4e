import { StatusError } from '#apimachinery';
import { sendBody } from './answer.js';
import type { Exchange } from './exchange.js';

const TEXT_TYPE = 'text/plain; charset=utf-8';
const ENDPOINTS = ['livez', 'readyz', 'healthz'];

/** Checks of one endpoint: name → undefined when ok, else why not. `livez` asks nothing of the cluster: the process answers. */
async function checksOf(x: Exchange, endpoint: string): Promise<ReadonlyMap<string, string | undefined>> {
  const checks = new Map<string, string | undefined>([['ping', undefined]]);
  if (endpoint === 'livez') return checks;
  for (const [name, why] of await x.cluster.readiness()) checks.set(name, why);
  return checks;
}

export function isHealthPath(segments: readonly string[]): boolean {
  return ENDPOINTS.includes(segments[0] ?? '') && segments.length <= 2;
}

/**
 * `/readyz` and its siblings, each check also by itself (`/readyz/ping`), some of them left out (`?exclude=`), all of
 * them shown (`?verbose`). Models apiserver/pkg/server/healthz (1.36), which hides the reasons from the answer too.
 */
export async function serveHealth(x: Exchange, segments: readonly string[]): Promise<void> {
  const [endpoint = '', single] = segments;
  const checks = await checksOf(x, endpoint);
  if (single !== undefined) {
    if (!checks.has(single)) throw StatusError.noSuchPath();
    const why = checks.get(single);
    if (why === undefined) return sendBody(x, 200, 'ok', TEXT_TYPE);
    return sendBody(x, 500, `internal server error: ${why}\n`, TEXT_TYPE);
  }
  const excluded = new Set(x.query.all('exclude'));
  let failed = false;
  let lines = '';
  for (const [name, why] of checks) {
    if (excluded.has(name)) lines += `[+]${name} excluded: ok\n`;
    else if (why === undefined) lines += `[+]${name} ok\n`;
    else {
      failed = true;
      lines += `[-]${name} failed: reason withheld\n`;
    }
  }
  if (failed) return sendBody(x, 500, `${lines}${endpoint} check failed\n`, TEXT_TYPE);
  if (x.query.first('verbose') === undefined) return sendBody(x, 200, 'ok', TEXT_TYPE);
  return sendBody(x, 200, `${lines}${endpoint} check passed\n`, TEXT_TYPE);
}
