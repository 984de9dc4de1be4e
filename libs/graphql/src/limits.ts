import {
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind as Node,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** What a query document may hold. Depth counts nested fields; `{ coreV1 { pods { items { spec { containers { name` is 6. */
export const queryLimits = {
  depthMax: 15,
  /** Fields once all fragments are put in their places: bounds what a few hundred bytes of nested fragments can ask. */
  fieldsMax: 2_000,
  aliasesMax: 50,
  /** Query text; the variables are bounded by the request's body. */
  queryBytesMax: 100_000,
  tokensMax: 20_000,
} as const;

interface Measure {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
}

const NOTHING: Measure = { depth: 0, fields: 0, aliases: 0 };

/**
 * Measures selection sets with fragments put in, each fragment once (its measure is kept), so that the work is linear
 * in the document. `__schema` and `__type` are not followed: a rule of graphql-js bounds them, and the introspection
 * query of every tool is deeper than 15. Sums are cut at a ceiling far above the limits, so that they stay numbers.
 */
class Measuring {
  private readonly known = new Map<string, Measure>();
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(document: DocumentNode) {
    const named = document.definitions.filter((node) => node.kind === Node.FRAGMENT_DEFINITION);
    this.fragments = new Map(named.map((node) => [node.name.value, node]));
  }

  of(set: SelectionSetNode | undefined): Measure {
    let { depth, fields, aliases } = NOTHING;
    for (const selection of set?.selections ?? []) {
      const isField = selection.kind === Node.FIELD;
      const introspects = isField && (selection.name.value === '__schema' || selection.name.value === '__type');
      const below =
        selection.kind === Node.FRAGMENT_SPREAD
          ? this.fragment(selection.name.value)
          : introspects
            ? NOTHING
            : this.of(selection.selectionSet);
      depth = Math.max(depth, below.depth + (isField ? 1 : 0));
      fields = Math.min(1e9, fields + below.fields + (isField ? 1 : 0));
      aliases = Math.min(1e9, aliases + below.aliases + (isField && selection.alias ? 1 : 0));
    }
    return { depth, fields, aliases };
  }

  private fragment(name: string): Measure {
    const known = this.known.get(name);
    if (known) return known;
    // A fragment that spreads itself is refused by another rule; here it only must not run for ever.
    this.known.set(name, NOTHING);
    const measure = this.of(this.fragments.get(name)?.selectionSet);
    this.known.set(name, measure);
    return measure;
  }
}

/** A validation rule: one clear error for each limit that an operation exceeds. */
export function QueryLimitsRule(context: ValidationContext): ASTVisitor {
  const measuring = new Measuring(context.getDocument());
  return {
    OperationDefinition(node) {
      const { depth, fields, aliases } = measuring.of(node.selectionSet);
      const over = (what: string, is: number, max: number) => {
        if (is <= max) return;
        context.reportError(
          new GraphQLError(`the operation has ${what} ${is}, more than the ${max} allowed`, { nodes: node }),
        );
      };
      over('a depth of', depth, queryLimits.depthMax);
      over('a number of fields of', fields, queryLimits.fieldsMax);
      over('a number of aliases of', aliases, queryLimits.aliasesMax);
      return false;
    },
    FragmentDefinition: () => false,
  };
}
