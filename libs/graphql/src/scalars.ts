import { GraphQLError, GraphQLScalarType, Kind as Node, type ValueNode, valueFromASTUntyped } from 'graphql';

const SPEC = 'https://kubernetes.io/docs/reference/using-api/api-concepts/';

function refuse(type: string, value: unknown): never {
  throw new GraphQLError(`${type} cannot represent ${JSON.stringify(value)?.slice(0, 80) ?? String(value)}`);
}

/** An object literal becomes one without a prototype, so that `__proto__` in it is an ordinary key. */
function literal(node: ValueNode, variables?: Record<string, unknown> | null): unknown {
  if (node.kind === Node.OBJECT) {
    const object = Object.create(null) as Record<string, unknown>;
    for (const field of node.fields) object[field.name.value] = literal(field.value, variables);
    return object;
  }
  if (node.kind === Node.LIST) return node.values.map((value) => literal(value, variables));
  return valueFromASTUntyped(node, variables as Record<string, unknown>);
}

/**
 * Whatever JSON holds. Maps (labels, annotations, a ConfigMap's data, resource lists) are this too: their keys, like
 * 'app.kubernetes.io/name', are no GraphQL names, so none could be selected alone, and a list of key-value pairs would
 * look like no manifest and fit no jq. So a map comes whole, as it stands in the object.
 */
export const JsonScalar = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value. Maps such as labels are given as JSON objects, as they stand in a manifest.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: literal,
});

/** GraphQL's Int ends at 2^31: resource versions, sizes and generations do not. */
export const Int64Scalar = new GraphQLScalarType({
  name: 'Int64',
  description: '64-bit integer: a JSON number up to 2^53 - 1, beyond that its decimal digits as a string.',
  serialize(value) {
    if (typeof value === 'number' && Number.isInteger(value)) {
      return Number.isSafeInteger(value) ? value : BigInt(value).toString();
    }
    if (typeof value === 'bigint') return BigInt.asIntN(53, value) === value ? Number(value) : value.toString();
    if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return value;
    return refuse('Int64', value);
  },
  parseValue: (value) => int64Of(value),
  parseLiteral: (node) => int64Of(node.kind === Node.INT || node.kind === Node.STRING ? node.value : undefined),
});

function int64Of(value: unknown): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return refuse('Int64', value);
  const exact = BigInt(value);
  if (BigInt.asIntN(64, exact) !== exact) return refuse('Int64', value);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

const passing = (name: string, description: string, fits: (value: unknown) => boolean) =>
  new GraphQLScalarType({
    name,
    description,
    specifiedByURL: SPEC,
    serialize: (value) => (fits(value) ? value : refuse(name, value)),
    parseValue: (value) => (fits(value) ? value : refuse(name, value)),
    parseLiteral(node) {
      const value = valueFromASTUntyped(node);
      return fits(value) ? value : refuse(name, value);
    },
  });

const isText = (value: unknown) => typeof value === 'string';
const isTextOrNumber = (value: unknown) => typeof value === 'string' || typeof value === 'number';

export const QuantityScalar = passing(
  'Quantity',
  'An amount with its unit as written, such as "100m" or "1536Mi": text, so that nothing is rounded.',
  isTextOrNumber,
);
export const IntOrStringScalar = passing(
  'IntOrString',
  'A number such as 80, or text such as "25%" or "http".',
  isTextOrNumber,
);
export const TimeScalar = passing('Time', 'RFC 3339 in UTC: "2026-01-01T00:00:00Z".', isText);

/** An object to write: JSON, or the text of a manifest as one would give it to kubectl. */
export const ManifestScalar = new GraphQLScalarType({
  name: 'Manifest',
  description: 'A Kubernetes object: as JSON, or as a string that holds its YAML or JSON text.',
  serialize: (value) => value,
  parseValue: (value) => (isObjectOrText(value) ? value : refuse('Manifest', value)),
  parseLiteral(node, variables) {
    const value = literal(node, variables);
    return isObjectOrText(value) ? value : refuse('Manifest', value);
  },
});

/** Arrays too: a JSON patch is one. */
function isObjectOrText(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}
