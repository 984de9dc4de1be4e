import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';

/** Connections that wait for the next call, of all sandboxes together. */
const IDLE_MAX = 64;
/** How long one waits; the timer is the socket's own. */
const IDLE_MS = 10_000;

/**
 * Connections stay open for a while, since a webhook that is called at all is called often. One is used again only for
 * the same address, server name and authority, so what was verified stays true. Above the limit they are closed.
 */
export class KeptConnections extends Agent {
  constructor() {
    // Sessions are not resumed: every connection verifies its certificate anew.
    super({ keepAlive: true, timeout: IDLE_MS, maxCachedSessions: 0 });
  }

  /** Node asks before it keeps a socket, and closes it when told false (which its types leave out). */
  override keepSocketAlive(socket: Duplex): boolean {
    let idle = 0;
    for (const sockets of Object.values(this.freeSockets)) idle += sockets?.length ?? 0;
    return idle < IDLE_MAX && (super.keepSocketAlive(socket) as unknown as boolean);
  }
}
