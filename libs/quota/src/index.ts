/**
 * quota: how much of a ResourceQuota an object takes, and whether a request still fits. Pure arithmetic over objects that
 * are handed in: admission charges with it before a write, the resource quota controller counts with it after.
 */
export { type Amounts, amountsOf, listOf } from './amounts.js';
export { chargedQuotas, type QuotaRefusal, type QuotaRequest } from './charge.js';
export type { QuotaEvaluator } from './evaluator.js';
export { evaluatorFor, evaluators, isNeverCounted, objectCountName } from './evaluators.js';
export { isExtendedResource } from './pod.evaluator.js';
export { podLimits, podRequests } from './pod-amounts.js';
export { usageOf } from './usage.js';
