import { dns1035Label, dns1123Subdomain, type FieldError, fieldError, validateLabelSelector } from '#apimachinery';
import { checkOneOf } from '../field-rules.js';
import type { MutatingWebhook, ValidatingWebhook } from '../generated/types.js';
import { validateClientConfig } from './client-config-validation.js';
import { validateConditionExpressions } from './expression-validation.js';
import { FAILURE_POLICIES, MATCH_POLICIES, validateMatchConditions } from './match-validation.js';
import { validateRule } from './rule-validation.js';

const HARMLESS = ['None', 'NoneOnDryRun'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];

type Webhook = ValidatingWebhook & Partial<Pick<MutatingWebhook, 'reinvocationPolicy'>>;

/** Models ValidateValidatingWebhookConfiguration and its mutating twin (1.36). */
export function validateWebhooks(webhooks: readonly Webhook[] = []): FieldError[] {
  const names = new Set<string>();
  return webhooks.flatMap((webhook, i) => {
    const field = `webhooks[${i}]`;
    const errors = [
      ...validateWebhook(webhook, field),
      ...validateReviewVersions(webhook.admissionReviewVersions ?? [], `${field}.admissionReviewVersions`),
    ];
    if (webhook.name && names.has(webhook.name)) errors.push(fieldError.duplicate(`${field}.name`, webhook.name));
    names.add(webhook.name);
    return errors;
  });
}

function validateWebhook(webhook: Webhook, field: string): FieldError[] {
  const { sideEffects, timeoutSeconds, namespaceSelector, objectSelector, matchConditions = [] } = webhook;
  const errors = validateQualifiedName(webhook.name, `${field}.name`);
  for (const [i, rule] of (webhook.rules ?? []).entries()) errors.push(...validateRule(rule, `${field}.rules[${i}]`));
  checkOneOf(errors, `${field}.failurePolicy`, webhook.failurePolicy, FAILURE_POLICIES);
  checkOneOf(errors, `${field}.matchPolicy`, webhook.matchPolicy, MATCH_POLICIES);
  if (sideEffects === undefined) {
    errors.push(fieldError.required(`${field}.sideEffects`, `must specify one of ${HARMLESS.join(', ')}`));
  }
  checkOneOf(errors, `${field}.sideEffects`, sideEffects, HARMLESS);
  if (timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1)) {
    const why = 'the timeout value must be between 1 and 30 seconds';
    errors.push(fieldError.invalid(`${field}.timeoutSeconds`, timeoutSeconds, why));
  }
  errors.push(...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`));
  errors.push(...validateLabelSelector(objectSelector, `${field}.objectSelector`));
  checkOneOf(errors, `${field}.reinvocationPolicy`, webhook.reinvocationPolicy, REINVOCATION_POLICIES);
  errors.push(...validateClientConfig(webhook.clientConfig, `${field}.clientConfig`));
  errors.push(
    ...validateMatchConditions(matchConditions, `${field}.matchConditions`),
    ...validateConditionExpressions(matchConditions, { params: false, authorizer: true }, `${field}.matchConditions`),
  );
  return errors;
}

/** Models IsFullyQualifiedName (1.36). */
function validateQualifiedName(name: string | undefined, field: string): FieldError[] {
  if (!name) return [fieldError.required(field)];
  const wrong = dns1123Subdomain(name);
  if (wrong.length > 0) return [fieldError.invalid(field, name, wrong.join(','))];
  if (name.split('.').length >= 3) return [];
  return [fieldError.invalid(field, name, 'should be a domain with at least three segments separated by dots')];
}

/** Models validateAdmissionReviewVersions (1.36). */
function validateReviewVersions(versions: readonly string[], field: string): FieldError[] {
  if (versions.length === 0) {
    return [fieldError.required(field, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)];
  }
  const errors: FieldError[] = [];
  for (const [i, version] of versions.entries()) {
    if (versions.indexOf(version) < i) errors.push(fieldError.invalid(`${field}[${i}]`, version, 'duplicate version'));
    else for (const why of dns1035Label(version)) errors.push(fieldError.invalid(`${field}[${i}]`, version, why));
  }
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    const why = `must include at least one of ${REVIEW_VERSIONS.join(', ')}`;
    errors.push(fieldError.invalid(field, versions, why));
  }
  return errors;
}
