import { defineKind } from '../define-kind.js';
import type { DeviceClass } from '../generated/types.js';
import { deviceClassRules } from './device-class.js';

export const deviceClassKind = defineKind<DeviceClass>({
  ...deviceClassRules,
  apiVersion: 'resource.k8s.io/v1',
});
