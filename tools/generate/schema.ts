import type { Definition } from './definitions.js';
import type { Model, ModelField } from './models.js';

/** JSON that libs/kinds reads as its OpenApiSchema. */
export type Schema = { [key: string]: unknown };

/** Facts that no model carries; see libs/kinds/facts/README.md. Keys are the last three words of definition names. */
export interface SchemaFacts {
  readonly listTypes: Record<string, Record<string, Schema>>;
  readonly quantities: Record<string, readonly string[]>;
  readonly defaults: Record<string, Record<string, unknown>>;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const RAW = 'io.k8s.apimachinery.pkg.runtime.RawExtension';

/** Where client-node says only 'any': the definition that the official document names. */
const ANY_FIELDS: Record<string, string> = {
  'V1CustomResourceSubresources.status': `${APIEXTENSIONS}.CustomResourceSubresourceStatus`,
  'V1JSONSchemaProps.additionalItems': `${APIEXTENSIONS}.JSONSchemaPropsOrBool`,
  'V1JSONSchemaProps.additionalProperties': `${APIEXTENSIONS}.JSONSchemaPropsOrBool`,
  'V1JSONSchemaProps.default': `${APIEXTENSIONS}.JSON`,
  'V1JSONSchemaProps.dependencies': `${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`,
  'V1JSONSchemaProps.enum': `${APIEXTENSIONS}.JSON`,
  'V1JSONSchemaProps.example': `${APIEXTENSIONS}.JSON`,
  'V1JSONSchemaProps.items': `${APIEXTENSIONS}.JSONSchemaPropsOrArray`,
  'V1ManagedFieldsEntry.fieldsV1': `${META}.FieldsV1`,
  'V1alpha1StorageVersion.spec': 'io.k8s.api.apiserverinternal.v1alpha1.StorageVersionSpec',
  'V1alpha2PodGroupSchedulingPolicy.basic': 'io.k8s.api.scheduling.v1alpha2.BasicSchedulingPolicy',
};

const EXTENSIONS = ['list-type', 'list-map-keys', 'map-type', 'patch-strategy', 'patch-merge-key', 'unions'];

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** 'core.v1.Pod' of 'io.k8s.api.core.v1.Pod', as the facts name it; unique among all definitions. */
function shortName(definition: string): string {
  return definition.split('.').slice(-3).join('.');
}

export class SchemaBuilder {
  private readonly byModel: ReadonlyMap<string, string>;
  private readonly usedFacts = new Set<string>();

  constructor(
    definitions: readonly Definition[],
    private readonly facts: SchemaFacts,
  ) {
    this.byModel = new Map(definitions.flatMap(({ model, name }) => (model ? [[model, name]] : [])));
  }

  object(definition: Definition, model: Model): Schema {
    const short = shortName(definition.name);
    const properties: Schema = {};
    for (const field of model.fields) properties[field.name] = this.property(definition, short, field);
    const required = model.fields.filter((field) => field.required).map((field) => field.name);
    return {
      type: 'object',
      properties,
      ...(required.length ? { required } : {}),
      ...this.extensions(short, ''),
      ...gvkExtension(definition),
    };
  }

  scalar(definition: Definition): Schema {
    if (definition.name === INT_OR_STRING)
      return { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' };
    if (definition.name === QUANTITY) return { oneOf: [{ type: 'string' }, { type: 'number' }] };
    const [type, format] = definition.scalar!.split(':');
    if (type === 'any') return {};
    return { type, ...(format ? { format } : {}) };
  }

  /** Throws when a fact names what does not exist: it would be silently lost. */
  checkFactsUsed(): void {
    const all = Object.entries(this.facts).flatMap(([file, byName]) =>
      Object.entries(byName as Record<string, object>).flatMap(([name, fields]) =>
        (Array.isArray(fields) ? (fields as string[]) : Object.keys(fields)).map((field) => `${file} ${name}.${field}`),
      ),
    );
    const unused = all.filter((fact) => !this.usedFacts.has(fact));
    if (unused.length) throw new Error(`facts without a field: ${unused.join(', ')}`);
  }

  private property(definition: Definition, short: string, field: ModelField): Schema {
    const schema = this.typeOf(`${definition.model}.${field.name}`, field, this.isQuantity(short, field.name));
    const byDefault = this.fact('defaults', short, field.name);
    return {
      ...schema,
      ...(byDefault === undefined ? {} : { default: byDefault }),
      ...this.extensions(short, field.name),
    };
  }

  private typeOf(path: string, { type, format }: { type: string; format: string }, isQuantity: boolean): Schema {
    const list = /^Array<(.*)>$/.exec(type);
    if (list) return { type: 'array', items: this.typeOf(path, { type: list[1]!, format }, isQuantity) };
    const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
    if (map) return { type: 'object', additionalProperties: this.typeOf(path, { type: map[1]!, format }, isQuantity) };
    if (isQuantity) return ref(QUANTITY);
    if (type === 'any') return ref(ANY_FIELDS[path] ?? RAW);
    if (type === 'Date') return ref(`${META}.Time`);
    if (type === 'V1MicroTime') return ref(`${META}.MicroTime`);
    if (type === 'IntOrString') return ref(INT_OR_STRING);
    if (type === 'number') return { type: format === 'double' ? 'number' : 'integer', format };
    if (type === 'string' || type === 'boolean') return { type, ...(format ? { format } : {}) };
    const target = this.byModel.get(type);
    if (!target) throw new Error(`${path} is a ${type}, which no definition names`);
    return ref(target);
  }

  private isQuantity(short: string, field: string): boolean {
    if (!this.facts.quantities[short]?.includes(field)) return false;
    this.usedFacts.add(`quantities ${short}.${field}`);
    return true;
  }

  private fact(file: 'listTypes' | 'defaults', short: string, field: string): unknown {
    const fields = this.facts[file][short];
    if (!fields || !Object.hasOwn(fields, field)) return undefined;
    this.usedFacts.add(`${file} ${short}.${field}`);
    return fields[field];
  }

  private extensions(short: string, field: string): Schema {
    const facts = this.fact('listTypes', short, field) as Schema | undefined;
    if (!facts) return {};
    const strange = Object.keys(facts).find((key) => !EXTENSIONS.includes(key));
    if (strange) throw new Error(`list-types.json: ${short}.${field} has an unknown extension ${strange}`);
    return Object.fromEntries(Object.entries(facts).map(([key, value]) => [`x-kubernetes-${key}`, value]));
  }
}

function gvkExtension({ gvks }: Definition): Schema {
  return gvks.length === 0 ? {} : { 'x-kubernetes-group-version-kind': gvks };
}
