import { defineKind } from '../define-kind.js';
import type { VolumeAttributesClass } from '../generated/types.js';
import { volumeAttributesClassRules } from './volume-attributes-class.js';

export const volumeAttributesClassKind = defineKind<VolumeAttributesClass>({
  ...volumeAttributesClassRules,
  apiVersion: 'storage.k8s.io/v1',
});
