import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import type { Server, Socket } from 'node:net';

/** The connections of one server, so that a stop need not wait for clients that keep idle ones. */
export interface OpenSockets {
  /** Ends each connection after what is written to it; HTTP/2 ones after their streams. */
  endAll(): void;
  destroyAll(): void;
}

export function trackSockets(server: Server | Http2SecureServer): OpenSockets {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  (server as Server).on('connection', (socket: Socket) => {
    sockets.add(socket);
    // A reset by the peer is no event for a server; without a listener it would be an uncaught exception.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  (server as Http2SecureServer).on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  return {
    endAll() {
      for (const session of sessions) session.close();
      if (sessions.size === 0) for (const socket of sockets) socket.destroySoon();
    },
    destroyAll() {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}
