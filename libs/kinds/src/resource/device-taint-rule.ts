import type { FieldError } from '#apimachinery';
import { fieldError, rfc3339 } from '#apimachinery';
import { checkConditions } from '../condition-rules.js';
import { type KindSource, statusAlone } from '../define-kind.js';
import type { V1beta2DeviceTaintRule, V1beta2DeviceTaintRuleSpec } from '../generated/types.js';
import { checkTaint, stampTaint } from './device-taint-rules.js';
import { checkDriverName, checkLabelName, checkPoolName } from './name-rules.js';

const CONDITIONS_MAX = 8;

function specErrors(spec: Partial<V1beta2DeviceTaintRuleSpec> = {}, oldEffect?: string): FieldError[] {
  const errors: FieldError[] = [];
  const at = 'spec.deviceSelector';
  const { driver, pool, device } = spec.deviceSelector ?? {};
  if (driver !== undefined) checkDriverName(errors, `${at}.driver`, driver);
  if (pool !== undefined) checkPoolName(errors, `${at}.pool`, pool);
  if (device !== undefined) checkLabelName(errors, `${at}.device`, device);
  checkTaint(errors, 'spec.taint', spec.taint, oldEffect);
  return errors;
}

/** Of every version, which differ in name only. Models pkg/registry/resource/devicetaintrule (1.36). */
export const deviceTaintRuleRules: Omit<KindSource<V1beta2DeviceTaintRule>, 'apiVersion'> = {
  resource: 'devicetaintrules',
  generation: true,
  prepareForCreate(rule, env) {
    delete rule.status;
    stampTaint(rule.spec?.taint, env);
  },
  /** The time is that of the effect: another effect, another time, unless the writer names one. */
  prepareForUpdate(rule, old, env) {
    if (old.status === undefined) delete rule.status;
    else rule.status = old.status;
    const [taint, before] = [rule.spec?.taint, old.spec?.taint];
    stampTaint(taint, env);
    if (taint && taint.effect !== before?.effect && taint.timeAdded === before?.timeAdded) {
      taint.timeAdded = rfc3339(env.clock.nowMs());
    }
  },
  validateCreate: ({ spec }) => specErrors(spec),
  validateUpdate: ({ spec }, old) => specErrors(spec, old.spec?.taint?.effect),
  validateStatusUpdate({ status }) {
    const errors: FieldError[] = [];
    const { conditions = [] } = status ?? {};
    checkConditions(errors, 'status.conditions', conditions);
    if (conditions.length > CONDITIONS_MAX) {
      errors.push(fieldError.tooMany('status.conditions', conditions.length, CONDITIONS_MAX));
    }
    return errors;
  },
  subresources: [statusAlone<V1beta2DeviceTaintRule>()],
};
