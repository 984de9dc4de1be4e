import { StatusError } from '#apimachinery';
import { isExempt, seenAs } from '../dynamic/attributes.js';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import { type Bound, boundPolicies, type CompiledBinding } from '../policies/bound-policies.js';
import { authorizerInputs, policyInputs } from '../policies/inputs.js';
import { collectParams, ConfigurationFailure, paramKindOf } from '../policies/params.js';
import { isReview, matchedKind } from '../policies/policy-match.js';
import { withRights } from '../policies/rights.js';
import {
  type Denial,
  evaluateValidating,
  type ValidatingPolicy,
  validatingPolicy,
  type Verdict,
} from '../policies/validating-policy.js';
import { refusal } from '../refusal.js';

const SECTIONS = { policies: 'validatingadmissionpolicies', bindings: 'validatingadmissionpolicybindings' } as const;

/** Rules in the cluster's own words. Models apiserver's plugin/policy/validating (1.36). */
export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  handles: (request) => !isExempt(request) && !isReview(request),
  validate(request, reads) {
    const { configurations } = reads;
    if (!configurations) return undefined;
    const loading = configurations.ready();
    if (!loading && configurations.isEmpty(SECTIONS.policies)) return undefined;
    return dispatch(request, reads, loading);
  },
};

interface Refused {
  readonly policy: string;
  readonly binding: string | undefined;
  readonly denial: Pick<Denial, 'message' | 'reason'>;
}

async function dispatch(
  request: AdmissionRequest,
  reads: AdmissionReads,
  loading: Promise<void> | undefined,
): Promise<void> {
  await loading;
  const refused: Refused[] = [];
  for (const bound of boundPolicies(reads.configurations!, SECTIONS, validatingPolicy)) {
    refused.push(...(await judge(bound, request, reads)));
  }
  const [first] = refused;
  if (first) throw refusedBy(request, first);
}

async function judge(
  { policy, bindings }: Bound<ValidatingPolicy>,
  request: AdmissionRequest,
  reads: AdmissionReads,
): Promise<Refused[]> {
  const as = await matchedKind(policy.match, request, reads);
  if (!as) return [];
  const refused: Refused[] = [];
  /** Whose fault it is: the policy's before a binding is looked at. */
  let at: string | undefined;
  const annotations = new Map<string, Set<string>>();
  const inputs = await policyInputs(request, reads, await seenAs(request, as, reads));
  try {
    const paramKind = paramKindOf(policy.paramKind, request);
    for (const binding of bindings) {
      at = binding.name;
      if (binding.match && !(await matchedKind(binding.match, request, reads))) continue;
      for (const params of await collectParams(paramKind, binding.paramRef, request, reads)) {
        const verdict = await withRights(reads, (decide) =>
          evaluateValidating(policy, { ...inputs, params, ...authorizerInputs(request, decide) }),
        );
        refused.push(...act(policy, binding, request, verdict));
        for (const { key, value } of verdict.annotations) {
          annotations.set(key, (annotations.get(key) ?? new Set()).add(value));
        }
      }
    }
  } catch (error) {
    if (!(error instanceof ConfigurationFailure)) throw error;
    const message = `failed to configure ${at === undefined ? 'policy' : 'binding'}: ${error.message}`;
    if (!policy.failsOpen) refused.push({ policy: policy.name, binding: at, denial: { message, reason: '' } });
  }
  for (const [key, values] of annotations) request.annotate?.(`${policy.name}/${key}`, [...values].join(', '));
  return refused;
}

/** What the binding wants done with denials: the ones that refuse the request come back. */
function act(
  policy: ValidatingPolicy,
  binding: CompiledBinding,
  request: AdmissionRequest,
  verdict: Verdict,
): Refused[] {
  const refused: Refused[] = [];
  const names = { policy: policy.name, binding: binding.name };
  for (const denial of verdict.denials) {
    for (const action of binding.actions) {
      if (action === 'Deny') refused.push({ ...names, denial });
      else if (action === 'Warn') {
        request.warn(
          `Validation failed for ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}': ${denial.message}`,
        );
      } else if (action === 'Audit') annotateFailure(policy, binding, request, denial);
    }
  }
  for (const message of verdict.annotationErrors) refused.push({ ...names, denial: { message, reason: '' } });
  return refused;
}

function annotateFailure(
  policy: ValidatingPolicy,
  binding: CompiledBinding,
  request: AdmissionRequest,
  denial: Denial,
): void {
  const failure = {
    message: denial.message,
    policy: policy.name,
    binding: binding.name,
    expressionIndex: denial.index,
    validationActions: binding.actions,
  };
  request.annotate?.('validation.policy.admission.k8s.io/validation_failure', JSON.stringify([failure]));
}

const CODES: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

function refusedBy(request: AdmissionRequest, { policy, binding, denial }: Refused): StatusError {
  const by = binding === undefined ? `'${policy}'` : `'${policy}' with binding '${binding}'`;
  const message = `ValidatingAdmissionPolicy ${by} denied request: ${denial.message}`;
  const forbidden = refusal(request, message, [{ message }]);
  const reason = denial.reason || 'Invalid';
  return new StatusError(CODES[reason] ?? 422, reason, forbidden.message, forbidden.details);
}
