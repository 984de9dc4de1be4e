import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { entropy, FairTurns, HOST_SANDBOX_ID, Random, type SandboxId, systemClock } from '#base';
import { AuditLog } from '#audit';
import { createServerCertificate } from '#auth';
import { builtInKinds } from '#kinds';
import { graphqlMount } from '#graphql';
import { createFrontDoor, type FrontDoor } from '#http';
import { sandboxIdOf } from '#sandboxes';
import { openActorLocks, openAuditRows, openPostgresStore, openSandboxRecords, soleActorLocks } from '#storage';
import { hostAddresses, WebhookCaller } from '#webhook';
import { configOf, type ServerConfig, StartError } from './config.js';
import { lockDirectory, openDatabase } from './database.js';
import { House } from './house.js';
import { type ServerKeys, serverKeysIn, writeWhole } from './server-keys.js';

export interface StartOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  print(line: string): void;
}

export interface RunningServer {
  stop(): Promise<void>;
}

const FIRST_SANDBOX = sandboxIdOf('default', 'default');

/** Starts everything in the order in which it depends on each other; a failure stops, in reverse, what had started. */
export async function startServer({ env, cwd, print }: StartOptions): Promise<RunningServer> {
  const startedMs = systemClock.monotonicMs();
  const config = configOf(env, cwd);
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const undo of stops.splice(0).toReversed()) await undo();
  };
  try {
    const lock = await lockDirectory(config.dataDir);
    stops.push(() => lock.release());
    const keys = await serverKeysIn(config.dataDir, systemClock.nowMs());
    const database = await openDatabase(config, print);
    stops.push(() => database.stop());
    const turns = new FairTurns<SandboxId>(systemClock);
    const store = await openPostgresStore({
      url: database.url,
      serverKey: keys.encryptionKey,
      clock: systemClock,
      turns,
      migrate: false,
      exclusive: config.databaseUrl === undefined,
      onFault: (message, error) => print(`database: ${message}: ${String(error)}`),
    });
    stops.push(() => store.close());
    const records = await openSandboxRecords({ url: database.url, serverKey: keys.encryptionKey });
    stops.push(() => records.close());

    const locks = config.databaseUrl === undefined ? soleActorLocks() : openActorLocks(database.url);
    stops.push(() => locks.close());

    let publicUrl = config.publicUrl ?? '';
    const webhooks = new WebhookCaller({
      clock: systemClock,
      policy: config.webhookAddresses,
      resolve: hostAddresses(),
    });
    stops.push(() => webhooks.close());
    const rows = openAuditRows({ url: database.url, serverKey: keys.encryptionKey });
    const auditLog = new AuditLog(rows, systemClock, (error) => print(`audit: ${String(error)}`));
    stops.push(() => auditLog.close());
    const parts = { store, records, keys, locks, webhooks, auditLog, print };
    const house = new House({ ...parts, publicUrl: () => publicUrl });
    const door = await openDoor(config, keys, house, turns, print);
    publicUrl ||= `https://${config.bind === '0.0.0.0' || config.bind === '::' ? '127.0.0.1' : config.bind}:${door.httpsPort}`;
    stops.push(() => house.close());
    stops.push(() => door.close());

    await house.ensureHost();
    await house.untilReady(FIRST_SANDBOX);
    writeWhole(join(config.dataDir, 'kubeconfig'), await house.kubeconfig([FIRST_SANDBOX, HOST_SANDBOX_ID]));
    greet(config, door, publicUrl, print);
    print(`ready in ${Math.round(systemClock.monotonicMs() - startedMs)} ms`);
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDoor(
  config: ServerConfig,
  keys: ServerKeys,
  house: House,
  turns: FairTurns<SandboxId>,
  print: StartOptions['print'],
) {
  const hosts = certificateHosts(config);
  const certificate = await createServerCertificate(keys.ca, hosts, systemClock.nowMs());
  const graphql = graphqlMount({
    clock: systemClock,
    report: (error: unknown) => print(`graphql: ${String(error)}`),
    sandboxes: { clusters: house.clusters, kinds: builtInKinds, idOf: house.idOf },
  });
  const options = {
    clusters: house.clusters,
    tls: { key: certificate.privateKey, cert: certificate.certificate + keys.ca.certificate },
    bind: config.bind,
    httpsPort: config.httpsPort,
    httpPort: config.httpPort === 0 ? undefined : config.httpPort,
    clock: systemClock,
    random: new Random(entropy()),
    mounts: [graphql],
    turns,
    unexpected: (error: unknown, auditId: string) => print(`request ${auditId}: ${stackOf(error)}`),
  };
  let door: FrontDoor;
  try {
    door = await createFrontDoor(options);
  } catch (error) {
    throw startErrorOf(error, config);
  }
  return { ...door, close: async () => (await graphql.close(), await door.close()) };
}

function startErrorOf(error: unknown, config: ServerConfig): unknown {
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  const variable = port === config.httpsPort ? 'SANDKUBE_HTTPS_PORT' : 'SANDKUBE_HTTP_PORT';
  if (code === 'EADDRINUSE') return new StartError(`${address}:${port} is in use (${variable})`);
  if (code === 'EACCES') return new StartError(`${address}:${port} may not be listened on (${variable})`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartError(`${config.bind} is no address of this machine (SANDKUBE_BIND)`);
  }
  return error;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Every name under which a client may come. */
function certificateHosts({ bind, publicUrl }: ServerConfig): string[] {
  const everywhere = bind === '0.0.0.0' || bind === '::';
  const own = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address),
  );
  const named = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')];
  return [...new Set(['localhost', '127.0.0.1', '::1', ...(everywhere ? own : [bind]), ...named])];
}

function greet(config: ServerConfig, door: FrontDoor, publicUrl: string, print: StartOptions['print']): void {
  print(`Kubernetes API   ${publicUrl}/sandboxes/${FIRST_SANDBOX}   (management plane: ${publicUrl})`);
  if (door.httpPort !== undefined) print(`GraphQL          http://127.0.0.1:${door.httpPort}/graphql`);
  print(`Next             export KUBECONFIG=${join(config.dataDir, 'kubeconfig')} && kubectl get nodes`);
}
