import { BOOL, type CelProgram, type CelSchema, CelType, celTypeOf, compileCel, STRING } from '#cel';
import type { JSONSchemaProps, ValidationRule } from '../generated/types.js';
import { fieldOfPath } from '../apiextensions/field-path.js';
import type { Structural } from './structural.js';

/** One rule of x-kubernetes-validations, compiled. */
export interface CelRule {
  readonly rule: ValidationRule;
  readonly program: CelProgram | undefined;
  /** Why there is no program. */
  readonly error: string | undefined;
  readonly message: CelProgram | undefined;
  readonly messageError: string | undefined;
  /** Compares with what was there before. */
  readonly isTransition: boolean;
  /** Where its failures belong, below the place of the rule: 'name', '' for the place itself. */
  readonly fieldPath: string;
}

/** The type of `self` at a place; undefined: no expression can see it. */
export function selfTypeOf(schema: JSONSchemaProps, isRoot: boolean): CelType | undefined {
  return celTypeOf(schema as unknown as CelSchema, { isResourceRoot: isRoot });
}

/** Models Compile of apiserver/schema/cel (1.36). */
export function compileRules(schema: JSONSchemaProps, isRoot: boolean): CelRule[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  if (rules.length === 0) return [];
  const self = selfTypeOf(schema, isRoot);
  if (!self) return [];
  return rules.map((rule) => {
    const variables = { self, oldSelf: rule.optionalOldSelf ? CelType.optional(self) : self };
    const compiled = compileCel(rule.rule, { variables, returns: [BOOL] });
    const text = rule.messageExpression?.trim() ?? '';
    const message =
      text === '' ? undefined : compileCel(text, { variables: { self, oldSelf: self }, returns: [STRING] });
    const found = rule.fieldPath ? fieldOfPath(rule.fieldPath, schema) : undefined;
    return {
      rule,
      program: compiled.program,
      error: compiled.program ? undefined : ruleError(compiled),
      message: message?.program,
      messageError: message && !message.program ? messageError(message) : undefined,
      isTransition: compiled.program?.uses('oldSelf') ?? false,
      fieldPath: found && !('error' in found) ? found.text : '',
    };
  });
}

interface Refused {
  readonly error: string;
  readonly detail: string;
}

function ruleError({ error, detail }: Refused): string {
  return error.startsWith('must evaluate to') ? 'cel expression must evaluate to a bool' : detail;
}

function messageError({ error, detail }: Refused): string {
  if (error.startsWith('must evaluate to')) return 'messageExpression must evaluate to a string';
  return `messageExpression ${detail}`;
}

const known = new WeakMap<Structural, readonly CelRule[]>();

/** Compiled when the first instance is checked; as long-lived as the schema. */
export function rulesAt(node: Structural, isRoot: boolean): readonly CelRule[] {
  let rules = known.get(node);
  if (!rules) known.set(node, (rules = compileRules(node.schema, isRoot)));
  return rules;
}
