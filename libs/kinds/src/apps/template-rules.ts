import {
  deepEqual,
  type FieldError,
  fieldError,
  type LabelSelector,
  labelMatcherOf,
  validateLabels,
  validateLabelSelector,
} from '#apimachinery';
import { checkTemplate } from '../core/pod/pod-validation.js';
import { IMMUTABLE } from '../field-rules.js';
import type { PodTemplateSpec } from '../generated/types.js';

/** A selector that may not be empty, and a template that it selects. Models ValidatePodTemplateSpecForReplicaSet (1.36). */
export function checkSelectorAndTemplate(
  errors: FieldError[],
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  kind: 'deployment' | 'replicaset' | 'statefulset' | 'daemonset',
): void {
  if (!selector) errors.push(fieldError.required('spec.selector'));
  else {
    const wrong = validateLabelSelector(selector, 'spec.selector');
    errors.push(...wrong);
    if (!selector.matchLabels && !selector.matchExpressions?.length) {
      errors.push(fieldError.invalid('spec.selector', selector, `empty selector is invalid for ${kind}`));
    }
    if (wrong.length > 0) return;
  }
  if (!template) {
    errors.push(fieldError.required('spec.template'));
    return;
  }
  const { labels } = template.metadata ?? {};
  if (selector && !labelMatcherOf(selector).empty && !labelMatcherOf(selector).matches(labels)) {
    const why = '`selector` does not match template `labels`';
    errors.push(fieldError.invalid('spec.template.metadata.labels', labels ?? {}, why));
  }
  errors.push(...validateLabels(labels, 'spec.template.metadata.labels'));
  checkTemplate(errors, 'spec.template', template);
}

/** These kinds make pods that go on for ever. */
export function checkAlwaysRestarts(
  errors: FieldError[],
  template: PodTemplateSpec | undefined,
  kind: 'DaemonSet' | 'ReplicaSet' | 'ReplicationController' | 'StatefulSet',
): void {
  const policy = template?.spec?.restartPolicy;
  if (policy !== undefined && policy !== 'Always') {
    errors.push(fieldError.notSupported('spec.template.spec.restartPolicy', policy, ['Always']));
  }
  if (template?.spec?.activeDeadlineSeconds !== undefined) {
    const at = 'spec.template.spec.activeDeadlineSeconds';
    errors.push(fieldError.forbidden(at, `activeDeadlineSeconds in ${kind} is not Supported`));
  }
}

export function selectorUnchanged(now: LabelSelector | undefined, before: LabelSelector | undefined): FieldError[] {
  return deepEqual(now, before) ? [] : [fieldError.invalid('spec.selector', now, IMMUTABLE)];
}
