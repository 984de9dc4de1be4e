import { type KubeObject, type LabelMatcher, labelMatcherOf } from '#apimachinery';
import { type CompiledCondition, compiledConditions } from '../policies/match-conditions.js';
import type { MutatingWebhook, MutatingWebhookConfiguration, ValidatingWebhook } from '#kinds';

/** One webhook of one configuration, ready to be asked. */
export interface Hook {
  /** Unlike names, never twice. */
  readonly uid: string;
  readonly configuration: string;
  readonly webhook: ValidatingWebhook & Partial<Pick<MutatingWebhook, 'reinvocationPolicy'>>;
  readonly namespaceSelector: LabelMatcher;
  readonly objectSelector: LabelMatcher;
  readonly conditions: readonly CompiledCondition[];
}

/** In the order in which they are called: configurations by name, webhooks as listed. */
export function hooksOf(configurations: readonly KubeObject[]): readonly Hook[] {
  return (configurations as readonly MutatingWebhookConfiguration[]).flatMap(({ metadata, webhooks = [] }) => {
    const configuration = metadata.name ?? '';
    return webhooks.map((webhook, place): Hook => ({
      uid: `${configuration}/${webhook.name}/${place}`,
      configuration,
      webhook,
      namespaceSelector: labelMatcherOf(webhook.namespaceSelector ?? {}),
      objectSelector: labelMatcherOf(webhook.objectSelector ?? {}),
      conditions: compiledConditions(webhook.matchConditions, { params: false, authorizer: true }),
    }));
  });
}
