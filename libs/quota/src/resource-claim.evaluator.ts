import { type KubeObject, Quantity } from '#apimachinery';
import { ONE } from './amounts.js';
import type { QuotaEvaluator } from './evaluator.js';

const COUNT = 'count/resourceclaims.resource.k8s.io';
const CLASS_SUFFIX = '.deviceclass.resource.k8s.io/devices';
/** What "all devices" is charged as. Models resource.AllocationResultsMaxSize (1.36). */
const ALL_DEVICES = 32;

interface Devices {
  readonly deviceClassName?: string;
  readonly allocationMode?: string;
  readonly count?: number;
}

interface Request extends Devices {
  readonly exactly?: Devices;
  readonly firstAvailable?: readonly Devices[];
}

type Claim = KubeObject & { spec?: { devices?: { requests?: readonly Request[] } } };

/** Models the evaluator of pkg/quota/v1/evaluator/core/resource_claims.go (1.36), in any served version. */
export const resourceClaimEvaluator: QuotaEvaluator = {
  group: 'resource.k8s.io',
  resource: 'resourceclaims',
  handles: (operation, subresource) => subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  matching: (names) => names.filter((name) => name === COUNT || name.endsWith(CLASS_SUFFIX)),
  usage(object) {
    const counts = new Map<string, number>();
    for (const request of (object as Claim).spec?.devices?.requests ?? []) {
      for (const [name, count] of countsOf(request)) counts.set(name, (counts.get(name) ?? 0) + count);
    }
    const devices = [...counts].map(([name, count]) => [`${name}${CLASS_SUFFIX}`, Quantity.of(count)] as const);
    return new Map([[COUNT, ONE], ...devices]);
  },
};

/** Of alternatives only one is taken: each class is charged its worst case. */
function countsOf(request: Request): Map<string, number> {
  const counts = new Map<string, number>();
  const wanted = request.firstAvailable ?? [request.exactly ?? request];
  for (const { deviceClassName, allocationMode, count = 1 } of wanted) {
    if (!deviceClassName) continue;
    const charged = allocationMode === 'All' ? ALL_DEVICES : count;
    counts.set(deviceClassName, Math.max(counts.get(deviceClassName) ?? 0, charged));
  }
  return counts;
}
