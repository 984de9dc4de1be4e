import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { MutatingWebhookConfiguration } from '../generated/types.js';
import { defaultWebhook } from './defaults.js';
import { validateWebhooks } from './webhook-validation.js';

export const mutatingWebhookConfigurationKind = defineKind<MutatingWebhookConfiguration>({
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource: 'mutatingwebhookconfigurations',
  generation: true,
  unconditionalUpdate: false,
  applyDefaults({ webhooks }) {
    for (const webhook of webhooks ?? []) {
      defaultWebhook(webhook);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
  validate: ({ webhooks }) => validateWebhooks(webhooks),
  table: tableOf<MutatingWebhookConfiguration>([column('Webhooks', 'integer')], (one) => [one.webhooks?.length ?? 0]),
});
