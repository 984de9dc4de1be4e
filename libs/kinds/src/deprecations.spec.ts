import { describe, expect, it } from '@jest/globals';
import { apiVersionOf } from '#apimachinery';
import { deprecatedKinds, deprecationOf } from './deprecations.js';
import { builtInKinds } from './kinds.js';

describe('deprecations', () => {
  it.each([
    ['v1', 'ComponentStatus', 'v1 ComponentStatus is deprecated in v1.19+'],
    ['v1', 'Endpoints', 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
    [
      'networking.k8s.io/v1beta1',
      'IPAddress',
      'networking.k8s.io/v1beta1 IPAddress is deprecated in v1.34+, unavailable in v1.37+',
    ],
    [
      'storage.k8s.io/v1beta1',
      'VolumeAttributesClass',
      'storage.k8s.io/v1beta1 VolumeAttributesClass is deprecated in v1.34+, unavailable in v1.37+; use storage.k8s.io/v1 VolumeAttributesClass',
    ],
    ['networking.k8s.io/v1', 'IPAddress', undefined],
    ['v1', '__proto__', undefined],
  ])('%s %s', (apiVersion, kind, message) => {
    expect(deprecationOf(apiVersion, kind)).toBe(message);
  });

  it('names served kinds only, and each says so', () => {
    const said = builtInKinds.all.filter(({ deprecation }) => deprecation !== undefined);
    expect(said.map((kind) => `${apiVersionOf(kind)} ${kind.kind}`).toSorted()).toEqual(
      [...deprecatedKinds].toSorted(),
    );
  });
});
