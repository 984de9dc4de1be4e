import type { MatchResources, MutatingWebhook, RuleWithOperations, ValidatingWebhook } from '../generated/types.js';

const TIMEOUT_SECONDS = 10;
const SERVICE_PORT = 443;

/** Models SetDefaults_ValidatingWebhook, SetDefaults_Rule and SetDefaults_ServiceReference of v1 (1.36). */
export function defaultWebhook(webhook: ValidatingWebhook | MutatingWebhook): void {
  webhook.failurePolicy ??= 'Fail';
  defaultMatch(webhook);
  webhook.timeoutSeconds ??= TIMEOUT_SECONDS;
  if (webhook.clientConfig?.service) webhook.clientConfig.service.port ??= SERVICE_PORT;
  defaultScopes(webhook.rules);
}

/** Models SetDefaults_MatchResources (1.36). */
export function defaultMatchResources(match: MatchResources | undefined): void {
  if (!match) return;
  defaultMatch(match);
  defaultScopes(match.resourceRules);
  defaultScopes(match.excludeResourceRules);
}

function defaultMatch(match: Pick<MatchResources, 'matchPolicy' | 'namespaceSelector' | 'objectSelector'>): void {
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
}

function defaultScopes(rules: readonly RuleWithOperations[] | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= '*';
}
