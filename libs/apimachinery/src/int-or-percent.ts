import { StatusError } from './status-error.js';

const PERCENT = /^[0-9]+%$/;

/**
 * IntOrString as a count: 3 is 3, '25%' a share of `total`, rounded up or down.
 * Throws 400 with the text of intstr.GetScaledValueFromIntOrPercent (k8s.io/apimachinery, 1.36).
 */
export function intOrPercent(value: number | string, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  if (!PERCENT.test(value)) {
    throw StatusError.badRequest(`invalid value for IntOrString: invalid type: string is not a percentage`);
  }
  const share = (Number(value.slice(0, -1)) * total) / 100;
  return roundUp ? Math.ceil(share) : Math.floor(share);
}
