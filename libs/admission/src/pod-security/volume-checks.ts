import type { Volume } from '#kinds';
import { type Check, plural, quoted, quotedInOrder } from './check.js';

const ALLOWED = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const satisfies readonly (keyof Volume)[];

/** Upstream knows no name for images. */
function typeOf({ name: _name, image: _image, ...sources }: Volume): string {
  return Object.keys(sources)[0] ?? 'unknown';
}

/** Models restrictedVolumes of k8s.io/pod-security-admission/policy (1.36). */
export const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  overrides: 'hostPathVolumes',
  versions: [
    {
      from: 0,
      check({ volumes = [] }) {
        const bad = volumes.filter((volume) => !ALLOWED.some((type) => volume[type]));
        if (bad.length === 0) return undefined;
        const types = new Set(bad.map(typeOf));
        return {
          reason: 'restricted volume types',
          detail:
            `${plural('volume', bad.length)} ${quoted(bad.map(({ name }) => name))} ${bad.length === 1 ? 'uses' : 'use'} ` +
            `${plural('restricted volume type', types.size)} ${quotedInOrder(types)}`,
        };
      },
    },
  ],
};
