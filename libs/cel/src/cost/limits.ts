/** Models k8s.io/apiserver/pkg/apis/cel and apiextensions' validation (1.36). Costs are cel-go's units, about 50 ns each upstream. */

/** What one evaluation may cost. */
export const PER_CALL_COST_MAX = 1_000_000;
/** What all the rules of one object, or all the expressions of one policy, may cost together. */
export const RUNTIME_COST_BUDGET = 10_000_000;
/** What the message expressions of one object may cost besides. */
export const MESSAGE_COST_BUDGET = 10_000_000;
/** What a set of match conditions may cost: a quarter of a policy's. */
export const MATCH_CONDITIONS_COST_BUDGET = RUNTIME_COST_BUDGET / 4;
/** What one rule of a CustomResourceDefinition may be estimated to cost, as often as its place occurs. */
export const ESTIMATED_RULE_COST_MAX = 10_000_000;
/** What all rules of a CustomResourceDefinition may be estimated to cost together. */
export const ESTIMATED_CRD_COST_MAX = 100_000_000;
