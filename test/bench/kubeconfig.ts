import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Where a cluster is and who asks. */
export interface Endpoint {
  /** 'https://127.0.0.1:6443' */
  readonly origin: string;
  /** '' or '/sandboxes/default'. */
  readonly base: string;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly token: string | undefined;
}

interface Named {
  readonly name: string;
}
interface Kubeconfig {
  readonly 'current-context': string;
  readonly contexts: readonly (Named & { context: { cluster: string; user: string } })[];
  readonly clusters: readonly (Named & { cluster: Record<string, string> })[];
  readonly users: readonly (Named & { user: Record<string, string> })[];
}

function named<T extends Named>(list: readonly T[], name: string, what: string): T {
  const found = list.find((one) => one.name === name);
  if (!found) throw new Error(`the kubeconfig has no ${what} "${name}"`);
  return found;
}

/** PEM, in place or in a file. */
function pem(from: Record<string, string>, key: string): string | undefined {
  const inline = from[`${key}-data`];
  if (inline !== undefined) return Buffer.from(inline, 'base64').toString();
  const file = from[key];
  return file === undefined ? undefined : readFileSync(file, 'utf8');
}

export function contextsOf(text: string): readonly string[] {
  return (parse(text) as Kubeconfig).contexts.map((context) => context.name);
}

export function endpointOf(text: string, contextName?: string): Endpoint {
  const config = parse(text) as Kubeconfig;
  const { context } = named(config.contexts, contextName ?? config['current-context'], 'context');
  const { cluster } = named(config.clusters, context.cluster, 'cluster');
  const { user } = named(config.users, context.user, 'user');
  const url = new URL(cluster['server']!);
  return {
    origin: url.origin,
    base: url.pathname.replace(/\/$/, ''),
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    token: user['token'],
  };
}
