import { deepCopy, deepEqual, setField } from './deep.js';
import { isJsonObject } from './merge-patch.js';
import type { Json } from './meta.js';
import { StatusError } from './status-error.js';
import { withinStack } from './within-stack.js';

/** Models maxJSONPatchOperations of k8s.io/apiserver (1.36): more answer 413. */
const OPERATIONS_MAX = 10_000;
/** What all `copy` operations may add together, in characters of JSON: copies of copies grow exponentially. */
const COPIED_LENGTH_MAX = 3 * 1024 * 1024;
/** What inserts and removals may move in arrays together, in elements; no honest patch comes near. */
const MOVED_ELEMENTS_MAX = 20_000_000;

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/**
 * RFC 6902. `doc` is not changed and the result shares nothing with it. Throws as upstream answers:
 * 400 for what is no patch, 413 for too many operations, 422 when a path or a test fails.
 */
export function applyJsonPatch(doc: Json, ops: unknown, limit = OPERATIONS_MAX): Json {
  const operations = operationsOf(ops);
  if (operations.length > limit) {
    throw StatusError.tooLarge(`The allowed maximum operations in a JSON patch is ${limit}, got ${operations.length}`);
  }
  return withinStack(() => {
    const patching = new Patching(deepCopy(doc));
    for (const operation of operations) patching.apply(operation);
    return patching.root;
  });
}

/** The answer to a patch whose path or test fails: upstream keeps the reason to itself. */
export function failedPatch(): StatusError {
  return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

function operationsOf(ops: unknown): Operation[] {
  if (!Array.isArray(ops)) {
    const shape = isJsonObject(ops) ? 'object' : typeof ops;
    throw StatusError.badRequest(`json: cannot unmarshal ${shape} into Go value of type jsonpatch.Patch`);
  }
  return ops.map((operation: unknown) => {
    if (!isJsonObject(operation)) {
      throw StatusError.badRequest('json: cannot unmarshal non-object into Go value of type jsonpatch.Operation');
    }
    const { op, path, from } = operation;
    if (typeof op !== 'string' || typeof path !== 'string') throw failedPatch();
    if (from !== undefined && typeof from !== 'string') throw failedPatch();
    return operation as unknown as Operation;
  });
}

/** '/a~1b/0' → ['a/b', '0']; '' is the whole document. */
function segmentsOf(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw failedPatch();
  return path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const INDEX = /^(0|-?[1-9][0-9]{0,9})$/;

/** The place in an array; negative ones count from the end, as upstream's library allows. `end` is the last place allowed. */
function indexOf(segment: string, length: number, end: number): number {
  if (!INDEX.test(segment)) throw failedPatch();
  const index = Number(segment);
  const place = index < 0 ? index + length : index;
  if (place < 0 || place > end) throw failedPatch();
  return place;
}

/** One patch under way: the document, which is ours to change, and what the patch may still cost. */
class Patching {
  private copiedLength = 0;
  private movedElements = 0;

  constructor(public root: Json) {}

  apply({ op, path, from, value }: Operation): void {
    switch (op) {
      case 'add':
        return this.add(path, deepCopy(given(value)));
      case 'remove':
        return void this.remove(path);
      case 'replace':
        return this.replace(path, deepCopy(given(value)));
      case 'move':
        if (from === undefined || path.startsWith(`${from}/`)) throw failedPatch();
        return this.add(path, this.remove(from));
      case 'copy':
        return this.add(path, this.copyOf(from));
      case 'test':
        // An absent field equals null, as upstream's library has it.
        if (!deepEqual(this.find(path) ?? null, value ?? null)) throw failedPatch();
        return;
      default:
        throw failedPatch();
    }
  }

  private copyOf(from: string | undefined): Json {
    const source = from === undefined ? undefined : this.find(from);
    if (source === undefined) throw failedPatch();
    this.copiedLength += JSON.stringify(source).length;
    if (this.copiedLength > COPIED_LENGTH_MAX) throw failedPatch();
    return deepCopy(source);
  }

  private find(path: string): Json | undefined {
    let here: Json | undefined = this.root;
    for (const segment of segmentsOf(path)) {
      if (here === undefined) throw failedPatch();
      here = child(here, segment);
    }
    return here;
  }

  private parentOf(path: string): { parent: Json; last: string } {
    const segments = segmentsOf(path);
    const last = segments.pop()!;
    let parent: Json | undefined = this.root;
    for (const segment of segments) {
      parent = child(parent, segment);
      if (parent === undefined) throw failedPatch();
    }
    return { parent, last };
  }

  private add(path: string, value: Json): void {
    if (path === '') {
      this.root = value;
      return;
    }
    const { parent, last } = this.parentOf(path);
    if (Array.isArray(parent)) {
      const place = last === '-' ? parent.length : indexOf(last, parent.length + 1, parent.length);
      this.moves(parent.length - place);
      parent.splice(place, 0, value);
    } else if (isJsonObject(parent)) setField(parent, last, value);
    else throw failedPatch();
  }

  private replace(path: string, value: Json): void {
    if (path === '') {
      this.root = value;
      return;
    }
    const { parent, last } = this.parentOf(path);
    if (Array.isArray(parent)) parent[indexOf(last, parent.length, parent.length - 1)] = value;
    else if (isJsonObject(parent) && Object.hasOwn(parent, last)) setField(parent, last, value);
    else throw failedPatch();
  }

  private remove(path: string): Json {
    if (path === '') throw failedPatch();
    const { parent, last } = this.parentOf(path);
    if (Array.isArray(parent)) {
      const place = indexOf(last, parent.length, parent.length - 1);
      this.moves(parent.length - place);
      return parent.splice(place, 1)[0]!;
    }
    if (!isJsonObject(parent) || !Object.hasOwn(parent, last)) throw failedPatch();
    const removed = parent[last]!;
    delete parent[last];
    return removed;
  }

  private moves(elements: number): void {
    this.movedElements += elements;
    if (this.movedElements > MOVED_ELEMENTS_MAX) throw failedPatch();
  }
}

function given(value: Json | undefined): Json {
  if (value === undefined) throw failedPatch();
  return value;
}

function child(parent: Json, segment: string): Json | undefined {
  if (Array.isArray(parent)) return parent[indexOf(segment, parent.length, parent.length - 1)];
  if (!isJsonObject(parent)) throw failedPatch();
  return Object.hasOwn(parent, segment) ? parent[segment] : undefined;
}
