import { type FieldError, fieldError } from '#apimachinery';
import { checkRange } from '../field-rules.js';
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '../generated/types.js';

/** How much a level may have under way. Models ValidatePriorityLevelConfigurationSpec (1.36). */

const EXEMPT = 'exempt';
const QUEUES_MAX = 10_000_000;
/** Of a flow's hash, from which its queues are dealt. */
const HASH_BITS_MAX = 60;
const NOT_NEGATIVE = 'must be a non-negative integer';

export function checkLevel(errors: FieldError[], name: string, spec: PriorityLevelConfigurationSpec): void {
  const { type = '', exempt, limited } = spec;
  if ((name === EXEMPT) !== (type === 'Exempt')) {
    const why = "type must be 'Exempt' if and only if name is 'exempt'";
    errors.push(fieldError.invalid('spec.type', type, why));
  }
  if (type === 'Exempt') {
    if (limited) errors.push(fieldError.forbidden('spec.limited', 'must be nil if the type is not Limited'));
    if (exempt) checkExempt(errors, exempt);
  } else if (type === 'Limited') {
    if (exempt) errors.push(fieldError.forbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (limited) checkLimited(errors, limited);
    else errors.push(fieldError.required('spec.limited', 'must not be empty when type is Limited'));
  } else {
    errors.push(fieldError.notSupported('spec.type', type, ['Exempt', 'Limited']));
  }
}

function checkExempt(errors: FieldError[], exempt: ExemptPriorityLevelConfiguration): void {
  const { nominalConcurrencyShares: shares = 0, lendablePercent = 0 } = exempt;
  if (shares < 0) errors.push(fieldError.invalid('spec.exempt.nominalConcurrencyShares', shares, NOT_NEGATIVE));
  checkRange(errors, 'spec.exempt.lendablePercent', lendablePercent, 0, 100);
}

function checkLimited(errors: FieldError[], limited: LimitedPriorityLevelConfiguration): void {
  const at = 'spec.limited';
  const { nominalConcurrencyShares: shares = 0, lendablePercent = 0, borrowingLimitPercent = 0 } = limited;
  if (shares < 0) errors.push(fieldError.invalid(`${at}.nominalConcurrencyShares`, shares, NOT_NEGATIVE));
  checkResponse(errors, `${at}.limitResponse`, limited.limitResponse);
  checkRange(errors, `${at}.lendablePercent`, lendablePercent, 0, 100);
  if (borrowingLimitPercent < 0) {
    const why = `if specified, ${NOT_NEGATIVE}`;
    errors.push(fieldError.invalid(`${at}.borrowingLimitPercent`, borrowingLimitPercent, why));
  }
}

function checkResponse(errors: FieldError[], at: string, { type = '', queuing }: Partial<LimitResponse> = {}): void {
  if (type === 'Reject') {
    if (!queuing) return;
    const why = 'must be nil if limited.limitResponse.type is not Limited';
    errors.push(fieldError.forbidden(`${at}.queuing`, why));
  } else if (type === 'Queue') {
    if (queuing) return checkQueuing(errors, `${at}.queuing`, queuing);
    const why = 'must not be empty if limited.limitResponse.type is Limited';
    errors.push(fieldError.required(`${at}.queuing`, why));
  } else {
    errors.push(fieldError.notSupported(`${at}.type`, type, ['Queue', 'Reject']));
  }
}

function checkQueuing(errors: FieldError[], at: string, queuing: QueuingConfiguration): void {
  const { queueLengthLimit = 0, queues = 0, handSize = 0 } = queuing;
  const wrong = (name: string, value: number, why: string) =>
    errors.push(fieldError.invalid(`${at}.${name}`, value, why));
  if (queueLengthLimit <= 0) wrong('queueLengthLimit', queueLengthLimit, 'must be positive');
  if (queues <= 0) wrong('queues', queues, 'must be positive');
  else if (queues > QUEUES_MAX) wrong('queues', queues, `must not be greater than ${QUEUES_MAX}`);
  if (handSize <= 0) wrong('handSize', handSize, 'must be positive');
  else if (handSize > queues) wrong('handSize', handSize, `should not be greater than queues (${queues})`);
  else if (Math.ceil(Math.log2(queues) * handSize) > HASH_BITS_MAX) {
    const needed = `required entropy bits of deckSize ${queues} and handSize ${handSize}`;
    wrong('handSize', handSize, `${needed} should not be greater than ${HASH_BITS_MAX}`);
  }
}
