import { matchingBlocks } from './matching-lines.js';

/** One piece of an edit: lines from…to of either text; equal ones on both sides, or what went and what came. */
interface Piece {
  readonly equal: boolean;
  readonly a: readonly [from: number, to: number];
  readonly b: readonly [from: number, to: number];
}

/** How many unchanged lines stand around changed ones. */
const CONTEXT = 3;

/**
 * The unified diff of two texts by lines, without names of files; '' when they are equal. Models
 * difflib.GetUnifiedDiffString with a context of 3 lines.
 */
export function lineDiff(a: readonly string[], b: readonly string[]): string {
  let text = '';
  for (const group of grouped(piecesOf(a, b))) {
    const [first, last] = [group[0]!, group.at(-1)!];
    text += `@@ -${rangeText(first.a[0], last.a[1])} +${rangeText(first.b[0], last.b[1])} @@\n`;
    for (const piece of group) {
      const came = b.slice(...piece.b).map((line) => `+${line}\n`);
      const gone = a.slice(...piece.a).map((line) => `${piece.equal ? ' ' : '-'}${line}\n`);
      text += [...gone, ...(piece.equal ? [] : came)].join('');
    }
  }
  return text;
}

function piecesOf(a: readonly string[], b: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  for (const { a: x, b: y, length } of matchingBlocks(a, b)) {
    if (i < x || j < y) pieces.push({ equal: false, a: [i, x], b: [j, y] });
    [i, j] = [x + length, y + length];
    if (length > 0) pieces.push({ equal: true, a: [x, i], b: [y, j] });
  }
  return pieces;
}

/** The changes with their surroundings; what lies further apart than two contexts is another group. */
function grouped(pieces: readonly Piece[]): Piece[][] {
  const groups: Piece[][] = [];
  let group: Piece[] = [];
  for (const [at, piece] of pieces.entries()) {
    if (!piece.equal) {
      group.push(piece);
      continue;
    }
    const { a, b } = piece;
    const length = a[1] - a[0];
    const isFirst = at === 0;
    const isLast = at === pieces.length - 1;
    const head = isFirst ? 0 : Math.min(CONTEXT, length);
    const tail = isLast ? 0 : Math.min(CONTEXT, length);
    if (!isFirst && !isLast && length <= 2 * CONTEXT) {
      group.push(piece);
      continue;
    }
    if (!isFirst) {
      group.push({ equal: true, a: [a[0], a[0] + head], b: [b[0], b[0] + head] });
      groups.push(group);
      group = [];
    }
    if (!isLast) group.push({ equal: true, a: [a[1] - tail, a[1]], b: [b[1] - tail, b[1]] });
  }
  if (group.some(({ equal }) => !equal)) groups.push(group);
  return groups;
}

/** Counted from 1; an empty range names the line before it. */
function rangeText(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return String(from + 1);
  return `${length === 0 ? from : from + 1},${length}`;
}
