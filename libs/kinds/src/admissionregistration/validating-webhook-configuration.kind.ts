import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { ValidatingWebhookConfiguration } from '../generated/types.js';
import { defaultWebhook } from './defaults.js';
import { validateWebhooks } from './webhook-validation.js';

export const validatingWebhookConfigurationKind = defineKind<ValidatingWebhookConfiguration>({
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource: 'validatingwebhookconfigurations',
  generation: true,
  unconditionalUpdate: false,
  applyDefaults({ webhooks }) {
    for (const webhook of webhooks ?? []) defaultWebhook(webhook);
  },
  validate: ({ webhooks }) => validateWebhooks(webhooks),
  table: tableOf<ValidatingWebhookConfiguration>([column('Webhooks', 'integer')], (one) => [one.webhooks?.length ?? 0]),
});
