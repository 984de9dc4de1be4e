import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind, statusAlone } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { PriorityLevelConfiguration, PriorityLevelConfigurationSpec } from '../generated/types.js';
import { mandatoryLevels } from './bootstrap-flows.js';
import { flowConditionErrors } from './flow-conditions.js';
import { checkLevel } from './level-validation.js';

const NONE = '<none>';
const SHARES_DEFAULT = 30;

/** What the two levels that must be there have to say. Models ValidateIfMandatoryPriorityLevelConfigurationObject (1.36). */
function fixedError(name: string, spec: PriorityLevelConfigurationSpec): FieldError[] {
  const fixed = mandatoryLevels.get(name)?.spec;
  if (!fixed) return [];
  // How much the exempt level lends is for the administrator to say.
  const mayLend = name === 'exempt';
  const compared = mayLend ? { ...spec, exempt: fixed.exempt } : spec;
  if (deepEqual(compared, fixed)) return [];
  const but = mayLend ? " except the 'spec.exempt' field" : '';
  return [fieldError.invalid('spec', spec, `spec of '${name}'${but} must equal the fixed value`)];
}

/** Models pkg/registry/flowcontrol/prioritylevelconfiguration, pkg/apis/flowcontrol/v1 defaults (1.36). */
export const priorityLevelConfigurationKind = defineKind<PriorityLevelConfiguration>({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  resource: 'prioritylevelconfigurations',
  generation: true,
  table: tableOf<PriorityLevelConfiguration>(
    [
      column('Type'),
      column('NominalConcurrencyShares'),
      column('Queues'),
      column('HandSize'),
      column('QueueLengthLimit'),
    ],
    ({ spec: { type, limited } }) => {
      const queuing = limited?.limitResponse?.queuing;
      const shares = limited ? (limited.nominalConcurrencyShares ?? 0) : NONE;
      return [type, shares, queuing?.queues ?? NONE, queuing?.handSize ?? NONE, queuing?.queueLengthLimit ?? NONE];
    },
  ),
  applyDefaults({ spec: { exempt, limited } }) {
    if (exempt) {
      exempt.nominalConcurrencyShares ??= 0;
      exempt.lendablePercent ??= 0;
    }
    if (!limited) return;
    limited.nominalConcurrencyShares ??= SHARES_DEFAULT;
    limited.lendablePercent ??= 0;
    const queuing = limited.limitResponse?.queuing;
    if (!queuing) return;
    queuing.queues ||= 64;
    queuing.handSize ||= 8;
    queuing.queueLengthLimit ||= 50;
  },
  validate({ metadata: { name = '' }, spec, status }) {
    const errors: FieldError[] = [];
    checkLevel(errors, name, spec);
    return [...errors, ...fixedError(name, spec), ...flowConditionErrors(status?.conditions)];
  },
  validateStatusUpdate: ({ status }) => flowConditionErrors(status?.conditions),
  subresources: [statusAlone<PriorityLevelConfiguration>()],
});
