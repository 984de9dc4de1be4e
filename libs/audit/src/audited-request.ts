import type { SandboxEnv } from '#base';
import { type Json, rfc3339Micro, StatusError } from '#apimachinery';
import { impersonationConstraintOf, type RequestAttributes, type UserInfo } from '#auth';
import type { AuditDecision, AuditStage } from './policy.js';

/** Whose log it goes to, as a record needs it. */
export interface AuditSink {
  readonly env: SandboxEnv;
  /** One line; `sealed` when it must not be read from the database alone. */
  write(line: string, sealed: boolean): void;
  /** Resolves when what was written is in the database, or could not be put there. */
  flush(): Promise<void>;
}

/** What the policy wants of a request. */
export interface AuditRules extends AuditDecision {
  /** The answer waits for its event. */
  readonly blocking: boolean;
  /** Bodies open doors: a line that has them is sealed. */
  readonly sensitive: boolean;
}

/** What the transport knows. */
export interface RequestFacts {
  readonly auditId: string;
  readonly requestURI: string;
  readonly sourceIPs: readonly string[];
  readonly userAgent: string;
}

/** Nobody is known before, and when, authentication fails. */
export interface AuditedUsers {
  readonly requester: UserInfo | undefined;
  /** Whom the requester acts as. */
  readonly impersonated: UserInfo | undefined;
}

/** As upstream's maxUserAgentLength and its suffix. */
const USER_AGENT_MAX = 1024;
const CUT = '...TRUNCATED';
/** As kube-apiserver's --audit-log-truncate-max-event-size; bodies go first, and an annotation says so. */
const EVENT_CHARS_MAX = 100 * 1024;
const URI_MAX = 8 * 1024;
const ANNOTATIONS_MAX = 64;
const UNAUTHORIZED = 401;

interface ObjectRef {
  resource: string;
  namespace?: string;
  name?: string;
  uid?: string;
  apiGroup?: string;
  apiVersion?: string;
  resourceVersion?: string;
  subresource?: string;
}

type Meta = { namespace?: string; name?: string; uid?: string; resourceVersion?: string };

/**
 * One request under way, as its audit events show it; each stage is one event with what is known by then. Models
 * apiserver/pkg/audit (1.36). Times are the sandbox's, as those in its objects are.
 *
 * Differs: a request object is what came in, not what decoding made of it (defaults are in the response object); a line
 * over 100 KiB loses its bodies, as --audit-log-truncate-enabled has it, because the log is bounded.
 */
export class AuditedRequest {
  private readonly receivedMs: number;
  private readonly objectRef: ObjectRef | undefined;
  private annotations: Map<string, string> | undefined;
  private requestText: string | undefined;
  private responseText: string | undefined;
  private failure: StatusError | undefined;
  private panicked = false;
  private over = false;

  constructor(
    private readonly auditor: AuditSink,
    private readonly users: AuditedUsers,
    private readonly attributes: RequestAttributes,
    private readonly facts: RequestFacts,
    private readonly decision: AuditRules,
  ) {
    this.receivedMs = auditor.env.clock.nowMs();
    this.objectRef = attributes.kind === 'resource' ? refOf(attributes) : undefined;
  }

  get wantsRequest(): boolean {
    return this.decision.level !== 'Metadata';
  }

  get wantsResponse(): boolean {
    return this.decision.level === 'RequestResponse';
  }

  /** The first value of a key counts. */
  annotate(key: string, value: string): void {
    this.annotations ??= new Map();
    if (!this.annotations.has(key) && this.annotations.size < ANNOTATIONS_MAX) this.annotations.set(key, value);
  }

  /** What came in, decoded. Of a patch (`meta` false) nothing is read about the object. */
  requestObject(value: unknown, meta = true): void {
    if (meta) this.learn((value as { metadata?: Meta } | null)?.metadata);
    if (this.wantsRequest) this.requestText = this.textOf(value);
  }

  /** What goes out, as JSON. */
  responseObject(text: string): void {
    if (!this.wantsResponse) return;
    this.responseText = this.decision.omitManagedFields ? this.textOf(JSON.parse(text)) : text;
  }

  /** What nobody expected (`isPanic`) ends the request in a stage of its own. The first cause counts, the last text. */
  failed(error: unknown, isPanic = !(error instanceof StatusError)): void {
    this.failure = error instanceof StatusError ? error : StatusError.internal('the request failed unexpectedly');
    this.panicked ||= isPanic;
  }

  received(): void {
    this.emit('RequestReceived', undefined);
  }

  /** Headers of a long answer are out. */
  started(code: number): void {
    this.emit('ResponseStarted', code);
  }

  /** Once; what comes later is dropped. */
  complete(code?: number): void {
    if (this.over) return;
    this.over = true;
    this.emit(this.panicked ? 'Panic' : 'ResponseComplete', this.failure?.code ?? code ?? 200);
  }

  /** To be asked, and `settle` to be waited for, before an answer goes out. */
  get blocking(): boolean {
    return this.decision.blocking;
  }

  /** Completes the record and resolves when it is in the database, or could not be put there: upstream, too, goes on then. */
  settle(code?: number): Promise<void> {
    this.complete(code);
    return this.auditor.flush();
  }

  /** Its one event. Models WithFailedAuthenticationAudit (1.36). */
  unauthenticated(message: string): void {
    this.over = true;
    this.emit('ResponseStarted', { metadata: {}, message, code: UNAUTHORIZED });
  }

  private learn(meta: Meta | undefined): void {
    const ref = this.objectRef;
    if (!ref || !meta || typeof meta !== 'object') return;
    for (const key of ['namespace', 'name', 'uid', 'resourceVersion'] as const) {
      const value = meta[key];
      if (!ref[key] && typeof value === 'string' && value !== '') ref[key] = value;
    }
  }

  private textOf(value: unknown): string | undefined {
    if (!this.decision.omitManagedFields) return JSON.stringify(value);
    return JSON.stringify(withoutManagedFields(value as Json));
  }

  private emit(stage: AuditStage, answer: number | object | undefined): void {
    if (this.decision.omitStages.has(stage)) return;
    const head = JSON.stringify(this.headOf(stage, answer)).slice(0, -1);
    const isReceived = stage === 'RequestReceived';
    const bodies = isReceived ? '' : this.bodies(stage);
    const whole = head.length + bodies.length <= EVENT_CHARS_MAX;
    if (!whole) this.annotate('audit.k8s.io/truncated', 'true');
    const times = `,"requestReceivedTimestamp":"${rfc3339Micro(this.receivedMs)}","stageTimestamp":"${rfc3339Micro(
      this.auditor.env.clock.nowMs(),
    )}"`;
    const annotations =
      this.annotations && !isReceived
        ? `,"annotations":${JSON.stringify(Object.fromEntries([...this.annotations].toSorted(byKey)))}`
        : '';
    const line = `${head}${whole ? bodies : ''}${times}${annotations}}`;
    this.auditor.write(line, this.decision.sensitive && whole && bodies !== '');
  }

  private bodies(stage: AuditStage): string {
    const request = this.requestText === undefined ? '' : `,"requestObject":${this.requestText}`;
    if (stage === 'Panic') return request;
    const text = this.wantsResponse && this.failure ? JSON.stringify(this.failure.toStatus()) : this.responseText;
    return request + (text === undefined ? '' : `,"responseObject":${text}`);
  }

  /** Members in the order of upstream's type, so that lines look alike. */
  private headOf(stage: AuditStage, answer: number | object | undefined): object {
    const { facts, attributes, decision } = this;
    const { requester, impersonated } = this.users;
    return {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: decision.level,
      auditID: facts.auditId,
      stage,
      requestURI: facts.requestURI.slice(0, URI_MAX),
      verb: attributes.verb,
      user: requester ? shownUser(requester) : {},
      ...(impersonated ? impersonation(impersonated) : {}),
      sourceIPs: facts.sourceIPs,
      ...(facts.userAgent === '' ? {} : { userAgent: cut(facts.userAgent) }),
      ...(this.objectRef ? { objectRef: this.objectRef } : {}),
      ...(answer === undefined ? {} : { responseStatus: this.statusOf(answer) }),
    };
  }

  private statusOf(answer: number | object): object {
    if (typeof answer === 'object') return answer;
    if (!this.failure) return { metadata: {}, code: answer };
    const { reason, message, details, code } = this.failure;
    // What was thrown stays in the server's log: it may tell of other clusters.
    if (this.panicked) {
      return { metadata: {}, status: 'Failure', message: `APIServer panic'd: ${message}`, reason, code };
    }
    const shown = details && Object.keys(details).length > 0 ? { details } : {};
    return { metadata: {}, status: 'Failure', message, reason, ...shown, code };
  }
}

function refOf(attributes: Extract<RequestAttributes, { kind: 'resource' }>): ObjectRef {
  const { resource, subresource, namespace, name, group, version } = attributes;
  return {
    resource,
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { apiGroup: group }),
    ...(version === '' ? {} : { apiVersion: version }),
    ...(subresource === '' ? {} : { subresource }),
  };
}

function shownUser({ username, uid, groups, extra }: UserInfo): object {
  return { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) };
}

function impersonation(user: UserInfo): object {
  const impersonationConstraint = impersonationConstraintOf(user);
  return {
    impersonatedUser: shownUser(user),
    ...(impersonationConstraint === '' ? {} : { authenticationMetadata: { impersonationConstraint } }),
  };
}

function cut(userAgent: string): string {
  return userAgent.length > USER_AGENT_MAX ? userAgent.slice(0, USER_AGENT_MAX) + CUT : userAgent;
}

function byKey([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}

type JsonObject = { [key: string]: Json };

/** Of an object, or of each item of a list; the given one stays as it is. */
function withoutManagedFields(value: Json): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const { metadata, items } = value as JsonObject;
  const bare = { ...value } as JsonObject;
  if (metadata !== null && typeof metadata === 'object' && !Array.isArray(metadata)) {
    const { managedFields: _, ...rest } = metadata;
    bare['metadata'] = rest;
  }
  if (Array.isArray(items)) bare['items'] = items.map(withoutManagedFields);
  return bare;
}
