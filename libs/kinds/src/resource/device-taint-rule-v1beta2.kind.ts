import { defineKind } from '../define-kind.js';
import type { V1beta2DeviceTaintRule } from '../generated/types.js';
import { deviceTaintRuleRules } from './device-taint-rule.js';

export const deviceTaintRuleV1beta2Kind = defineKind<V1beta2DeviceTaintRule>({
  ...deviceTaintRuleRules,
  apiVersion: 'resource.k8s.io/v1beta2',
});
