import { execute, type ExecutionResult, type GraphQLSchema, parse, specifiedRules, subscribe, validate } from 'graphql';
import { Random, type SandboxId, sandboxId, Trace, TraceRing } from '#base';
import type { AdmissionChain } from '#admission';
import type { KubeObject } from '#apimachinery';
import type { Authenticator, Authorizer, UserInfo } from '#auth';
import { builtInKinds, type KindCatalog } from '#kinds';
import { createRegistry, type RequestContext, type ServedCluster, type Verbs } from '#registry';
import { memoryStore, type Store } from '#storage';
import { FakeClock } from '#testing';
import { schemaOf } from './schema.js';
import { operationContext } from './scope.js';

export const ADMIN: UserInfo = { username: 'admin', groups: ['system:masters'] };

const ADMITS_ALL: AdmissionChain = { mutate: async () => {}, validate: async () => {} };

/** 'admin' may all, others nothing; a token is its user's name. */
const MASTERS_ONLY: Authorizer = {
  authorize: async (user) => ({ allowed: user.groups.includes('system:masters'), reason: '' }),
};
const BY_NAME: Authenticator = {
  authenticate: async ({ bearerToken }) =>
    bearerToken === 'admin' ? ADMIN : bearerToken ? { username: bearerToken, groups: [] } : undefined,
  impersonate: async (_requester, wish) => wish,
};

export interface SpecOptions {
  readonly id?: string;
  readonly kinds?: KindCatalog;
  readonly store?: Store;
  readonly authorizer?: Authorizer;
  readonly schema?: GraphQLSchema;
}

/** A cluster over a memory store, and its schema, for this library's specs. */
export class SpecCluster {
  readonly clock = new FakeClock();
  readonly served: ServedCluster;
  readonly schema: GraphQLSchema;
  readonly store: Store;
  /** Calls of the verbs so far, such as 'list pods'. */
  readonly calls: string[] = [];

  static async make(options: SpecOptions = {}): Promise<SpecCluster> {
    const cluster = new SpecCluster(options);
    await cluster.store.createSandbox(cluster.served.env.id);
    return cluster;
  }

  private constructor({ id = 'spec', kinds = builtInKinds, authorizer = MASTERS_ONLY, ...options }: SpecOptions) {
    this.store = options.store ?? memoryStore();
    const verbs = createRegistry({
      store: this.store,
      admission: ADMITS_ALL,
      authorizerOf: () => authorizer,
      clock: this.clock,
    });
    this.served = {
      env: { id: sandboxId(id) as SandboxId, clock: this.clock, random: new Random(id) },
      kinds,
      onKinds: () => () => {},
      verbs: this.counting(verbs),
      authenticator: BY_NAME,
      authorizer,
      traces: new TraceRing(1),
      readiness: async () => new Map(),
    };
    this.schema = options.schema ?? schemaOf(kinds);
  }

  private counting(verbs: Verbs): Verbs {
    const note = (verb: string, resource: string) => void this.calls.push(`${verb} ${resource}`);
    return {
      ...verbs,
      get: (ctx, target, options) => (note('get', target.kind.resource), verbs.get(ctx, target, options)),
      list: (ctx, target, request) => (note('list', target.kind.resource), verbs.list(ctx, target, request)),
    };
  }

  request(user = ADMIN): RequestContext {
    const { env, kinds } = this.served;
    return { env, kinds, user, trace: new Trace('spec', 'spec', this.clock), warn: () => {} };
  }

  context(user = ADMIN) {
    return operationContext(this.served, this.request(user), this.clock);
  }

  /** Stores an object as a client would. */
  async create(resource: string, object: object, group = ''): Promise<KubeObject> {
    const kind = this.served.kinds.preferred(group, resource)!;
    const { namespace = 'default' } = (object as Partial<KubeObject>).metadata ?? {};
    const whole = { apiVersion: group === '' ? kind.version : `${group}/${kind.version}`, kind: kind.kind, ...object };
    const target = { kind, namespace: kind.namespaced ? namespace : '' };
    return (await this.served.verbs.create(this.request(), target, { object: whole }, {})).object();
  }

  /** Runs a query that must be valid; data as plain JSON. */
  async run(query: string, variables: Record<string, unknown> = {}, user = ADMIN): Promise<ExecutionResult> {
    const document = parse(query);
    const errors = validate(this.schema, document, specifiedRules);
    if (errors.length > 0) return { errors };
    const contextValue = this.context(user);
    const result = await execute({ schema: this.schema, document, variableValues: variables, contextValue });
    return JSON.parse(JSON.stringify(result)) as ExecutionResult;
  }

  /** Fails with the error when the subscription is refused. */
  async subscribe(query: string, variables: Record<string, unknown> = {}): Promise<AsyncGenerator<ExecutionResult>> {
    const document = parse(query);
    const contextValue = this.context();
    const result = await subscribe({ schema: this.schema, document, variableValues: variables, contextValue });
    if (!(Symbol.asyncIterator in result)) throw result.errors![0]!;
    return result;
  }
}
