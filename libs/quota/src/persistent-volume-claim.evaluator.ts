import { parseQuantity, Quantity } from '#apimachinery';
import type { PersistentVolumeClaim } from '#kinds';
import { addInto, amountsOf, ONE } from './amounts.js';
import type { QuotaEvaluator } from './evaluator.js';
import { matchesValue } from './pod-scopes.js';

const CLAIMS = 'persistentvolumeclaims';
const STORAGE = 'requests.storage';
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';
const LEGACY_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Models the evaluator of pkg/quota/v1/evaluator/core/persistent_volume_claims.go (1.36). */
export const persistentVolumeClaimEvaluator: QuotaEvaluator = {
  group: '',
  resource: CLAIMS,
  handles: (operation, subresource) => subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  matching: (names) =>
    names.filter(
      (name) =>
        name === CLAIMS ||
        name === STORAGE ||
        name === `count/${CLAIMS}` ||
        name.endsWith(`${CLASS_SUFFIX}${STORAGE}`) ||
        name.endsWith(`${CLASS_SUFFIX}${CLAIMS}`),
    ),
  inScope(requirement, object) {
    if (requirement.scopeName !== 'VolumeAttributesClass') return false;
    const { spec, status } = object as PersistentVolumeClaim;
    const names = [
      spec?.volumeAttributesClassName,
      status?.currentVolumeAttributesClassName,
      status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
    ];
    return matchesValue(
      requirement,
      names.filter((name): name is string => !!name),
    );
  },
  usage(object) {
    const claim = object as PersistentVolumeClaim;
    const usage = new Map([
      [`count/${CLAIMS}`, ONE],
      [CLAIMS, ONE],
    ]);
    const storageClass = claim.metadata.annotations?.[LEGACY_CLASS] ?? claim.spec?.storageClassName ?? '';
    if (storageClass !== '') usage.set(`${storageClass}${CLASS_SUFFIX}${CLAIMS}`, ONE);
    const storage = storageOf(claim);
    if (!storage) return usage;
    addInto(usage, new Map([[STORAGE, storage]]));
    if (storageClass !== '') usage.set(`${storageClass}${CLASS_SUFFIX}${STORAGE}`, storage);
    return usage;
  },
};

/** What was asked, or what is still held while an expansion is taken back; whole bytes. */
function storageOf({ spec, status }: PersistentVolumeClaim): Quantity | undefined {
  const asked = amountsOf(spec?.resources?.requests).get('storage');
  if (!asked) return undefined;
  const held = status?.allocatedResources?.['storage'];
  const larger = held !== undefined && parseQuantity(held).cmp(asked) > 0 ? parseQuantity(held) : asked;
  return Quantity.of(larger.value()).cmp(larger) === 0 ? larger : Quantity.of(larger.value());
}
