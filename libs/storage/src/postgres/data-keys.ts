import { noSuchSandbox } from '../sandbox-log.js';
import type { DataKey, ServerKey } from '../crypto.js';
import type { Database, Row } from './database.js';
import type { Holder } from './holder.js';
import { ADD_KEY } from './sql.js';

export function sandboxOwner(id: string): string {
  return `sandbox/${id}`;
}

export function snapshotOwner(id: string): string {
  return `snapshot/${id}`;
}

/** The data key of a sandbox is made with its first secret: most rows of idle sandboxes need none. */
export async function ensureDataKey(database: Database, server: ServerKey, holder: Holder): Promise<DataKey> {
  if (holder.dataKey !== undefined) return holder.dataKey;
  const owner = sandboxOwner(holder.id);
  const { wrapped } = server.newDataKey(owner);
  const rows = await database.read<Row & { wrapped: string }>(ADD_KEY, [holder.id, holder.incarnation, wrapped]);
  if (rows[0] === undefined) throw noSuchSandbox(holder.id);
  return (holder.dataKey = server.unwrap(owner, rows[0].wrapped));
}
