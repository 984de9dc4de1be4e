import { compareVersions } from '../define-kind.js';
import { createHash } from 'node:crypto';
import { groupResourceName, isConditionTrue } from '#apimachinery';
import type {
  CustomResourceColumnDefinition,
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceSubresources,
  JSONSchemaProps,
  SelectableField,
} from '../generated/types.js';

/** One served version, without its schema. */
export interface CustomVersion {
  readonly name: string;
  readonly columns: readonly CustomResourceColumnDefinition[] | undefined;
  readonly subresources: CustomResourceSubresources;
  readonly selectableFields: readonly SelectableField[];
  /** What a client of a deprecated version is told. */
  readonly deprecation: string | undefined;
}

/**
 * What a stored CRD makes the server serve. Small: the schemas stay in the object's text, which the store holds anyway,
 * and are read out of it when the first instance is.
 */
export interface CustomFacts {
  /** Equal for definitions that serve the same, in whatever sandbox: names what is compiled of them. */
  readonly digest: string;
  readonly group: string;
  readonly names: CustomResourceDefinitionNames;
  readonly namespaced: boolean;
  readonly storageVersion: string;
  readonly conversion: CustomResourceConversion | undefined;
  /** Its instances are being deleted; no new ones come. */
  readonly terminating: boolean;
  readonly versions: readonly CustomVersion[];
  schemaOf(version: string): JSONSchemaProps;
}

/** undefined: nothing is served of it (names not accepted yet). */
export function customFactsOf(text: string): CustomFacts | undefined {
  const { spec, status, metadata } = JSON.parse(text) as CustomResourceDefinition;
  const names = status?.acceptedNames;
  if (!names?.plural || !names.kind || !isConditionTrue(status?.conditions, 'Established')) return undefined;
  const storageVersion = spec.versions.find(({ storage }) => storage)?.name;
  if (storageVersion === undefined || metadata.name !== groupResourceName(spec.group, names.plural)) return undefined;
  const terminating = metadata.deletionTimestamp !== undefined;
  const { group, scope, conversion, versions } = spec;
  return {
    digest: digestOf({ group, scope, conversion, versions, names, terminating }),
    group,
    names,
    namespaced: scope === 'Namespaced',
    storageVersion,
    conversion,
    terminating,
    versions: versions
      .filter(({ served }) => served)
      .map((version) => ({
        name: version.name,
        columns: version.additionalPrinterColumns,
        subresources: version.subresources ?? {},
        selectableFields: version.selectableFields ?? [],
        deprecation: version.deprecated
          ? (version.deprecationWarning ?? deprecationOf(spec, version.name, names.kind))
          : undefined,
      })),
    schemaOf(name) {
      const stored = JSON.parse(text) as CustomResourceDefinition;
      return stored.spec.versions.find((version) => version.name === name)?.schema?.openAPIV3Schema ?? {};
    },
  };
}

/** Points to the most preferred version that is served and not deprecated itself. Models defaultDeprecationWarning (1.36). */
export function deprecationOf(
  { group, versions }: CustomResourceDefinition['spec'],
  deprecated: string,
  kind: string,
): string {
  const [better] = versions
    .filter((one) => one.served && !one.deprecated && compareVersions(one.name, deprecated) < 0)
    .map(({ name }) => name)
    .toSorted(compareVersions);
  const text = `${group}/${deprecated} ${kind} is deprecated`;
  return better === undefined ? text : `${text}; use ${group}/${better} ${kind}`;
}

function digestOf(facts: object): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url');
}
