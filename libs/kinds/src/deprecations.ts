/** A release of Kubernetes 1.x. */
type Minor = number;

interface Deprecation {
  /** 'networking.k8s.io/v1beta1 IPAddress' */
  readonly kind: string;
  readonly since: Minor;
  /** Absent: it stays. */
  readonly unavailable?: Minor;
  readonly instead?: string;
}

/**
 * Kinds that 1.36 still serves and tells everybody to leave, one row each. Models the API lifecycles of k8s.io/api (1.36):
 * a beta is deprecated three releases after it came and gone three later, where nothing else is said; an alpha is not.
 */
const DEPRECATIONS: readonly Deprecation[] = [
  { kind: 'v1 ComponentStatus', since: 19 },
  { kind: 'v1 Endpoints', since: 33, instead: 'discovery.k8s.io/v1 EndpointSlice' },
  { kind: 'certificates.k8s.io/v1alpha1 ClusterTrustBundle', since: 34, unavailable: 37 },
  { kind: 'certificates.k8s.io/v1beta1 ClusterTrustBundle', since: 36, unavailable: 39 },
  { kind: 'coordination.k8s.io/v1beta1 LeaseCandidate', since: 36, unavailable: 39 },
  { kind: 'networking.k8s.io/v1beta1 IPAddress', since: 34, unavailable: 37 },
  { kind: 'networking.k8s.io/v1beta1 ServiceCIDR', since: 34, unavailable: 37 },
  { kind: 'resource.k8s.io/v1beta1 DeviceClass', since: 35, unavailable: 38 },
  { kind: 'resource.k8s.io/v1beta1 ResourceClaim', since: 35, unavailable: 38 },
  { kind: 'resource.k8s.io/v1beta1 ResourceClaimTemplate', since: 35, unavailable: 38 },
  { kind: 'resource.k8s.io/v1beta1 ResourceSlice', since: 35, unavailable: 38 },
  { kind: 'resource.k8s.io/v1beta2 DeviceClass', since: 36, unavailable: 39 },
  { kind: 'resource.k8s.io/v1beta2 ResourceClaim', since: 36, unavailable: 39 },
  { kind: 'resource.k8s.io/v1beta2 ResourceClaimTemplate', since: 36, unavailable: 39 },
  { kind: 'resource.k8s.io/v1beta2 ResourceSlice', since: 36, unavailable: 39 },
  {
    kind: 'storage.k8s.io/v1beta1 VolumeAttributesClass',
    since: 34,
    unavailable: 37,
    instead: 'storage.k8s.io/v1 VolumeAttributesClass',
  },
];

const messages = new Map(DEPRECATIONS.map((row) => [row.kind, messageOf(row)]));

/** Models deprecation.WarningMessage of k8s.io/apiserver (1.36). */
function messageOf({ kind, since, unavailable, instead }: Deprecation): string {
  const end = unavailable === undefined ? '' : `, unavailable in v1.${unavailable}+`;
  return `${kind} is deprecated in v1.${since}+${end}${instead === undefined ? '' : `; use ${instead}`}`;
}

/** What is said to everybody who uses the kind ('apps/v1', 'Deployment'); undefined: nothing. */
export function deprecationOf(apiVersion: string, kind: string): string | undefined {
  return messages.get(`${apiVersion} ${kind}`);
}

export const deprecatedKinds: readonly string[] = [...messages.keys()];
