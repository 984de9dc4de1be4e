import { Buffer } from 'node:buffer';
import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';
import { StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Body, ListRequest, WriteOptions } from '#registry';
import { Int64Scalar } from './scalars.js';

/** Items of a page when `limit` is not given, and the most it may be. */
export const PAGE_LIMIT_DEFAULT = 500;
export const PAGE_LIMIT_MAX = 5_000;

/** The same without what was not given: nulls in GraphQL are absent in Kubernetes. */
export function given<T extends object>(args: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const present = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(present) as { [K in keyof T]?: NonNullable<T[K]> };
}

const text = (description: string) => ({ type: GraphQLString, description });

export const selectorArguments: GraphQLFieldConfigArgumentMap = {
  labelSelector: text('As for kubectl: "app=web,tier in (front, back)".'),
  fieldSelector: text('As for kubectl: "status.phase=Running,spec.nodeName!=node01".'),
};

const resourceVersion = text('The least revision that the answer may show; empty: the newest.');

export function namespaceOfOne(kind: Kind): GraphQLFieldConfigArgumentMap {
  return kind.namespaced ? { namespace: { type: GraphQLString, defaultValue: 'default' } } : {};
}

export function namespaceOfMany(kind: Kind): GraphQLFieldConfigArgumentMap {
  return kind.namespaced ? { namespace: text('Absent: all namespaces.') } : {};
}

export const nameArgument: GraphQLFieldConfigArgumentMap = { name: { type: new GraphQLNonNull(GraphQLString) } };

export const getArguments: GraphQLFieldConfigArgumentMap = { resourceVersion };

export const listArguments: GraphQLFieldConfigArgumentMap = {
  ...selectorArguments,
  limit: {
    type: GraphQLInt,
    defaultValue: PAGE_LIMIT_DEFAULT,
    description: `Items of a page, 1 to ${PAGE_LIMIT_MAX}.`,
  },
  continue: text('The `continue` of the page before.'),
  resourceVersion,
  resourceVersionMatch: text('"Exact" or "NotOlderThan"; needs resourceVersion.'),
};

export interface ListArguments {
  readonly namespace?: string | null;
  readonly labelSelector?: string | null;
  readonly fieldSelector?: string | null;
  readonly limit?: number | null;
  readonly continue?: string | null;
  readonly resourceVersion?: string | null;
  readonly resourceVersionMatch?: string | null;
}

export function listRequest({ namespace: _, limit, ...rest }: ListArguments): ListRequest {
  const size = limit ?? PAGE_LIMIT_DEFAULT;
  if (size < 1 || size > PAGE_LIMIT_MAX) throw StatusError.badRequest(`limit must be from 1 to ${PAGE_LIMIT_MAX}`);
  return { ...given(rest), limit: size };
}

export const FieldValidationEnum = new GraphQLEnumType({
  name: 'FieldValidation',
  description: 'What happens to fields that the kind does not have: dropped silently, with a warning, or refused.',
  values: { Ignore: {}, Warn: {}, Strict: {} },
});

export const writeArguments: GraphQLFieldConfigArgumentMap = {
  dryRun: { type: GraphQLBoolean, description: 'Do everything but store the result.' },
  fieldManager: { type: GraphQLString, defaultValue: 'graphql', description: 'Named in metadata.managedFields.' },
  fieldValidation: { type: FieldValidationEnum, defaultValue: 'Warn' },
};

export interface WriteArguments {
  readonly dryRun?: boolean | null;
  readonly fieldManager?: string | null;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | null;
}

export function writeOptions({ dryRun, fieldManager, fieldValidation }: WriteArguments): WriteOptions {
  return given({ dryRun, fieldManager, fieldValidation });
}

export const PropagationPolicyEnum = new GraphQLEnumType({
  name: 'PropagationPolicy',
  values: {
    Background: { description: 'The object goes, then what it owns.' },
    Foreground: { description: 'What it owns goes first.' },
    Orphan: { description: 'What it owns stays.' },
  },
});

export const deleteArguments: GraphQLFieldConfigArgumentMap = {
  gracePeriodSeconds: { type: Int64Scalar },
  propagationPolicy: { type: PropagationPolicyEnum },
  uid: text('Delete only the object with this UID.'),
  resourceVersion: text('Delete only the object at this revision.'),
  dryRun: { type: GraphQLBoolean },
};

/** Sent on as bytes, so that it goes the way of a REST body: unknown and duplicate fields are noticed there. */
export function manifestBody(manifest: unknown): Body {
  if (typeof manifest === 'string') return { bytes: Buffer.from(manifest), format: 'yaml' };
  return { bytes: Buffer.from(JSON.stringify(manifest)), format: 'json' };
}
