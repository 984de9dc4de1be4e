import { apiVersionOf } from '#apimachinery';
import { definitionNameOf, type Kind, type KindCatalog, type Subresource } from '#kinds';
import {
  DELETE_PARAMETERS,
  LIST_PARAMETERS,
  NAMESPACE,
  nameOf,
  type Operation,
  PATCH_PARAMETERS,
  type PathItem,
  PRETTY,
  WRITE_PARAMETERS,
} from './operations.js';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const PATCH_TYPES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

const PATCH_TYPES_WITHOUT_GO = PATCH_TYPES.filter((type) => !type.includes('strategic'));

/** 'rbac.authorization.k8s.io' → 'rbacAuthorization', '' → 'core': how operations and tags name a group. */
function groupWord(group: string): string {
  if (group === '') return 'core';
  const words = group.replace(/\.k8s\.io$/, '').split('.');
  return words.map((word, i) => (i === 0 ? word : capital(word))).join('');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export function tagOf(kind: Kind): string {
  return `${groupWord(kind.group)}_${kind.version}`;
}

export function groupVersionPath(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${apiVersionOf({ group, version })}`;
}

/** Every path of one group version, in alphabetical order. */
export function pathsOf(kinds: KindCatalog, group: string, version: string): PathItem[] {
  const items = kinds.ofGroupVersion({ group, version }).flatMap(pathsOfKind);
  return items.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function pathsOfKind(kind: Kind): PathItem[] {
  const base = groupVersionPath(kind.group, kind.version);
  const scope = kind.namespaced ? `${base}/namespaces/{namespace}` : base;
  const inScope = kind.namespaced ? [NAMESPACE] : [];
  const collection = `${scope}/${kind.resource}`;
  const one = [nameOf(kind.kind), ...inScope, PRETTY];
  const items: PathItem[] = [
    { path: collection, parameters: [...inScope, PRETTY], operations: collectionOperations(kind) },
    { path: `${collection}/{name}`, parameters: one, operations: objectOperations(kind) },
    ...kind.subresources.map((subresource) => ({
      path: `${collection}/{name}/${subresource.name}`,
      parameters: one,
      operations: subresourceOperations(kind, subresource),
    })),
  ];
  if (kind.namespaced && kind.verbs.includes('list')) {
    const everywhere = { ...listOperation(kind), id: `list${words(kind)}${kind.kind}ForAllNamespaces` };
    items.push({ path: `${base}/${kind.resource}`, parameters: [PRETTY], operations: [everywhere] });
  }
  return items.filter((item) => item.operations.length > 0);
}

function words(kind: Kind): string {
  return `${capital(groupWord(kind.group))}${capital(kind.version)}`;
}

function subject(kind: Kind, part = ''): string {
  return `${words(kind)}${kind.namespaced ? 'Namespaced' : ''}${kind.kind}${capital(part)}`;
}

function gvkOf({ group, version, kind }: Kind): Operation['gvk'] {
  return { group, version, kind };
}

function listOperation(kind: Kind): Operation {
  const answer = kind.list?.definition ?? definitionNameOf(kind.group, kind.version, kind.listKind) ?? kind.definition;
  return {
    method: 'get',
    action: 'list',
    id: `list${subject(kind)}`,
    description: `list or watch objects of kind ${kind.kind}`,
    gvk: gvkOf(kind),
    parameters: LIST_PARAMETERS,
    answer,
    codes: [200],
  };
}

function collectionOperations(kind: Kind): Operation[] {
  const operations: Operation[] = [];
  if (kind.verbs.includes('list')) operations.push(listOperation(kind));
  if (kind.verbs.includes('create')) {
    operations.push({
      method: 'post',
      action: 'post',
      id: `create${subject(kind)}`,
      description: `create ${article(kind.kind)}`,
      gvk: gvkOf(kind),
      parameters: WRITE_PARAMETERS,
      body: kind.definition,
      answer: kind.definition,
      codes: [200, 201, 202],
    });
  }
  if (kind.verbs.includes('deletecollection')) {
    operations.push({
      method: 'delete',
      action: 'deletecollection',
      id: `delete${words(kind)}Collection${kind.namespaced ? 'Namespaced' : ''}${kind.kind}`,
      description: `delete collection of ${kind.kind}`,
      gvk: gvkOf(kind),
      parameters: [...LIST_PARAMETERS.filter(({ name }) => name !== 'watch'), ...DELETE_PARAMETERS],
      body: `${META}.DeleteOptions`,
      answer: `${META}.Status`,
      codes: [200],
    });
  }
  return operations;
}

function article(kindName: string): string {
  return `${/^[AEIOU]/.test(kindName) ? 'an' : 'a'} ${kindName}`;
}

function objectOperations(kind: Kind): Operation[] {
  const { definition } = kind;
  const common = { gvk: gvkOf(kind), answer: definition };
  const operations: Operation[] = [];
  if (kind.verbs.includes('get')) operations.push(readOperation(kind, '', definition, common.gvk));
  if (kind.verbs.includes('update')) operations.push(replaceOperation(kind, '', definition, common.gvk));
  if (kind.verbs.includes('patch')) operations.push(patchOperation(kind, '', definition, common.gvk));
  if (kind.verbs.includes('delete')) {
    operations.push({
      ...common,
      method: 'delete',
      action: 'delete',
      id: `delete${subject(kind)}`,
      description: `delete ${article(kind.kind)}`,
      parameters: DELETE_PARAMETERS,
      body: `${META}.DeleteOptions`,
      answer: `${META}.Status`,
      codes: [200, 202],
    });
  }
  return operations;
}

function readOperation(kind: Kind, part: string, answer: string, gvk: Operation['gvk']): Operation {
  const id = `read${subject(kind, part)}`;
  const description = `read ${part === '' ? '' : `${part} of `}the specified ${kind.kind}`;
  return { method: 'get', action: 'get', id, description, gvk, parameters: [], answer, codes: [200] };
}

function replaceOperation(kind: Kind, part: string, body: string, gvk: Operation['gvk']): Operation {
  const id = `replace${subject(kind, part)}`;
  const description = `replace ${part === '' ? '' : `${part} of `}the specified ${kind.kind}`;
  const parameters = WRITE_PARAMETERS;
  return { method: 'put', action: 'put', id, description, gvk, parameters, body, answer: body, codes: [200, 201] };
}

function patchOperation(kind: Kind, part: string, answer: string, gvk: Operation['gvk']): Operation {
  return {
    method: 'patch',
    action: 'patch',
    id: `patch${subject(kind, part)}`,
    description: `partially update ${part === '' ? '' : `${part} of `}the specified ${kind.kind}`,
    gvk,
    parameters: PATCH_PARAMETERS,
    body: `${META}.Patch`,
    // kubectl merges by schema whatever says that it can be.
    bodyTypes: kind.structural && gvk.group === kind.group ? PATCH_TYPES_WITHOUT_GO : PATCH_TYPES,
    answer,
    codes: [200, 201],
  };
}

function subresourceOperations(kind: Kind, subresource: Subresource): Operation[] {
  const part = subresource.name;
  const gvk = subresource.body ?? gvkOf(kind);
  const body = definitionNameOf(gvk.group, gvk.version, gvk.kind) ?? kind.definition;
  const operations: Operation[] = [];
  if (subresource.verbs.includes('get')) operations.push(readOperation(kind, part, body, gvk));
  if (subresource.verbs.includes('update')) operations.push(replaceOperation(kind, part, body, gvk));
  if (subresource.verbs.includes('patch')) operations.push(patchOperation(kind, part, body, gvk));
  if (subresource.verbs.includes('create')) {
    operations.push({
      method: 'post',
      action: 'post',
      id: `create${subject(kind, part)}`,
      description: `create ${part} of ${article(kind.kind)}`,
      gvk,
      parameters: WRITE_PARAMETERS,
      body,
      answer: body,
      codes: [200, 201, 202],
    });
  }
  return operations;
}
