import { WebhookCallError } from './call-error.js';

/** How a configuration names a service of its own cluster. */
export interface WebhookServiceRef {
  readonly namespace: string;
  readonly name: string;
  readonly path?: string;
  readonly port?: number;
}

export interface WebhookPlace {
  /** As errors show it, with the timeout that the webhook is told. */
  readonly url: string;
  /** The URL's host without brackets: what certificates are compared with. */
  readonly host: string;
  readonly port: number;
  /** With the query. */
  readonly path: string;
}

export const SERVICE_PORT_DEFAULT = 443;

/** Where a clientConfig points. Models HookClient of apiserver's util/webhook (1.36). */
export function webhookPlace(
  { url, service }: { readonly url?: string; readonly service?: WebhookServiceRef },
  timeoutMs: number,
): WebhookPlace {
  if (service) {
    const { name, namespace, path = '', port = SERVICE_PORT_DEFAULT } = service;
    return placeOf(`https://${name}.${namespace}.svc:${port}/${path.replace(/^\//, '')}`, timeoutMs);
  }
  if (!url) throw new WebhookCallError('webhook configuration must have either service or URL');
  return placeOf(url, timeoutMs);
}

function placeOf(text: string, timeoutMs: number): WebhookPlace {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed?.protocol !== 'https:') throw new WebhookCallError(`Unparsable URL: ${JSON.stringify(text)}`);
  // Whole seconds, rounded up, as upstream tells them.
  const path = `${parsed.pathname}?timeout=${Math.ceil(timeoutMs / 1000)}s`;
  // As it was written: a port of 443 that is named stays visible.
  const shown = /^https:\/\/([^/?#]*)/i.exec(text)?.[1] ?? parsed.host;
  return {
    url: `https://${shown}${path}`,
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 443 : Number(parsed.port),
    path,
  };
}
