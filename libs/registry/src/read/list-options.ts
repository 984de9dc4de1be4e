import { type FieldError, fieldError, StatusError } from '#apimachinery';
import type { ListRequest, WatchRequest } from '../request.js';

const NOT_OLDER_THAN = 'NotOlderThan';
const EXACT = 'Exact';

/** Models ValidateListOptions of k8s.io/apimachinery/pkg/apis/meta/internalversion/validation (1.36). */
export function checkListOptions(request: ListRequest): void {
  const { resourceVersion = '', resourceVersionMatch: match = '', continue: token = '' } = request;
  const errors: FieldError[] = [];
  const forbid = (why: string) => errors.push(fieldError.forbidden('resourceVersionMatch', why));
  if (match !== '') {
    if (resourceVersion === '') forbid('resourceVersionMatch is forbidden unless resourceVersion is provided');
    if (token !== '') forbid('resourceVersionMatch is forbidden when continue is provided');
    if (match !== EXACT && match !== NOT_OLDER_THAN) {
      errors.push(fieldError.notSupported('resourceVersionMatch', match, [EXACT, NOT_OLDER_THAN, '']));
    }
    if (match === EXACT && resourceVersion === '0') {
      forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    }
  }
  if (request.sendInitialEvents !== undefined) {
    errors.push(fieldError.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  refuse(errors);
}

/** The same for watches. */
export function checkWatchOptions(request: WatchRequest): void {
  const { resourceVersionMatch: match = '', sendInitialEvents } = request;
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined && match !== NOT_OLDER_THAN) {
    errors.push(
      fieldError.forbidden(
        'resourceVersionMatch',
        `sendInitialEvents requires setting resourceVersionMatch to ${NOT_OLDER_THAN}`,
      ),
    );
  }
  if (match !== '') {
    if (sendInitialEvents === undefined) {
      errors.push(
        fieldError.forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
        ),
      );
    }
    if (match !== NOT_OLDER_THAN) {
      errors.push(fieldError.notSupported('resourceVersionMatch', match, [NOT_OLDER_THAN]));
    }
  }
  refuse(errors);
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw StatusError.invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}
