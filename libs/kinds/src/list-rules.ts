import { type FieldError, fieldError } from '#apimachinery';

type CheckItem<T> = (errors: FieldError[], at: string, item: T) => void;

/** What is beyond `max` is not looked into. Models validateSlice of pkg/apis/resource/validation (1.36). */
export function checkItems<T>(
  errors: FieldError[],
  field: string,
  items: readonly T[] = [],
  max: number,
  check: CheckItem<T>,
): boolean {
  if (items.length > max) {
    errors.push(fieldError.tooMany(field, items.length, max));
    return false;
  }
  for (const [i, item] of items.entries()) check(errors, `${field}[${i}]`, item);
  return true;
}

/** The same, each key once. Models validateSet. */
export function checkSet<T>(
  errors: FieldError[],
  field: string,
  items: readonly T[] = [],
  max: number,
  check: CheckItem<T>,
  keyOf: (item: T) => string,
): void {
  if (!checkItems(errors, field, items, max, check)) return;
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const key = keyOf(item);
    if (seen.has(key)) errors.push(fieldError.duplicate(`${field}[${i}]`, key));
    seen.add(key);
  }
}

const KEY_LENGTH_MIN = 16;

/** A key as paths show it: a long one without its middle. Models truncateIfTooLong. */
function shownKey(key: string, lengthMax: number): string {
  const max = Math.max(lengthMax, KEY_LENGTH_MIN);
  if (key.length <= max) return key;
  const left = max - '...'.length;
  return `${key.slice(0, Math.floor((left + 1) / 2))}...${key.slice(key.length - Math.floor(left / 2))}`;
}

export interface MapLimits {
  readonly entriesMax: number;
  readonly keyLengthMax: number;
}

/** Wrong keys are said of the map itself. Models validateMap. */
export function checkMap<T>(
  errors: FieldError[],
  field: string,
  map: Readonly<Record<string, T>> = {},
  { entriesMax, keyLengthMax }: MapLimits,
  checkKey: (errors: FieldError[], field: string, key: string) => void,
  checkValue: CheckItem<T> = () => {},
): void {
  const entries = Object.entries(map);
  if (entries.length > entriesMax) return void errors.push(fieldError.tooMany(field, entries.length, entriesMax));
  for (const [key, value] of entries) {
    checkKey(errors, field, key);
    checkValue(errors, `${field}[${shownKey(key, keyLengthMax)}]`, value);
  }
}
