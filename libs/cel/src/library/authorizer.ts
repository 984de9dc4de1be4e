/** Who is asked about. */
export interface CelUser {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What an expression asks of the authorizer; `path` for what is no resource. */
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

/** The value of the variable `authorizer`. */
export class AuthorizerValue {
  constructor(
    readonly user: CelUser,
    readonly decide: CelDecide,
  ) {}
}

/** The value of `authorizer.requestResource`, and of each resource check under way. */
export class ResourceCheckValue {
  constructor(
    readonly authorizer: AuthorizerValue,
    readonly resource: Omit<CelAuthorizationQuery, 'user' | 'verb' | 'path'>,
  ) {}
}
