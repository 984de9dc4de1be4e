/** Where something stands: lines from 1, columns from 0 in characters. */
export interface Location {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with the text as a whole has no place; upstream prints it so. */
const NOWHERE: Location = { line: -1, column: -1 };
/** cel-go reports no more. */
const ISSUES_MAX = 100;

interface Issue {
  readonly location: Location;
  readonly message: string;
}

/** The text of an expression, and what was found wrong with it. Models cel-go common.Source and common.Errors. */
export class CelSource {
  private readonly issues: Issue[] = [];
  private lineStarts: number[] | undefined;

  constructor(readonly text: string) {}

  /** At an index into the text; undefined: nowhere. */
  report(index: number | undefined, message: string): void {
    if (this.issues.length >= ISSUES_MAX) return;
    this.issues.push({ location: index === undefined ? NOWHERE : this.locationOf(index), message });
  }

  get hasIssues(): boolean {
    return this.issues.length > 0;
  }

  /** All issues by their place, each with its line of the source and a caret below. */
  describe(): string {
    const sorted = [...this.issues].sort(
      (a, b) => a.location.line - b.location.line || a.location.column - b.location.column,
    );
    return sorted.map((issue) => this.shown(issue)).join('\n');
  }

  private locationOf(index: number): Location {
    const starts = this.starts();
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: [...this.text.slice(starts[low], index)].length };
  }

  private starts(): number[] {
    if (!this.lineStarts) {
      this.lineStarts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1))
        this.lineStarts.push(at + 1);
    }
    return this.lineStarts;
  }

  private shown({ location: { line, column }, message }: Issue): string {
    const head = `ERROR: <input>:${line}:${column + 1}: ${message}`;
    if (line < 1) return head;
    const start = this.starts()[line - 1]!;
    const end = this.text.indexOf('\n', start);
    const text = this.text.slice(start, end < 0 ? undefined : end).replaceAll('\t', ' ');
    const characters = [...text];
    // Characters that are more than a byte long get dots and carets of double width.
    const dots = characters.slice(0, Math.max(column, 0)).map((character) => (character > '\x7f' ? '．' : '.'));
    const caret = (characters[column] ?? '') > '\x7f' ? '＾' : '^';
    return `${head}\n | ${text}\n | ${dots.join('')}${caret}`;
  }
}
