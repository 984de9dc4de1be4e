/** One path of the API as the published document has it: 'pods', 'pods/status'. `verbs` are HTTP methods (and 'connect'). */
export interface ResourceFact {
  /** Of a subresource: the kind of its body, with its group where that differs: 'autoscaling/Scale'. */
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** group/version ('v1', 'apps/v1') → resource → fact. */
export type ResourceFacts = Readonly<Record<string, Readonly<Record<string, ResourceFact>>>>;
