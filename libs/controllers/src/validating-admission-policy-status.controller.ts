import { isReason } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey } from '#controller-runtime';
import {
  expressionWarnings,
  type ExpressionWarning,
  type ValidatingAdmissionPolicy,
  validatingAdmissionPolicyKind,
} from '#kinds';

export interface PolicyStatusDeps {
  policy(name: string): ValidatingAdmissionPolicy | undefined;
  warningsOf(policy: ValidatingAdmissionPolicy): ExpressionWarning[];
  writeStatus(policy: ValidatingAdmissionPolicy): Promise<void>;
}

/** Says in a policy's status what its expressions get wrong. Models validatingadmissionpolicy-status-controller (1.36). */
export const validatingAdmissionPolicyStatusController = defineController<PolicyStatusDeps>({
  name: 'validatingadmissionpolicy-status',
  identity: controllerIdentity('validatingadmissionpolicy-status-controller'),
  reconciles: validatingAdmissionPolicyKind,
  deps: (context) => ({
    policy: (name) => context.informers.of(validatingAdmissionPolicyKind).get('', name),
    warningsOf: ({ spec = {} }) => expressionWarnings(spec, context.kinds),
    async writeStatus(policy) {
      await context.api.update(validatingAdmissionPolicyKind, policy, 'status');
    },
  }),
  reconcile,
});

export async function reconcile(deps: PolicyStatusDeps, { name }: ObjectKey): Promise<void> {
  const policy = deps.policy(name);
  const generation = policy?.metadata.generation ?? 0;
  if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return;
  const warnings = deps.warningsOf(policy);
  const typeChecking = warnings.length === 0 ? {} : { expressionWarnings: warnings };
  try {
    await deps.writeStatus({ ...policy, status: { ...policy.status, observedGeneration: generation, typeChecking } });
  } catch (error) {
    // The next change of the policy is a key of its own.
    if (!isReason(error, 'NotFound')) throw error;
  }
}
