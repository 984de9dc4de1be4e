import { dns1123Label, dns1123Subdomain } from '#apimachinery';
import { CelType } from '../typing/cel-type.js';
import type { OverloadRow } from '../typing/signature.js';
import { CelFault, CelOpaque, type Value } from '../value/value.js';

/** Who is asked about. */
export interface CelUser {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What an expression asks of the authorizer; `path` for what is no resource. Resources are asked about in any version. */
export interface CelAuthorizationQuery {
  readonly user: CelUser;
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface CelAuthorizationDecision {
  readonly allowed: boolean;
  readonly reason?: string;
  readonly error?: string;
}

/** Evaluation is synchronous, so decisions come from memory. */
export type CelDecide = (query: CelAuthorizationQuery) => CelAuthorizationDecision;

export type CelResourceQuery = Omit<CelAuthorizationQuery, 'user' | 'verb' | 'path'>;

export const AUTHORIZER = CelType.opaque('kubernetes.authorization.Authorizer');
const PATH_CHECK = CelType.opaque('kubernetes.authorization.PathCheck');
const GROUP_CHECK = CelType.opaque('kubernetes.authorization.GroupCheck');
export const RESOURCE_CHECK = CelType.opaque('kubernetes.authorization.ResourceCheck');
const DECISION = CelType.opaque('kubernetes.authorization.Decision');

abstract class Receiver extends CelOpaque {
  equals(other: Value): boolean {
    return other === (this as Value);
  }
}

/** The value of the variable `authorizer`. */
export class AuthorizerValue extends Receiver {
  readonly celType = AUTHORIZER;

  constructor(
    readonly user: CelUser,
    readonly decide: CelDecide,
  ) {
    super();
  }
}

/** The value of `authorizer.requestResource`, and of each resource check under way. */
export class ResourceCheckValue extends Receiver {
  readonly celType = RESOURCE_CHECK;

  constructor(
    readonly authorizer: AuthorizerValue,
    readonly resource: CelResourceQuery,
  ) {
    super();
  }

  with(more: CelResourceQuery): ResourceCheckValue {
    return new ResourceCheckValue(this.authorizer, { ...this.resource, ...more });
  }
}

class PathCheckValue extends Receiver {
  readonly celType = PATH_CHECK;

  constructor(
    readonly authorizer: AuthorizerValue,
    readonly path: string,
  ) {
    super();
  }
}

class GroupCheckValue extends Receiver {
  readonly celType = GROUP_CHECK;

  constructor(
    readonly authorizer: AuthorizerValue,
    readonly group: string,
  ) {
    super();
  }
}

class DecisionValue extends Receiver {
  readonly celType = DECISION;

  constructor(readonly decision: CelAuthorizationDecision) {
    super();
  }
}

const A = AUTHORIZER.name;
const R = RESOURCE_CHECK.name;
const D = DECISION.name;

const refine = (field: keyof CelResourceQuery, id: string): OverloadRow => [
  id,
  `<${R}>.${field}(string) -> ${R}`,
  (check: ResourceCheckValue, text: string) => check.with({ [field]: text }),
];

/** Models apiserver's cel/library/authz.go (1.36), with selectors. */
export const AUTHORIZATION: readonly OverloadRow[] = [
  ['authorizer_path', `<${A}>.path(string) -> ${PATH_CHECK.name}`, pathOf],
  [
    'authorizer_group',
    `<${A}>.group(string) -> ${GROUP_CHECK.name}`,
    (authorizer: AuthorizerValue, group: string) => new GroupCheckValue(authorizer, group),
  ],
  ['authorizer_serviceaccount', `<${A}>.serviceAccount(string, string) -> ${A}`, serviceAccount],
  ['groupcheck_resource', `<${GROUP_CHECK.name}>.resource(string) -> ${R}`, resourceOf],
  refine('subresource', 'resourcecheck_subresource'),
  refine('namespace', 'resourcecheck_namespace'),
  refine('name', 'resourcecheck_name'),
  refine('fieldSelector', 'authorizer_fieldselector'),
  refine('labelSelector', 'authorizer_labelselector'),
  ['pathcheck_check', `<${PATH_CHECK.name}>.check(string) -> ${D}`, checkPath],
  ['resourcecheck_check', `<${R}>.check(string) -> ${D}`, checkResource],
  ['decision_errored', `<${D}>.errored() -> bool`, ({ decision }: DecisionValue) => decision.error !== undefined],
  ['decision_error', `<${D}>.error() -> string`, ({ decision }: DecisionValue) => decision.error ?? ''],
  ['decision_allowed', `<${D}>.allowed() -> bool`, ({ decision }: DecisionValue) => decision.allowed],
  ['decision_reason', `<${D}>.reason() -> string`, ({ decision }: DecisionValue) => decision.reason ?? ''],
];

function pathOf(authorizer: AuthorizerValue, path: string): Value {
  return path.trim() === '' ? new CelFault('path must not be empty') : new PathCheckValue(authorizer, path);
}

function resourceOf({ authorizer, group }: GroupCheckValue, resource: string): Value {
  if (resource.trim() === '') return new CelFault('resource must not be empty');
  return new ResourceCheckValue(authorizer, { group, resource });
}

function serviceAccount({ decide }: AuthorizerValue, namespace: string, name: string): Value {
  if (dns1123Subdomain(name).length > 0) return new CelFault('Invalid service account name');
  if (dns1123Label(namespace).length > 0) return new CelFault('Invalid service account namespace');
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return new AuthorizerValue({ name: `system:serviceaccount:${namespace}:${name}`, groups }, decide);
}

function checkPath({ authorizer: { user, decide }, path }: PathCheckValue, verb: string): Value {
  return new DecisionValue(decide({ user, verb, path }));
}

function checkResource({ authorizer: { user, decide }, resource }: ResourceCheckValue, verb: string): Value {
  return new DecisionValue(decide({ user, verb, ...resource }));
}
