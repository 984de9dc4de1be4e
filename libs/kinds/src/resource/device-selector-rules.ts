import { type FieldError, fieldError } from '#apimachinery';
import { BOOL, type CelCompilation, CelType, compileCel, DYN, STRING } from '#cel';
import type { DeviceSelector } from '../generated/types.js';
import { checkItems } from '../list-rules.js';

/** Models k8s.io/dynamic-resource-allocation/cel (1.36): the environment of expressions that choose devices. */

const SELECTORS_MAX = 32;
const EXPRESSION_BYTES_MAX = 10 * 1024;
const COST_MAX = 1_000_000;
/** Of all expressions of one object: to compile 3 MB of them would hold up everybody for seconds. */
const OBJECT_BYTES_MAX = 64 * 1024;

/**
 * What may still be compiled for one object. Differs: upstream bounds each expression only, as its requests do not wait for
 * one another.
 */
export class SelectorBudget {
  private bytes = OBJECT_BYTES_MAX;

  /** false: it is spent. */
  take(bytes: number): boolean {
    this.bytes -= bytes;
    return this.bytes >= 0;
  }
}

const DOMAIN_LENGTH_MAX = 63;
const ID_LENGTH_MAX = 32;
const ENTRIES_MAX = 32;
const TEXT_LENGTH_MAX = 64;

/** A truth, a number, a text or a version: known when the device is. */
const ATTRIBUTE = DYN.with({ sizeMax: TEXT_LENGTH_MAX });
const DOMAIN = STRING.with({ sizeMax: DOMAIN_LENGTH_MAX });
const ID = STRING.with({ sizeMax: ID_LENGTH_MAX });

/** By domain, then by name: device.attributes["gpu.example.com"].model */
function byDomain(value: CelType): CelType {
  const inner = CelType.map(ID, value).with({ sizeMax: ENTRIES_MAX });
  return CelType.map(DOMAIN, inner).with({ sizeMax: ENTRIES_MAX });
}

const DEVICE = CelType.object('kubernetes.DRADevice', {
  driver: DOMAIN,
  attributes: byDomain(ATTRIBUTE),
  capacity: byDomain(CelType.opaque('kubernetes.Quantity')),
  allowMultipleAllocations: BOOL,
});

/** How much stands at a path below `device`. Models sizeEstimator.EstimateSize: every attribute may be as long as one may be. */
function sizeAt([root, ...steps]: readonly string[]): { min: number; max: number } | undefined {
  let type: CelType | undefined = root === 'device' ? DEVICE : undefined;
  for (const step of steps) type = type && innerType(type, step);
  return type && { min: 0, max: type.details.sizeMax ?? 0 };
}

function innerType(type: CelType, step: string): CelType | undefined {
  if (type.kind === 'object') return type.field(step);
  if (type.kind !== 'map') return undefined;
  if (step === '@keys') return type.params[0];
  return step === '@values' || step === '@items' || type.params[1] === ATTRIBUTE ? type.params[1] : undefined;
}

const compileSelector = (expression: string): CelCompilation =>
  compileCel(expression, { variables: { device: DEVICE }, bindings: true });

/** Models validateCELExpression. */
function checkExpression(errors: FieldError[], field: string, expression: string, budget: SelectorBudget): void {
  const bytes = Buffer.byteLength(expression);
  if (bytes > EXPRESSION_BYTES_MAX) return void errors.push(fieldError.tooLong(field, EXPRESSION_BYTES_MAX));
  if (!budget.take(bytes)) {
    const why = `too complex, expressions of one object may not be more than ${OBJECT_BYTES_MAX} bytes in all`;
    return void errors.push(fieldError.forbidden(field, why));
  }
  const compilation = compileSelector(expression);
  const { program } = compilation;
  if (!program) return void errors.push(fieldError.invalid(field, expression, compilation.detail));
  const { type } = program;
  if (type.kind !== 'bool' && type.kind !== 'dyn') {
    const why = `must evaluate to bool or the unknown type, not ${type}`;
    return void errors.push(fieldError.invalid(field, expression, why));
  }
  if (program.estimateCost(sizeAt).max > COST_MAX) {
    errors.push(fieldError.forbidden(field, 'too complex, exceeds cost limit'));
  }
}

/** `stored`: what was let in once is not compiled again. Models validateSelectorSlice. */
export function checkSelectors(
  errors: FieldError[],
  field: string,
  selectors: readonly DeviceSelector[] | undefined,
  { stored = false, budget }: { stored?: boolean; budget: SelectorBudget },
): void {
  checkItems(errors, field, selectors, SELECTORS_MAX, (all, at, { cel }) => {
    if (!cel) all.push(fieldError.required(`${at}.cel`));
    else if (!stored) checkExpression(all, `${at}.cel.expression`, cel.expression ?? '', budget);
  });
}
