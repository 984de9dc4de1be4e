import type { BenchArguments } from './arguments.js';
import type { Connection } from './connection.js';
import type { Endpoint } from './kubeconfig.js';
import type { OwnServer } from './own-server.js';
import type { Summary } from './statistics.js';

export type Protocol = 'h2' | 'h1';

/** One line of the table. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** What a real control plane did on a machine of this kind (2 cores, load on the same cores), or what is aimed at. */
  readonly reference?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly note?: string;
}

/** What rows work with. */
export interface Bench {
  readonly arguments: BenchArguments;
  /** The cluster under test. */
  readonly endpoint: Endpoint;
  /** The management plane, where there is one. */
  readonly host: Endpoint | undefined;
  /** Only when the server was started here. */
  readonly server: OwnServer | undefined;
  /** An empty namespace for one row. */
  namespace(): Promise<string>;
  connect(protocol: Protocol, clients: number, to?: Endpoint): Promise<Connection>;
}

export interface Row {
  readonly name: string;
  readonly needs?: 'server' | 'host';
  /** Whether it is worth doing with both protocols. */
  readonly bothProtocols?: boolean;
  run(bench: Bench, protocol: Protocol): Promise<Result[]>;
}

/** A row of requests per second. */
export function rate(name: string, summary: Summary, reference?: number): Result {
  const { ratePerSecond, p50Ms, p99Ms } = summary;
  const more = reference === undefined ? {} : { reference };
  return { name, value: ratePerSecond, unit: '/s', better: 'higher', p50Ms, p99Ms, ...more };
}
