import type { HTTPGraphQLResponse } from '@apollo/server';
import { GraphQLError, Kind as Node, OperationTypeNode, parse } from 'graphql';
import { LRUCache } from 'lru-cache';

const QUERY_BYTES_MAX = 10_000;

/** Does it ask for nothing but the schema? Then the answer is the same for everybody who shares that schema. */
export function isIntrospection(query: string): boolean {
  if (query.length > QUERY_BYTES_MAX || !query.includes('__')) return false;
  try {
    const operations = parse(query, { maxTokens: 2_000 }).definitions.filter(
      (node) => node.kind === Node.OPERATION_DEFINITION,
    );
    const [operation] = operations;
    if (operations.length !== 1 || operation!.operation !== OperationTypeNode.QUERY) return false;
    return operation!.selectionSet.selections.every(
      (selection) => selection.kind === Node.FIELD && selection.name.value.startsWith('__'),
    );
  } catch (error) {
    if (error instanceof GraphQLError) return false;
    throw error;
  }
}

/**
 * Answers to introspection, kept: the whole schema is megabytes of JSON and takes a good part of a second to make, every
 * GraphiQL page asks for it, and anybody may.
 */
export class IntrospectionAnswers {
  private readonly answers = new LRUCache<string, Promise<HTTPGraphQLResponse>>({ max: 8 });

  /** `body` and `accept` say all that the answer depends on. */
  answer(body: object, accept: string, make: () => Promise<HTTPGraphQLResponse>): Promise<HTTPGraphQLResponse> {
    const key = `${accept} ${JSON.stringify(body)}`;
    const kept = this.answers.get(key);
    if (kept) return kept;
    const made = make();
    this.answers.set(key, made);
    const forget = () => this.answers.delete(key);
    made.then((response) => (response.status ?? 200) === 200 || forget(), forget);
    return made;
  }
}
