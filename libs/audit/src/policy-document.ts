import {
  decodeBody,
  dns1123Subdomain,
  type FieldError,
  fieldError,
  isJsonObject,
  type Json,
  StatusError,
} from '#apimachinery';
import {
  type AuditLevel,
  type AuditPolicy,
  type AuditStage,
  type GroupResources,
  LEVELS,
  type PolicyRule,
  STAGES,
} from './policy.js';

const GROUP_VERSION = 'audit.k8s.io/v1';
/** More than any policy has; each request may look at all of them. */
const RULES_MAX = 1_000;

export type ParsedPolicy = { readonly policy: AuditPolicy } | { readonly errors: readonly FieldError[] };

/**
 * An audit.k8s.io/v1 Policy in YAML or JSON. Errors are those of upstream, below `at`. Models audit/policy/reader.go and
 * audit/validation (1.36). Differs: a policy is validated when it is written, not when a server starts, so its errors come
 * to whoever wrote it; the versions before v1, which upstream reads no more, are refused by name.
 */
export function parsePolicy(text: string, at = ''): ParsedPolicy {
  let value: Json;
  try {
    ({ value } = decodeBody(Buffer.from(text), 'yaml', 'Policy'));
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { errors: [fieldError.invalid(at, shown(text), `failed decoding: ${error.message}`)] };
  }
  const { apiVersion, kind } = isJsonObject(value) ? value : {};
  if (!isJsonObject(value) || apiVersion !== GROUP_VERSION || kind !== 'Policy') {
    const found = `${textOf(apiVersion)}, Kind=${textOf(kind)}`;
    return { errors: [fieldError.invalid(at, shown(text), `unknown group version field ${found} in policy`)] };
  }
  const reader = new DocumentReader();
  const policy = reader.policy(value, at);
  if (reader.errors.length === 0 && policy.rules.length === 0) {
    reader.errors.push(fieldError.invalid(at, shown(text), 'loaded illegal policy with 0 rules'));
  }
  return reader.errors.length > 0 ? { errors: reader.errors } : { policy };
}

/** Text as it is, anything else as JSON; nothing as ''. */
function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shown(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}

type JsonObject = { [key: string]: Json };

/** Reads what it can and gathers what is wrong. */
class DocumentReader {
  readonly errors: FieldError[] = [];

  policy(value: JsonObject, at: string): AuditPolicy {
    const omitStages = this.stages(value, at);
    const omitManagedFields = this.flag(value, 'omitManagedFields', at) ?? false;
    const rules = this.list(value, 'rules', at);
    if (rules.length > RULES_MAX) {
      this.errors.push(fieldError.invalid(path(at, 'rules'), rules.length, `must have at most ${RULES_MAX} items`));
      return { rules: [] };
    }
    return {
      rules: rules.map((rule, i) => this.rule(rule, `${path(at, 'rules')}[${i}]`, omitStages, omitManagedFields)),
    };
  }

  private rule(value: Json, at: string, omitStages: readonly AuditStage[], omitManagedFields: boolean): PolicyRule {
    const rule = isJsonObject(value) ? value : {};
    const level = this.level(rule, at);
    const nonResourceURLs = this.urls(rule, at);
    const resources = this.list(rule, 'resources', at).map((one) => this.groupResources(one, path(at, 'resources')));
    const ownStages = this.stages(rule, at);
    const namespaces = this.texts(rule, 'namespaces', at);
    if (nonResourceURLs.length > 0 && (resources.length > 0 || namespaces.length > 0)) {
      const why = 'rules cannot apply to both regular resources and non-resource URLs';
      this.errors.push(fieldError.invalid(path(at, 'nonResourceURLs'), nonResourceURLs, why));
    }
    return {
      level,
      nonResourceURLs,
      resources,
      namespaces,
      users: this.texts(rule, 'users', at),
      userGroups: this.texts(rule, 'userGroups', at),
      verbs: this.texts(rule, 'verbs', at),
      omitStages: new Set([...omitStages, ...ownStages]),
      omitManagedFields: this.flag(rule, 'omitManagedFields', at) ?? omitManagedFields,
    };
  }

  private level(rule: JsonObject, at: string): AuditLevel {
    const asked = own(rule, 'level') ?? '';
    const known = LEVELS.find((level) => level === asked);
    if (asked === '') this.errors.push(fieldError.required(path(at, 'level'), ''));
    else if (!known) this.errors.push(fieldError.notSupported(path(at, 'level'), textOf(asked), [...LEVELS]));
    return known ?? 'None';
  }

  private stages(value: JsonObject, at: string): AuditStage[] {
    const asked = this.texts(value, 'omitStages', at);
    return asked.flatMap((text, i) => {
      const stage = STAGES.find((one) => one === text);
      if (stage) return [stage];
      const why = `allowed stages are ${STAGES.join(',')}`;
      this.errors.push(fieldError.invalid(`${path(at, 'omitStages')}[${i}]`, text, why));
      return [];
    });
  }

  private urls(rule: JsonObject, at: string): string[] {
    const urls = this.texts(rule, 'nonResourceURLs', at);
    urls.forEach((url, i) => {
      if (url === '*') return;
      const place = `${path(at, 'nonResourceURLs')}[${i}]`;
      if (!url.startsWith('/')) {
        this.errors.push(fieldError.invalid(place, url, "non-resource URL rules must begin with a '/' character"));
      }
      if (url.slice(0, -1).includes('*')) {
        const why = "non-resource URL wildcards '*' must be the final character of the rule";
        this.errors.push(fieldError.invalid(place, url, why));
      }
    });
    return urls;
  }

  private groupResources(value: Json, at: string): GroupResources {
    const given = isJsonObject(value) ? value : {};
    const group = textOf(own(given, 'group'));
    const resources = this.texts(given, 'resources', at);
    const resourceNames = this.texts(given, 'resourceNames', at);
    const wrong = group === '' ? [] : dns1123Subdomain(group);
    if (wrong.length > 0) this.errors.push(fieldError.invalid(path(at, 'group'), group, wrong.join(',')));
    if (resourceNames.length > 0 && resources.length === 0) {
      const why = 'using resourceNames requires at least one resource';
      this.errors.push(fieldError.invalid(path(at, 'resourceNames'), resourceNames, why));
    }
    return { group, resources, resourceNames };
  }

  private flag(value: JsonObject, key: string, at: string): boolean | undefined {
    const given = own(value, key);
    if (given === undefined || typeof given === 'boolean') return given;
    this.wrongType(at, key, given, 'a boolean');
    return undefined;
  }

  private list(value: JsonObject, key: string, at: string): Json[] {
    const given = own(value, key);
    if (given === undefined) return [];
    if (Array.isArray(given)) return given;
    this.wrongType(at, key, given, 'a list');
    return [];
  }

  private texts(value: JsonObject, key: string, at: string): string[] {
    const given = this.list(value, key, at);
    const texts = given.filter((one) => typeof one === 'string');
    if (texts.length < given.length) this.wrongType(at, key, given, 'a list of strings');
    return texts;
  }

  private wrongType(at: string, key: string, given: Json, wanted: string): void {
    this.errors.push(fieldError.invalid(path(at, key), given, `must be ${wanted}`));
  }
}

function own(object: JsonObject, key: string): Exclude<Json, null> | undefined {
  return Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined;
}

function path(at: string, key: string): string {
  return at === '' ? key : `${at}.${key}`;
}
