import type { AuditedRequest, Auditor } from '#audit';
import { apiVersionOf, decodeBody } from '#apimachinery';
import type { SandboxId } from '#base';
import type { Kind } from '#kinds';
import { attributesOf } from './authorization.js';
import type { Body, FoundList, RegistryWatch, RequestContext, Target, Verbs, WatchReceiver } from './request.js';

/**
 * The same verbs, recorded: whoever calls them (REST, GraphQL, an actor of the process) leaves the same events. A request
 * that its transport began to record (`ctx.audit`) gets its bodies here and is completed there, with the answer; any other
 * is begun and completed here. Where no policy stands, a call costs one look more.
 */
export function auditedVerbs(verbs: Verbs, auditorOf: (sandbox: SandboxId) => Auditor | undefined): Verbs {
  const record: Recorder = (ctx, verb, target) => {
    if (ctx.audit) return { ctx, audit: ctx.audit, own: false };
    const auditor = auditorOf(ctx.env.id);
    if (!auditor?.on) return undefined;
    const audit = auditor.begin(ctx.user, attributesOf(verb, target), {
      auditId: auditor.nextId(ctx.trace.id),
      requestURI: uriOf(target),
      sourceIPs: INSIDE,
      userAgent: ctx.userAgent ?? '',
    });
    return audit && { ctx: recording(ctx, audit), audit, own: true };
  };

  return { ...recordedReads(verbs, record), ...recordedWrites(verbs, record) };
}

type Recorder = (ctx: RequestContext, verb: string, target: Target) => Recorded | undefined;

function recordedReads(verbs: Verbs, record: Recorder): Pick<Verbs, 'get' | 'list' | 'watch'> {
  return {
    async get(ctx, target, options) {
      const recorded = record(ctx, 'get', target);
      if (!recorded) return verbs.get(ctx, target, options);
      return told(
        recorded,
        () => verbs.get(recorded.ctx, target, options),
        ({ text }) => text,
      );
    },
    async list(ctx, target, request) {
      const recorded = record(ctx, 'list', target);
      if (!recorded) return verbs.list(ctx, target, request);
      return told(
        recorded,
        () => verbs.list(recorded.ctx, target, request),
        (list) => listText(target.kind, list),
      );
    },
    async watch(ctx, target, request, receiver) {
      const recorded = record(ctx, 'watch', target);
      if (!recorded?.own) return verbs.watch(ctx, target, request, receiver);
      return watched(recorded, (counted) => verbs.watch(recorded.ctx, target, request, counted), receiver);
    },
  };
}

function recordedWrites(verbs: Verbs, record: Recorder): Omit<Verbs, 'get' | 'list' | 'watch'> {
  return {
    async create(ctx, target, body, options) {
      const recorded = record(ctx, 'create', target);
      if (!recorded) return verbs.create(ctx, target, body, options);
      hear(recorded.audit, body);
      return told(
        recorded,
        () => verbs.create(recorded.ctx, target, body, options),
        ({ text }) => text,
        201,
      );
    },
    async update(ctx, target, body, options) {
      const recorded = record(ctx, 'update', target);
      if (!recorded) return verbs.update(ctx, target, body, options);
      hear(recorded.audit, body);
      return told(
        recorded,
        () => verbs.update(recorded.ctx, target, body, options),
        ({ text }) => text,
      );
    },
    async patch(ctx, target, type, body, options) {
      const recorded = record(ctx, 'patch', target);
      if (!recorded) return verbs.patch(ctx, target, type, body, options);
      if (recorded.audit.wantsRequest) hear(recorded.audit, body, false);
      return told(
        recorded,
        () => verbs.patch(recorded.ctx, target, type, body, options),
        ({ text }) => text,
      );
    },
    async delete(ctx, target, request) {
      const recorded = record(ctx, 'delete', target);
      if (!recorded) return verbs.delete(ctx, target, request);
      hearDelete(recorded.audit, request);
      return told(
        recorded,
        () => verbs.delete(recorded.ctx, target, request),
        ({ text }) => text,
      );
    },
    async deleteCollection(ctx, target, request) {
      const recorded = record(ctx, 'deletecollection', target);
      if (!recorded) return verbs.deleteCollection(ctx, target, request);
      hearDelete(recorded.audit, request);
      const run = () => verbs.deleteCollection(recorded.ctx, target, request);
      return told(recorded, run, (list) => listText(target.kind, list));
    },
    // What is said over a connection is not recorded, and its transport knows when it ends.
    connect: (ctx, target, verb, request) => verbs.connect(ctx, target, verb, request),
  };
}

interface Recorded {
  readonly ctx: RequestContext;
  readonly audit: AuditedRequest;
  /** It was begun here, so it is completed here. */
  readonly own: boolean;
}

/** Calls that come over no wire. */
const INSIDE = ['127.0.0.1'];

function recording(ctx: RequestContext, audit: AuditedRequest): RequestContext {
  return {
    env: ctx.env,
    kinds: ctx.kinds,
    user: ctx.user,
    trace: ctx.trace,
    ...(ctx.userAgent === undefined ? {} : { userAgent: ctx.userAgent }),
    ...(ctx.endMs === undefined ? {} : { endMs: ctx.endMs }),
    audit,
    annotate: (key, value) => audit.annotate(key, value),
    warn: (message) => ctx.warn(message),
  };
}

async function told<T>(
  { audit, own }: Recorded,
  run: () => Promise<T>,
  textOf: (result: T) => string,
  code = 200,
): Promise<T> {
  try {
    const result = await run();
    if (audit.wantsResponse) audit.responseObject(textOf(result));
    if (own) await ended(audit, code);
    return result;
  } catch (error) {
    audit.failed(error);
    if (own) await ended(audit);
    throw error;
  }
}

async function ended(audit: AuditedRequest, code?: number): Promise<void> {
  if (audit.blocking) await audit.settle(code);
  else audit.complete(code);
}

/** A watch in the process: it has started when it is open, and is complete when it ends, whoever ends it. */
async function watched(
  { audit }: Recorded,
  open: (receiver: WatchReceiver) => Promise<RegistryWatch>,
  receiver: WatchReceiver,
): Promise<RegistryWatch> {
  try {
    const watch = await open({
      events: (batch) => receiver.events(batch),
      initialEventsEnd: (at) => receiver.initialEventsEnd(at),
      closed: (error) => {
        audit.complete();
        receiver.closed(error);
      },
    });
    audit.started(200);
    return {
      resourceVersion: () => watch.resourceVersion(),
      cancel: () => {
        watch.cancel();
        audit.complete();
      },
    };
  } catch (error) {
    audit.failed(error);
    audit.complete();
    throw error;
  }
}

/** What cannot be decoded is not recorded: the verb will say what is wrong with it. */
function hear(audit: AuditedRequest, body: Body, isObject = true): void {
  if ('object' in body) return audit.requestObject(body.object, isObject);
  try {
    audit.requestObject(decodeBody(body.bytes, body.format).value, isObject);
  } catch {
    return;
  }
}

function hearDelete(audit: AuditedRequest, { labelSelector: _l, fieldSelector: _f, ...options }: DeleteLike): void {
  if (Object.keys(options).length === 0) return;
  const {
    dryRun,
    limit: _limit,
    continue: _from,
    resourceVersion: _at,
    resourceVersionMatch: _match,
    ...rest
  } = options;
  const shown = { kind: 'DeleteOptions', apiVersion: 'v1', ...rest, ...(dryRun ? { dryRun: ['All'] } : {}) };
  if (Object.keys(shown).length > 2) audit.requestObject(shown, false);
}

type DeleteLike = Parameters<Verbs['deleteCollection']>[2];

function listText(kind: Kind, { resourceVersion, continue: from, remainingItemCount, items }: FoundList): string {
  const metadata = {
    resourceVersion,
    ...(from === undefined ? {} : { continue: from }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  };
  const head = `{"kind":"${kind.kind}List","apiVersion":"${apiVersionOf(kind)}","metadata":${JSON.stringify(metadata)}`;
  // Larger ones would not be kept anyway.
  const chars = items.reduce((sum, { text }) => sum + text.length, 0);
  return `${head},"items":${chars > LIST_CHARS_MAX ? TOO_LARGE : `[${items.map(({ text }) => text).join(',')}]`}}`;
}

const LIST_CHARS_MAX = 128 * 1024;
/** Longer than what an event may be, so that it is cut as any other that is too large. */
const TOO_LARGE = JSON.stringify('x'.repeat(LIST_CHARS_MAX));

/** What the call would ask for, if it came over the wire. */
function uriOf({ kind, namespace, name, subresource }: Target): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const inside = kind.namespaced && namespace ? `/namespaces/${namespace}` : '';
  const tail = [name, subresource].filter((part) => part).join('/');
  return `${root}${inside}/${kind.resource}${tail === '' ? '' : `/${tail}`}`;
}
