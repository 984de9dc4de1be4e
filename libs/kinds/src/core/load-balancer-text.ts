interface Ingresses {
  ingress?: { ip?: string; hostname?: string }[];
}

/** Where a load balancer answers, sorted, without doubles. Models loadBalancerStatusStringer in its wide form (1.36). */
export function loadBalancerText(status: Ingresses | undefined): string {
  const all = (status?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean);
  return [...new Set(all)].toSorted().join(',');
}
