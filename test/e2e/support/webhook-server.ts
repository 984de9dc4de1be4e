import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServerCa, createServerCertificate } from '#auth';

interface Review {
  request: {
    uid: string;
    operation: string;
    dryRun: boolean;
    object?: { metadata?: { name: string } };
    /** Of a ConversionReview. */
    objects: readonly Converted[];
    desiredAPIVersion: string;
  };
}

export interface Converted {
  apiVersion: string;
  metadata: { name: string; [field: string]: unknown };
  spec: Record<string, string>;
}

/** What a webhook says of one request: the members of the review's response besides its uid; undefined: nothing, ever. */
export type Verdict = (request: Review['request']) => object | undefined;

/** A small HTTPS server of admission and conversion webhooks: each path is one of them. */
export class WebhookServer {
  readonly seen: { path: string; operation: string; name: string | undefined; dryRun: boolean }[] = [];

  private constructor(
    private readonly server: Server,
    private readonly authority: string,
  ) {}

  static async start(verdicts: Readonly<Record<string, Verdict>>): Promise<WebhookServer> {
    const ca = await createServerCa(Date.now());
    const { certificate, privateKey } = await createServerCertificate(ca, ['127.0.0.1', 'localhost'], Date.now());
    const server = createServer({ key: privateKey, cert: certificate }, (request, response) => {
      const path = new URL(request.url!, 'https://localhost').pathname;
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const review = JSON.parse(text) as Review;
        const { operation, dryRun, object } = review.request;
        started.seen.push({ path, operation, name: object?.metadata?.name, dryRun });
        const says = verdicts[path];
        if (!says) return void response.writeHead(404).end();
        const verdict = says(review.request);
        if (verdict === undefined) return;
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ ...review, request: undefined, response: { uid: review.request.uid, ...verdict } }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const started = new WebhookServer(server, ca.certificate);
    return started;
  }

  get caBundle(): string {
    return Buffer.from(this.authority).toString('base64');
  }

  url(path: string): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** The port stays known, so that a later call finds nobody there. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
