import { findCondition, setCondition } from '#apimachinery';
import {
  apiApprovalOf,
  type CustomResourceDefinition,
  type CustomResourceDefinitionCondition,
  type CustomResourceDefinitionStatus,
  structuralViolations,
} from '#kinds';
import { acceptNames } from './accepted-names.js';

type Verdict = Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>;

/**
 * What the status of a definition should say, in one step: names, whether it is served, what is against it. Upstream
 * runs a controller for each condition, with the same end.
 */
export function statusOf(
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  time: string,
): CustomResourceDefinitionStatus {
  const { names, condition } = acceptNames(definition, others);
  const before = definition.status?.conditions;
  const isServed = findCondition(before, 'Established')?.status === 'True' || condition.status === 'True';
  const verdicts: Verdict[] = [condition, isServed ? ESTABLISHED : NOT_ACCEPTED];
  const approval = approvalCondition(definition);
  if (approval) verdicts.push(approval);
  let conditions: readonly CustomResourceDefinitionCondition[] = before ?? [];
  for (const verdict of verdicts) conditions = setCondition(conditions, { ...verdict, lastTransitionTime: time });
  conditions = withStructural(conditions, definition, time);
  return { ...definition.status, acceptedNames: names, conditions: [...conditions] };
}

const ESTABLISHED: Verdict = {
  type: 'Established',
  status: 'True',
  reason: 'InitialNamesAccepted',
  message: 'the initial names have been accepted',
};
const NOT_ACCEPTED: Verdict = {
  type: 'Established',
  status: 'False',
  reason: 'NotAccepted',
  message: 'not all names are accepted',
};

/** Only there while something is wrong. Models the nonstructuralschema controller (1.36). */
function withStructural(
  conditions: readonly CustomResourceDefinitionCondition[],
  { spec }: CustomResourceDefinition,
  time: string,
): readonly CustomResourceDefinitionCondition[] {
  const violations = structuralViolations(spec);
  if (violations.length === 0) return conditions.filter(({ type }) => type !== 'NonStructuralSchema');
  const message = violations.length === 1 ? violations[0]! : `[${violations.join(', ')}]`;
  const verdict = { type: 'NonStructuralSchema', status: 'True', reason: 'Violations', message };
  return setCondition(conditions, { ...verdict, lastTransitionTime: time });
}

/** Models the apiapproval controller (1.36): groups of the Kubernetes community want a link to their review. */
function approvalCondition({ spec, metadata }: CustomResourceDefinition): Verdict | undefined {
  const approval = apiApprovalOf(spec.group, metadata.annotations);
  if (!approval) return undefined;
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const { state, message } = approval;
  if (state === 'approved') return { type, status: 'True', reason: 'ApprovedAnnotation', message };
  if (state === 'bypassed') return { type, status: 'False', reason: 'UnapprovedAnnotation', message };
  return { type, status: 'False', reason: state === 'missing' ? 'MissingAnnotation' : 'InvalidAnnotation', message };
}
