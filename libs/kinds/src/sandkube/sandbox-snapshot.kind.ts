import { dns1123Label, type FieldError, fieldError, deepEqual } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkName, IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { SandboxSnapshot } from './sandkube-objects.js';

const REVISION = /^[1-9][0-9]{0,15}$/;

/** A moment kept: which one is said once. */
export const sandboxSnapshotKind = defineKind<SandboxSnapshot>({
  apiVersion: 'sandkube.dev/v1alpha1',
  resource: 'sandboxsnapshots',
  generation: true,
  table: tableOf<SandboxSnapshot>([column('Sandbox'), column('Status'), column('Revision')], ({ spec, status }) => [
    spec.sandbox,
    status?.phase ?? '',
    status?.revision ?? '',
  ]),
  prepareForCreate(snapshot) {
    snapshot.status = { phase: 'Pending' };
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    checkName(errors, 'spec.sandbox', spec.sandbox, dns1123Label);
    if (spec.revision !== undefined && !REVISION.test(spec.revision)) {
      errors.push(fieldError.invalid('spec.revision', spec.revision, 'must be a resourceVersion'));
    }
    return errors;
  },
  validateUpdate: ({ spec }, old) => (deepEqual(spec, old.spec) ? [] : [fieldError.invalid('spec', spec, IMMUTABLE)]),
});
