/**
 * cel: the Common Expression Language as kube-apiserver 1.36 offers it: cel-go's syntax, checks, messages and costs with
 * Kubernetes' libraries. Pure: no clock, no store, no I/O; the authorizer is a function handed in. Whatever is
 * compiled or evaluated is hostile: bounded in depth, size and cost, and nothing but CelError is thrown.
 */
export { CelError, type CelFailure } from './cel-error.js';
export { compileCel } from './compile.js';
export {
  ESTIMATED_CRD_COST_MAX,
  ESTIMATED_RULE_COST_MAX,
  MATCH_CONDITIONS_COST_BUDGET,
  MESSAGE_COST_BUDGET,
  PER_CALL_COST_MAX,
  RUNTIME_COST_BUDGET,
} from './cost/limits.js';
export {
  AUTHORIZER,
  AuthorizerValue,
  type CelAuthorizationDecision,
  type CelAuthorizationQuery,
  type CelDecide,
  type CelUser,
  type CelResourceQuery,
  RESOURCE_CHECK,
  ResourceCheckValue,
} from './library/authorizer.js';
export type { CelBudget, CelCompilation, CelEnvironment, CelProgram, CostRange, SizeOf } from './program.js';
export { type Pattern, patternOf } from './library/pattern.js';
export { patternSize } from './library/pattern-size.js';
export { celTypeOf } from './schema/schema-type.js';
export type { CelSchema } from './schema/structural.js';
export {
  BOOL,
  BYTES,
  type CelKind,
  CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  NULL,
  STRING,
  TIMESTAMP,
  UINT,
} from './typing/cel-type.js';
