import { resolve } from 'node:path';
import { AddressPolicy } from '#webhook';

/** Everything the server can be told, read once. See the table of variables in README.md. */
export interface ServerConfig {
  readonly dataDir: string;
  /** undefined: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly bind: string;
  readonly httpsPort: number;
  /** 0: off. */
  readonly httpPort: number;
  /** Without a trailing slash; undefined: made from the address and the HTTPS port. */
  readonly publicUrl: string | undefined;
  /** Where tenants' webhooks may be, besides public addresses. */
  readonly webhookAddresses: AddressPolicy;
}

/** A start that cannot go on: its message is the one line that the user sees. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

function port(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new StartError(`${name} must be a port between 0 and 65535, not ${JSON.stringify(text)}`);
  }
  return value;
}

function url(name: string, text: string | undefined, protocols: readonly string[]): string | undefined {
  if (text === undefined || text === '') return undefined;
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (!parsed || !protocols.includes(parsed.protocol)) {
    throw new StartError(`${name} must be a URL with ${protocols.join(' or ')}//`);
  }
  return text.replace(/\/+$/, '');
}

function addresses(name: string, text = ''): AddressPolicy {
  const policy = AddressPolicy.parse(text);
  if (policy instanceof AddressPolicy) return policy;
  throw new StartError(
    `${name} must be a list of CIDRs such as 10.0.0.0/8,fd00::/8, not ${JSON.stringify(policy.wrong)}`,
  );
}

/** Fails with StartError. An HTTPS port of 0 takes any free one. */
export function configOf(env: Readonly<Record<string, string | undefined>>, cwd: string): ServerConfig {
  return {
    dataDir: resolve(cwd, env.SANDKUBE_DATA_DIR || '.sandkube'),
    databaseUrl: url('SANDKUBE_DATABASE_URL', env.SANDKUBE_DATABASE_URL, ['postgres:', 'postgresql:']),
    bind: env.SANDKUBE_BIND || '127.0.0.1',
    httpsPort: port('SANDKUBE_HTTPS_PORT', env.SANDKUBE_HTTPS_PORT, 6443),
    httpPort: port('SANDKUBE_HTTP_PORT', env.SANDKUBE_HTTP_PORT, 8080),
    publicUrl: url('SANDKUBE_PUBLIC_URL', env.SANDKUBE_PUBLIC_URL, ['http:', 'https:']),
    webhookAddresses: addresses('SANDKUBE_WEBHOOK_ALLOW', env.SANDKUBE_WEBHOOK_ALLOW),
  };
}
