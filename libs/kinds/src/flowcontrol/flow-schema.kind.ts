import { deepEqual, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { ageColumn, ageOf, column, nameColumn } from '../columns.js';
import { defineKind, statusAlone } from '../define-kind.js';
import { checkForm } from '../field-rules.js';
import type { FlowSchema } from '../generated/types.js';
import { mandatorySchemas } from './bootstrap-flows.js';
import { flowConditionErrors } from './flow-conditions.js';
import { checkFlowRule } from './flow-rule-validation.js';

const PRECEDENCE_DEFAULT = 1000;
const PRECEDENCE_MAX = 10_000;
const METHODS = ['ByNamespace', 'ByUser'];

/** Models ValidateFlowSchema (1.36). */
function schemaErrors({ metadata: { name = '' }, spec, status }: FlowSchema): FieldError[] {
  const errors: FieldError[] = [];
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method, priorityLevelConfiguration } = spec;
  const wrong = (why: string) => errors.push(fieldError.invalid('spec.matchingPrecedence', precedence, why));
  if (precedence <= 0) wrong('must be a positive value');
  if (precedence > PRECEDENCE_MAX) wrong(`must not be greater than ${PRECEDENCE_MAX}`);
  if (precedence === 1 && name !== 'exempt') wrong("only the schema named 'exempt' may have matchingPrecedence 1");
  if (method && !METHODS.includes(method.type)) {
    errors.push(fieldError.notSupported('spec.distinguisherMethod.type', method, METHODS));
  }
  const level = 'spec.priorityLevelConfiguration.name';
  if (!priorityLevelConfiguration?.name) errors.push(fieldError.required(level, 'must reference a priority level'));
  else checkForm(errors, level, priorityLevelConfiguration.name, dns1123Subdomain);
  for (const [i, rule] of (spec.rules ?? []).entries()) checkFlowRule(errors, `spec.rules[${i}]`, rule);
  const fixed = mandatorySchemas.get(name);
  if (fixed && !deepEqual(spec, fixed.spec)) {
    errors.push(fieldError.invalid('spec', spec, `spec of '${name}' must equal the fixed value`));
  }
  return [...errors, ...flowConditionErrors(status?.conditions)];
}

/** Models pkg/registry/flowcontrol/flowschema, pkg/apis/flowcontrol/v1 defaults (1.36). */
export const flowSchemaKind = defineKind<FlowSchema>({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  resource: 'flowschemas',
  generation: true,
  table: {
    columns: [
      nameColumn,
      column('PriorityLevel'),
      column('MatchingPrecedence', 'integer'),
      column('DistinguisherMethod'),
      ageColumn,
      column('MissingPL'),
    ],
    row: (schema, nowMs) => [
      schema.metadata.name ?? '',
      schema.spec.priorityLevelConfiguration?.name ?? '',
      schema.spec.matchingPrecedence ?? 0,
      schema.spec.distinguisherMethod?.type ?? '<none>',
      ageOf(schema, nowMs),
      schema.status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ],
  },
  /** As they are tried. Models FlowSchemaSequence (1.36). */
  tableOrder: (a, b) =>
    (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0) ||
    ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1),
  applyDefaults({ spec }) {
    spec.matchingPrecedence ||= PRECEDENCE_DEFAULT;
  },
  validate: schemaErrors,
  validateStatusUpdate: ({ status }) => flowConditionErrors(status?.conditions),
  subresources: [statusAlone<FlowSchema>()],
});
