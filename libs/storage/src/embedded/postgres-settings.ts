/**
 * Settings of the embedded server: durable, and modest, because it shares a small machine with the server that uses it.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // Reached through a socket in a private directory only.
  listen_addresses: '',
  max_connections: '40',
  // What was acknowledged is on the disk.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // No replicas: less is logged.
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_buffers: '16MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '10min',
  // Live objects are in the server's memory; PostgreSQL reads little.
  shared_buffers: '64MB',
  work_mem: '8MB',
  // Reads are done by whoever asks, and queries are small: neither workers nor compilation pay.
  io_method: 'sync',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  autovacuum_max_workers: '2',
  autovacuum_naptime: '30s',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

/** For tests that lose nothing when the machine stops: no waiting for disks. A kill of the server still loses nothing. */
const THROWAWAY: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
  // Medium tests open several stores on one server.
  max_connections: '80',
};

export function settingsArgs(durable: boolean): string[] {
  const settings = durable ? SETTINGS : { ...SETTINGS, ...THROWAWAY };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
