/** Lines `a`…`a + length` of one text are the lines `b`…`b + length` of the other. */
export interface MatchingBlock {
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

/** What a comparison may cost, so that a hostile text stalls nobody; an ordinary pod takes some thousands. */
const STEPS_MAX = 2_000_000;
/** In texts of this length lines that come up too often (one in a hundred) start no block. */
const POPULAR_FROM = 200;

/**
 * The blocks that two texts have in common, in order, closed by an empty one at the ends of both. Models difflib's
 * SequenceMatcher as go-difflib ports it: the longest block first, of equally long ones the earliest, then the same to its
 * left and to its right. Differs: beyond a number of steps what is left counts as different.
 */
export function matchingBlocks(a: readonly string[], b: readonly string[]): MatchingBlock[] {
  const places = placesOf(b);
  const blocks: MatchingBlock[] = [];
  let steps = 0;

  const longest = (aFrom: number, aTo: number, bFrom: number, bTo: number): MatchingBlock => {
    let best: MatchingBlock = { a: aFrom, b: bFrom, length: 0 };
    // How long a common run ends at each line of b, for the line of a before.
    let runs = new Map<number, number>();
    for (let i = aFrom; i < aTo && steps < STEPS_MAX; i++) {
      const next = new Map<number, number>();
      for (const j of places.get(a[i]!) ?? []) {
        steps++;
        if (j < bFrom) continue;
        if (j >= bTo) break;
        const length = (runs.get(j - 1) ?? 0) + 1;
        next.set(j, length);
        if (length > best.length) best = { a: i - length + 1, b: j - length + 1, length };
      }
      runs = next;
    }
    let { a: i, b: j, length } = best;
    while (i > aFrom && j > bFrom && a[i - 1] === b[j - 1]) [i, j, length] = [i - 1, j - 1, length + 1];
    while (i + length < aTo && j + length < bTo && a[i + length] === b[j + length]) length++;
    return { a: i, b: j, length };
  };

  const todo: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let range = todo.pop(); range; range = todo.pop()) {
    const [aFrom, aTo, bFrom, bTo] = range;
    if (aFrom === aTo || bFrom === bTo) continue;
    const block = longest(aFrom, aTo, bFrom, bTo);
    if (block.length === 0) continue;
    blocks.push(block);
    todo.push([aFrom, block.a, bFrom, block.b], [block.a + block.length, aTo, block.b + block.length, bTo]);
  }
  return [...joined(blocks.toSorted((x, y) => x.a - y.a)), { a: a.length, b: b.length, length: 0 }];
}

function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [i, line] of lines.entries()) {
    const known = places.get(line);
    if (known) known.push(i);
    else places.set(line, [i]);
  }
  if (lines.length < POPULAR_FROM) return places;
  const max = Math.floor(lines.length / 100) + 1;
  for (const [line, at] of places) if (at.length > max) places.delete(line);
  return places;
}

/** Blocks that touch in both texts are one. */
function joined(blocks: readonly MatchingBlock[]): MatchingBlock[] {
  const all: MatchingBlock[] = [];
  for (const block of blocks) {
    const last = all.at(-1);
    if (last && last.a + last.length === block.a && last.b + last.length === block.b) {
      all[all.length - 1] = { ...last, length: last.length + block.length };
    } else all.push(block);
  }
  return all;
}
