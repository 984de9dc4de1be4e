import {
  fieldError,
  type KubeObject,
  type LabelSelector,
  labelMatcherOf,
  type ObjectMeta,
  StatusError,
} from '#apimachinery';
import type { Scale } from '../generated/types.js';
import type { Subresource } from '../kind.js';

/** What scales: replicas wanted and there, and a selector. */
interface Scalable extends KubeObject {
  spec?: { replicas?: number; selector?: LabelSelector | Record<string, string> };
  status?: { replicas?: number };
}

export function scaleMeta({ name, namespace, uid, resourceVersion, creationTimestamp }: ObjectMeta): ObjectMeta {
  return {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
  };
}

/** A ReplicationController selects by plain labels, all others by a LabelSelector. */
function selectorOf(selector: LabelSelector | Record<string, string> | undefined, isPlain: boolean): string {
  const structured = isPlain
    ? { matchLabels: (selector ?? {}) as Record<string, string> }
    : (selector as LabelSelector);
  return labelMatcherOf(structured).toString();
}

/** The `scale` subresource: one number of an object, readable and writable without knowing its kind. */
export function scaleSubresource<T extends Scalable>(options: { plainSelector?: boolean } = {}): Subresource<T> {
  return {
    name: 'scale',
    verbs: ['get', 'patch', 'update'],
    project({ metadata, spec, status }): Scale {
      const selector = selectorOf(spec?.selector, options.plainSelector === true);
      return {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: scaleMeta(metadata),
        spec: { replicas: spec?.replicas ?? 0 },
        status: { replicas: status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
      };
    },
    merge(stored, body) {
      const replicas = (body as Scale).spec?.replicas ?? 0;
      if (replicas < 0) {
        const error = fieldError.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
        throw StatusError.invalid({ group: 'autoscaling', kind: 'Scale' }, stored.metadata.name ?? '', [error]);
      }
      const { resourceVersion } = body.metadata;
      return {
        ...stored,
        metadata: resourceVersion === undefined ? stored.metadata : { ...stored.metadata, resourceVersion },
        spec: { ...stored.spec, replicas },
      };
    },
  };
}
