import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ServerProcess } from './server-process.js';

interface Kubeconfig {
  users: { name: string; user: { token: string } }[];
  contexts: { name: string; context: { user: string } }[];
}

export interface WireEvent {
  type: string;
  object: { kind: string; metadata: { name: string; resourceVersion: string }; code?: number; reason?: string };
}

export interface Sent {
  readonly status: number;
  readonly text: string;
}

/** Plain requests on the loopback listener with the admin token of one context. */
export class Rest {
  private readonly headers: Record<string, string>;

  constructor(
    private readonly server: ServerProcess,
    private readonly prefix = '/sandboxes/default',
    context = 'default',
  ) {
    const config = parse(readFileSync(server.kubeconfig, 'utf8')) as Kubeconfig;
    const user = config.contexts.find(({ name }) => name === context)!.context.user;
    const { token } = config.users.find(({ name }) => name === user)!.user;
    this.headers = { authorization: `Bearer ${token}` };
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.server.httpPort}${this.prefix}${path}`;
  }

  fetch(path: string, init: { method?: string; body?: unknown; signal?: AbortSignal } = {}): Promise<Response> {
    return fetch(this.url(path), {
      method: init.method ?? 'GET',
      headers: { ...this.headers, 'content-type': 'application/json' },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      ...(init.signal ? { signal: init.signal } : {}),
    });
  }

  /** The whole answer to a request with a body. */
  async send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Sent> {
    const response = await fetch(this.url(path), {
      method,
      headers: { ...this.headers, 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** What `kubectl get` asks for. */
  async table(path: string): Promise<Sent> {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const response = await fetch(this.url(path), { headers: { ...this.headers, accept } });
    return { status: response.status, text: await response.text() };
  }

  /** Calls `seen` for each event until the stream ends, for whatever reason. */
  async watch(path: string, seen: (event: WireEvent) => void, signal?: AbortSignal): Promise<void> {
    let rest = '';
    try {
      const response = await this.fetch(path, signal ? { signal } : {});
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!;
        for (const line of lines) seen(JSON.parse(line) as WireEvent);
      }
    } catch (error) {
      if (!signal?.aborted && (error as Error).name !== 'TypeError') throw error;
    }
  }
}
