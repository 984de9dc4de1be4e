import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/** All addresses of a name; rejects with an error whose `code` is Node's (ENOTFOUND, ETIMEOUT, …). */
export type Resolve = (host: string) => Promise<readonly string[]>;

const HOSTS_FILE = '/etc/hosts';
/** Of one question to one server; the caller's own deadline ends the whole. */
const ASK_MS = 2_000;
const TRIES = 2;

/**
 * Addresses by the hosts file, then by DNS. Not by the system's resolver: that holds one of the process's few worker
 * threads per question, so that one tenant's dead name server would stop everybody's files and keys.
 * Differs: search domains are not tried; a webhook's URL names its host in full.
 */
export function hostAddresses(): Resolve {
  const resolver = new Resolver({ timeout: ASK_MS, tries: TRIES });
  return async (host) => {
    if (isIP(host) !== 0) return [host];
    const listed = await listedAddresses(host);
    if (listed.length > 0) return listed;
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [...(v4.status === 'fulfilled' ? v4.value : []), ...(v6.status === 'fulfilled' ? v6.value : [])];
    if (found.length === 0) throw v4.status === 'rejected' ? v4.reason : notFound(host);
    return found;
  };
}

async function listedAddresses(host: string): Promise<string[]> {
  const text = await readFile(HOSTS_FILE, 'utf8').catch(() => '');
  return addressesIn(text, host);
}

/** Of a hosts file: '127.0.0.1 localhost loopback  # comment'. */
export function addressesIn(text: string, host: string): string[] {
  const wanted = host.toLowerCase();
  return text.split('\n').flatMap((line) => {
    const [ip = '', ...names] = line.split('#', 1)[0]!.trim().split(/\s+/);
    return isIP(ip) !== 0 && names.some((name) => name.toLowerCase() === wanted) ? [ip] : [];
  });
}

function notFound(host: string): Error {
  return Object.assign(new Error(`no address of ${host}`), { code: 'ENOTFOUND' });
}
