type Labels = Readonly<Record<string, string>> | undefined;

const RESTRICTED = 'node-restriction.kubernetes.io';
/** Models kubeletapis.IsKubeletLabel (1.36): labels by name, and all of some namespaces. */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);
const KUBELET_NAMESPACES = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const KUBERNETES_NAMESPACES = ['kubernetes.io', 'k8s.io'];

/** Of the labels that differ, those by which a node would draw to itself what is not meant for it; in order. */
export function forbiddenLabels(labels: Labels, old: Labels): string[] {
  const keys = new Set([...Object.keys(labels ?? {}), ...Object.keys(old ?? {})]);
  return [...keys].filter((key) => valueOf(labels, key) !== valueOf(old, key) && isForbidden(key)).toSorted();
}

function valueOf(labels: Labels, key: string): string | undefined {
  return labels && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function isForbidden(key: string): boolean {
  const slash = key.indexOf('/');
  const namespace = slash < 0 ? '' : key.slice(0, slash);
  if (isIn(namespace, [RESTRICTED])) return true;
  return isIn(namespace, KUBERNETES_NAMESPACES) && !KUBELET_LABELS.has(key) && !isIn(namespace, KUBELET_NAMESPACES);
}

function isIn(namespace: string, domains: readonly string[]): boolean {
  return domains.some((domain) => namespace === domain || namespace.endsWith(`.${domain}`));
}
