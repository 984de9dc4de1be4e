const ANNOTATION = 'api-approved.kubernetes.io';
const PULL_REQUEST = 'https://github.com/kubernetes/enhancements/pull/1111';

export interface ApiApproval {
  readonly state: 'approved' | 'bypassed' | 'missing' | 'invalid';
  readonly message: string;
}

/** Groups that belong to the Kubernetes community. Models apihelpers.IsProtectedCommunityGroup (1.36). */
function isProtected(group: string): boolean {
  return group === 'k8s.io' || group === 'kubernetes.io' || /\.(k8s|kubernetes)\.io$/.test(group);
}

/** What the annotation says of a definition in a protected group; undefined: the group is none. */
export function apiApprovalOf(
  group: string,
  annotations: Readonly<Record<string, string>> | undefined,
): ApiApproval | undefined {
  if (!isProtected(group)) return undefined;
  const value = annotations && Object.hasOwn(annotations, ANNOTATION) ? annotations[ANNOTATION]! : '';
  if (value === '') {
    const message = `protected groups must have approval annotation "${ANNOTATION}", see ${PULL_REQUEST}`;
    return { state: 'missing', message };
  }
  if (value.startsWith('unapproved')) return { state: 'bypassed', message: `not approved: "${value}"` };
  if (isWholeUrl(value)) return { state: 'approved', message: `approved in ${value}` };
  const message = `protected groups must have approval annotation "${ANNOTATION}" with either a URL or a reason starting with "unapproved", see ${PULL_REQUEST}`;
  return { state: 'invalid', message };
}

function isWholeUrl(text: string): boolean {
  try {
    const { host, protocol } = new URL(text);
    return host !== '' && protocol !== '';
  } catch {
    return false;
  }
}
