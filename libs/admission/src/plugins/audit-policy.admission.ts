import { type FieldError, fieldError, StatusError } from '#apimachinery';
import { MODE_KEY, MODES, parsePolicy, POLICY_KEY, POLICY_NAME, POLICY_NAMESPACE } from '#audit';
import type { ConfigMap } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore } from '../refusal.js';

/**
 * The ConfigMap that holds a sandbox's audit policy holds a valid one, or none.
 *
 * Differs: upstream has no such plugin, because there the policy is a file on the control plane's disk, and a server with
 * an invalid one does not start. Here who writes it is told at once.
 */
export const auditPolicy: AdmissionPlugin = {
  name: 'AuditPolicy',
  handles: (request) =>
    request.name === POLICY_NAME &&
    request.namespace === POLICY_NAMESPACE &&
    isCore(request, 'configmaps') &&
    (request.operation === 'CREATE' || request.operation === 'UPDATE'),
  validate({ object, warn }) {
    const { data = {} } = object as ConfigMap;
    const errors: FieldError[] = [];
    const text = Object.hasOwn(data, POLICY_KEY) ? data[POLICY_KEY] : undefined;
    if (text === undefined) warn(`data has no ${POLICY_KEY}: nothing is audited`);
    else {
      const parsed = parsePolicy(text, `data[${POLICY_KEY}]`);
      if ('errors' in parsed) errors.push(...parsed.errors);
    }
    const mode = Object.hasOwn(data, MODE_KEY) ? data[MODE_KEY]! : MODES[0];
    if (!MODES.some((known) => known === mode))
      errors.push(fieldError.notSupported(`data[${MODE_KEY}]`, mode, [...MODES]));
    if (errors.length > 0) throw StatusError.invalid({ group: '', kind: 'ConfigMap' }, POLICY_NAME, errors);
  },
};
