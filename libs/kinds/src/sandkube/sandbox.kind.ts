import { dns1123Label, type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { Sandbox, SandboxSpec } from './sandkube-objects.js';

/** Held until everything of the sandbox is gone, so that its name is free only when its data is. */
export const PURGE_FINALIZER = 'sandkube.dev/purge';

const DEFAULT_TEMPLATE = 'starter';
const RATE = /^[0-9]{1,6}(\.[0-9]{1,6})?$/;

/** Bounded, because every request is held against them; which names there are is not known here. */
const PLUGINS_MAX = 64;
const PLUGIN_NAME = /^[A-Z][A-Za-z]{0,62}$/;

function pluginErrors(admission: SandboxSpec['admission']): FieldError[] {
  return (['enable', 'disable'] as const).flatMap((list) => {
    const names = admission?.[list] ?? [];
    const field = `spec.admission.${list}`;
    if (names.length > PLUGINS_MAX) return [fieldError.tooMany(field, names.length, PLUGINS_MAX)];
    return names.flatMap((name, index) =>
      PLUGIN_NAME.test(name)
        ? []
        : [
            fieldError.invalid(
              `${field}[${index}]`,
              name,
              "must be the name of an admission plugin (e.g. 'AlwaysPullImages')",
            ),
          ],
    );
  });
}

/** A cluster of one's own. What was chosen at its birth stays; the clock may change. */
export const sandboxKind = defineKind<Sandbox>({
  apiVersion: 'sandkube.dev/v1alpha1',
  resource: 'sandboxes',
  generation: true,
  table: tableOf<Sandbox>([column('Template'), column('Status'), column('URL')], ({ metadata, spec, status }) => [
    spec?.template ?? '',
    metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    status?.url ?? '',
  ]),
  applyDefaults(sandbox) {
    sandbox.spec = { ...sandbox.spec, template: sandbox.spec?.template || DEFAULT_TEMPLATE };
  },
  prepareForCreate(sandbox) {
    sandbox.status = { phase: 'Pending' };
    // From its first revision on: there is no moment at which a deletion would leave its data behind.
    const finalizers = sandbox.metadata.finalizers ?? [];
    if (!finalizers.includes(PURGE_FINALIZER)) sandbox.metadata.finalizers = [...finalizers, PURGE_FINALIZER];
  },
  prepareForUpdate(sandbox, old) {
    sandbox.status = old.status ?? {};
  },
  // Its name is part of addresses.
  validateName: (name) => dns1123Label(name),
  validate({ spec }) {
    const rate = spec?.clock?.rate;
    const errors = pluginErrors(spec?.admission);
    if (rate === undefined || (RATE.test(rate) && Number(rate) > 0)) return errors;
    return [
      ...errors,
      fieldError.invalid(
        'spec.clock.rate',
        rate,
        "must be a decimal number greater than 0 (e.g. '1',  or '0.5',  or '60')",
      ),
    ];
  },
  validateUpdate({ spec }, old) {
    const errors: FieldError[] = [];
    for (const name of ['template', 'seed'] as const) {
      if (spec?.[name] !== old.spec?.[name])
        errors.push(fieldError.invalid(`spec.${name}`, spec?.[name] ?? null, IMMUTABLE));
    }
    return errors;
  },
  selectableFields: ({ spec, status }) => ({
    'spec.template': spec?.template ?? '',
    'status.phase': status?.phase ?? '',
  }),
});
