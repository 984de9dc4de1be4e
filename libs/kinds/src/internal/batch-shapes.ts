/** What is immutable of a Job, as Go prints it (pkg/apis/batch, 1.36); see core-shapes.ts for how a shape reads. */
export const BATCH_SHAPES: Readonly<Record<string, string>> = {
  PodFailurePolicy: 'Rules:[]PodFailurePolicyRule',
  PodFailurePolicyRule:
    'Action:s OnExitCodes:*PodFailurePolicyOnExitCodesRequirement ' +
    'OnPodConditions:[]PodFailurePolicyOnPodConditionsPattern',
  PodFailurePolicyOnExitCodesRequirement: 'ContainerName:*s Operator:s Values:[]i',
  PodFailurePolicyOnPodConditionsPattern: 'Type:s Status:s',
  SuccessPolicy: 'Rules:[]SuccessPolicyRule',
  SuccessPolicyRule: 'SucceededIndexes:*s SucceededCount:*i',
};
