import type { KubeObject } from '#apimachinery';

/** Records core/v1 Events about objects; repeats are counted, not added (models client-go's EventCorrelator). Never throws. */
export interface EventRecorder {
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}
