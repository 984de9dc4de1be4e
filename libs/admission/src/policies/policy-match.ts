import { type LabelMatcher, labelMatcherOf } from '#apimachinery';
import type { Kind, MatchResources } from '#kinds';
import { equivalentsOf } from '../dynamic/attributes.js';
import { resourceNamesMatch, type Rule, ruleMatches } from '../dynamic/rule-match.js';
import { namespaceMatches, objectMatches } from '../dynamic/selector-match.js';
import type { AdmissionReads, AdmissionRequest } from '../plugin.js';

/** MatchResources, ready to be asked. */
export interface CompiledMatch {
  readonly rules: readonly Rule[];
  readonly exclusions: readonly Rule[];
  readonly equivalent: boolean;
  readonly namespaceSelector: LabelMatcher;
  readonly objectSelector: LabelMatcher;
}

export function compiledMatch(match: MatchResources): CompiledMatch {
  return {
    rules: match.resourceRules ?? [],
    exclusions: match.excludeResourceRules ?? [],
    equivalent: match.matchPolicy === 'Equivalent',
    namespaceSelector: labelMatcherOf(match.namespaceSelector ?? {}),
    objectSelector: labelMatcherOf(match.objectSelector ?? {}),
  };
}

/** The kind as which the request matches; undefined: it does not. Models matching.Matcher of apiserver's plugin/policy (1.36). */
export async function matchedKind(
  match: CompiledMatch,
  request: AdmissionRequest,
  reads: AdmissionReads,
): Promise<Kind | undefined> {
  if (!objectMatches(match.objectSelector, request)) return undefined;
  if (kindByRules(match.exclusions, match.equivalent, request)) return undefined;
  const kind = match.rules.length === 0 ? request.kind : kindByRules(match.rules, match.equivalent, request);
  if (!kind) return undefined;
  return (await namespaceMatches(match.namespaceSelector, request, reads)) ? kind : undefined;
}

function kindByRules(rules: readonly Rule[], equivalent: boolean, request: AdmissionRequest): Kind | undefined {
  const matches = (rule: Rule, kind: Kind) => ruleMatches(rule, request, kind) && resourceNamesMatch(rule, request);
  if (rules.some((rule) => matches(rule, request.kind))) return request.kind;
  if (!equivalent || rules.length === 0) return undefined;
  const others = equivalentsOf(request);
  for (const rule of rules) {
    const found = others.find((other) => matches(rule, other));
    if (found) return found;
  }
  return undefined;
}

/** Asking is no change: reviews pass policies. Models pkg/kubeapiserver/admission/exclusion (1.36). */
export function isReview({ kind }: AdmissionRequest): boolean {
  return kind.group === 'authentication.k8s.io' || kind.group === 'authorization.k8s.io';
}
