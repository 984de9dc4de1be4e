import type { V2HorizontalPodAutoscalerBehavior, V2HPAScalingPolicy, V2HPAScalingRules } from '../generated/types.js';

/**
 * The behavior as v1's annotation holds it: upstream writes its internal type there, which has Go's names ('ScaleUp') and
 * nulls for what is absent. Read back without regard of case, as Go does. Models pkg/apis/autoscaling/v1 conversion.go (1.36).
 */
export function behaviorText({ scaleUp, scaleDown }: V2HorizontalPodAutoscalerBehavior): string {
  return JSON.stringify({ ScaleUp: goRules(scaleUp), ScaleDown: goRules(scaleDown) });
}

function goRules(rules: V2HPAScalingRules | undefined): object | null {
  if (!rules) return null;
  return {
    StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
    SelectPolicy: rules.selectPolicy ?? null,
    Policies:
      rules.policies?.map(({ type, value, periodSeconds }) => ({
        Type: type,
        Value: value,
        PeriodSeconds: periodSeconds,
      })) ?? null,
    Tolerance: rules.tolerance ?? null,
  };
}

type Plain = Readonly<Record<string, unknown>>;

function plainOf(value: unknown): Plain | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toLowerCase(), one]));
}

const int = (value: unknown) => (Number.isInteger(value) ? (value as number) : undefined);
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Of whatever the annotation holds. */
export function behaviorOf(value: unknown): V2HorizontalPodAutoscalerBehavior | undefined {
  const plain = plainOf(value);
  if (!plain) return undefined;
  const [scaleUp, scaleDown] = [rulesOf(plain['scaleup']), rulesOf(plain['scaledown'])];
  if (!scaleUp && !scaleDown) return undefined;
  return { ...(scaleUp ? { scaleUp } : {}), ...(scaleDown ? { scaleDown } : {}) };
}

function rulesOf(value: unknown): V2HPAScalingRules | undefined {
  const plain = plainOf(value);
  if (!plain) return undefined;
  const seconds = int(plain['stabilizationwindowseconds']);
  const [selectPolicy, tolerance] = [text(plain['selectpolicy']), text(plain['tolerance'])];
  const policies = Array.isArray(plain['policies']) ? plain['policies'].map(policyOf) : [];
  return {
    ...(seconds === undefined ? {} : { stabilizationWindowSeconds: seconds }),
    ...(selectPolicy === undefined ? {} : { selectPolicy }),
    ...(policies.length === 0 ? {} : { policies }),
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}

function policyOf(value: unknown): V2HPAScalingPolicy {
  const plain = plainOf(value) ?? {};
  return {
    type: text(plain['type']) ?? '',
    value: int(plain['value']) ?? 0,
    periodSeconds: int(plain['periodseconds']) ?? 0,
  };
}
