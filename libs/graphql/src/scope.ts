import type { Clock } from '#base';
import type { RequestContext, ServedCluster, WorkGate } from '#registry';
import { Budget } from './budget.js';
import { Loaders } from './loaders.js';
import type { Operation, OperationContext, Scope } from './source.js';

/** At most so many warnings of one operation are told. */
const WARNINGS_MAX = 50;

/** The context of one operation by the request's user; warnings are kept for the answer and passed on. */
export function operationContext(
  cluster: ServedCluster,
  request: RequestContext,
  clock: Clock,
  gate?: WorkGate,
): OperationContext {
  const warnings: string[] = [];
  const warn = (message: string) => {
    if (warnings.length < WARNINGS_MAX) warnings.push(message);
    request.warn(message);
  };
  const { env, kinds, user, trace } = request;
  return {
    scope: newScope(cluster, { env, kinds, user, trace, warn }, newOperation(clock)),
    warnings,
    ...(gate ? { gate } : {}),
  };
}

function newOperation(clock: Clock): Operation {
  return { budget: new Budget(), clock, mutationTail: Promise.resolve() };
}

export function newScope(cluster: ServedCluster, request: RequestContext, operation: Operation): Scope {
  let loaders: Loaders | undefined;
  return {
    cluster,
    request,
    operation,
    get loaders() {
      return (loaders ??= new Loaders(cluster.verbs, request, operation.budget));
    },
  };
}

/** For each event of a subscription: what one may cost is counted anew, and what was read for another is old. */
export function freshScope({ cluster, request, operation }: Scope): Scope {
  return newScope(cluster, request, newOperation(operation.clock));
}
