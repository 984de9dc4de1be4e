import { deepCopy, deepEqual, type Json, type KubeObject, StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import { isExempt, seenAs } from '../dynamic/attributes.js';
import { decoded, takeOver } from '../dynamic/changed-object.js';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import { type Bound, boundPolicies, type CompiledBinding } from '../policies/bound-policies.js';
import { authorizerInputs, policyInputs } from '../policies/inputs.js';
import { evaluateConditions } from '../policies/match-conditions.js';
import { changedObject, type MutatingPolicy, mutatingPolicy, requestedChange } from '../policies/mutating-policy.js';
import { collectParams, ConfigurationFailure, paramKindOf } from '../policies/params.js';
import { isReview, matchedKind } from '../policies/policy-match.js';
import { withRights } from '../policies/rights.js';
import { refusal } from '../refusal.js';
import type { Reinvocation } from '../reinvocation.js';
import { Reinvoked } from '../reinvoked.js';

const NAME = 'MutatingAdmissionPolicy';
const SECTIONS = { policies: 'mutatingadmissionpolicies', bindings: 'mutatingadmissionpolicybindings' } as const;

/** Changes in the cluster's own words. Models apiserver's plugin/policy/mutating (1.36). */
export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: NAME,
  handles: (request) => !isExempt(request) && !isReview(request) && request.operation !== 'DELETE',
  mutate(request, reads, round) {
    const { configurations } = reads;
    if (!configurations) return undefined;
    const loading = configurations.ready();
    if (!loading && configurations.isEmpty(SECTIONS.policies)) return undefined;
    return dispatch(request, reads, round, loading);
  },
};

/** One policy with one binding and one of its params, on this request. */
interface Invocation {
  readonly policy: MutatingPolicy;
  readonly binding: CompiledBinding;
  readonly params: KubeObject | null;
  readonly as: Kind;
}

interface Failure {
  readonly message: string;
  readonly reason: string;
}

async function dispatch(
  request: AdmissionRequest,
  reads: AdmissionReads,
  round: Reinvocation,
  loading: Promise<void> | undefined,
): Promise<void> {
  await loading;
  const failures: Failure[] = [];
  const invocations: Invocation[] = [];
  for (const bound of boundPolicies(reads.configurations!, SECTIONS, mutatingPolicy)) {
    invocations.push(...(await invocationsOf(bound, request, reads, failures)));
  }
  const reinvoked = round.stateOf(NAME, () => new Reinvoked());
  if (round.isReinvoke) reinvoked.compare(request.object);
  for (const invocation of invocations) {
    // Conditions are asked in both rounds, due or not, as upstream asks them.
    if (!(await conditionsMatch(invocation, request, reads, failures))) continue;
    const key = keyOf(invocation);
    if (round.isReinvoke && !reinvoked.isDue(key)) continue;
    const before = request.object && deepCopy(request.object);
    await mutate(invocation, request, reads, failures);
    if (!deepEqual(before, request.object)) {
      reinvoked.changed();
      round.wanted = true;
    }
    if (invocation.policy.reinvoked) reinvoked.remember(key);
  }
  reinvoked.keep(request.object);
  if (failures.length > 0) throw refusedBy(request, failures);
}

function keyOf({ policy, binding, params }: Invocation): string {
  return [policy.name, binding.name, params?.metadata.namespace ?? '', params?.metadata.name ?? ''].join('/');
}

function failureOf(policy: MutatingPolicy, binding: string | undefined, message: string, reason: string): Failure[] {
  if (policy.failsOpen) return [];
  const by = binding === undefined ? `policy '${policy.name}'` : `policy '${policy.name}' with binding '${binding}'`;
  return [{ message: `${by} denied request: ${message}`, reason }];
}

async function invocationsOf(
  { policy, bindings }: Bound<MutatingPolicy>,
  request: AdmissionRequest,
  reads: AdmissionReads,
  failures: Failure[],
): Promise<Invocation[]> {
  const as = await matchedKind(policy.match, request, reads);
  if (!as) return [];
  let at: string | undefined;
  const invocations: Invocation[] = [];
  try {
    const paramKind = paramKindOf(policy.paramKind, request);
    for (const binding of bindings) {
      at = binding.name;
      if (binding.match && !(await matchedKind(binding.match, request, reads))) continue;
      for (const params of await collectParams(paramKind, binding.paramRef, request, reads)) {
        invocations.push({ policy, binding, params, as });
      }
    }
  } catch (error) {
    if (!(error instanceof ConfigurationFailure)) throw error;
    const message = `failed to configure ${at === undefined ? 'policy' : 'binding'}: ${error.message}`;
    failures.push(...failureOf(policy, at, message, ''));
  }
  return invocations;
}

/** False when conditions keep the policy away, or cannot be told. */
async function conditionsMatch(
  { policy, binding, params, as }: Invocation,
  request: AdmissionRequest,
  reads: AdmissionReads,
  failures: Failure[],
): Promise<boolean> {
  if (policy.conditions.length === 0) return true;
  const inputs = { ...(await policyInputs(request, reads, await seenAs(request, as, reads))), params };
  const result = await withRights(reads, (decide) =>
    evaluateConditions(policy.conditions, { ...inputs, ...authorizerInputs(request, decide) }),
  );
  if ('matches' in result) return result.matches;
  failures.push(...failureOf(policy, binding.name, result.error, 'Invalid'));
  return false;
}

/** Changes the request's object: one mutation after another, also after one that failed. */
async function mutate(
  { policy, binding, params, as }: Invocation,
  request: AdmissionRequest,
  reads: AdmissionReads,
  failures: Failure[],
): Promise<void> {
  const failed = (message: string) => void failures.push(...failureOf(policy, binding.name, message, 'Invalid'));
  for (const mutation of request.object ? policy.mutations : []) {
    const seen = await seenAs(request, as, reads);
    const inputs = { ...(await policyInputs(request, reads, seen)), params };
    try {
      const change = await withRights(reads, (decide): Json =>
        requestedChange(policy, mutation, { ...inputs, ...authorizerInputs(request, decide) }),
      );
      const next = changedObject(mutation, change, seen.object!, as);
      // The result may share parts with stored objects; decoding brings what it is given to canonical form in place.
      if (next !== undefined) await takeOver(request, decoded(deepCopy(next), seen, as), as, reads);
    } catch (error) {
      if (error instanceof StatusError) throw error;
      failed((error as Error).message);
    }
  }
}

function refusedBy(request: AdmissionRequest, failures: readonly Failure[]): StatusError {
  const [first] = failures;
  const causes = failures.map(({ message }) => ({ message }));
  const { details } = refusal(request, '', causes);
  return new StatusError(403, first!.reason || 'Forbidden', first!.message, details);
}
