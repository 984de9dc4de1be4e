import { stringEnd } from './json-syntax.js';

/** More are not listed: the list goes into warnings. */
const DUPLICATES_MAX = 100;
/** Up to here a scan of the keys seen is quicker than a Set. */
const KEYS_SCANNED_MAX = 16;

/** An object or array that is open at this place of the text. */
interface Frame {
  /** The field whose value is being read; of an array, the item's number. */
  at: string | number;
  readonly seen: string[];
  seenSet: Set<string> | undefined;
}

/**
 * Paths of keys that an object has more than once: 'spec.containers[0].name'; each repeat counts.
 * One pass over `text`, which JSON.parse has accepted: a string is a key when a colon follows it.
 */
export function duplicateFields(text: string): string[] {
  const duplicates: string[] = [];
  const frames: Frame[] = [];
  let frame: Frame | undefined;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = stringEnd(text, at);
        if (isKeyEnd(text, end + 1) && frame) {
          const raw = text.slice(at + 1, end);
          frame.at = raw.includes('\\') ? (JSON.parse(text.slice(at, end + 1)) as string) : raw;
          if (!remember(frame, frame.at) && duplicates.length < DUPLICATES_MAX) duplicates.push(pathOf(frames));
        }
        at = end;
        break;
      }
      case 0x7b: // {
        frames.push((frame = { at: '', seen: [], seenSet: undefined }));
        break;
      case 0x5b: // [
        frames.push((frame = { at: 0, seen: [], seenSet: undefined }));
        break;
      case 0x7d: // }
      case 0x5d: // ]
        frames.pop();
        frame = frames.at(-1);
        break;
      case 0x2c: // ,
        if (typeof frame?.at === 'number') frame.at++;
    }
  }
  return duplicates;
}

function isKeyEnd(text: string, from: number): boolean {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === 0x3a;
}

/** False when the frame had the key already. */
function remember(frame: Frame, key: string): boolean {
  if (frame.seenSet === undefined) {
    if (frame.seen.includes(key)) return false;
    frame.seen.push(key);
    if (frame.seen.length > KEYS_SCANNED_MAX) frame.seenSet = new Set(frame.seen);
    return true;
  }
  if (frame.seenSet.has(key)) return false;
  frame.seenSet.add(key);
  return true;
}

function pathOf(frames: readonly Frame[]): string {
  let path = '';
  for (const { at } of frames) path += typeof at === 'number' ? `[${at}]` : path === '' ? at : `.${at}`;
  return path;
}
