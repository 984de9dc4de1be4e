/** What `npm run bench -- …` can be told. */
export interface BenchArguments {
  /** Another server than one started here. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** Rows whose name begins with one of these; empty: all. */
  readonly only: readonly string[];
  /** A fifth of the time and size: to see that it runs, not to compare. */
  readonly quick: boolean;
  readonly protocol: 'h2' | 'h1' | 'both';
  readonly secondsPerRow: number;
  readonly sandboxes: number;
  readonly out: string;
}

const USAGE = `npm run bench -- [options]
  --kubeconfig FILE [--context NAME]  measure that server (default: start the built one on an empty directory)
  --only a,b                          rows whose names begin so (start, memory, create, get, patch, list, watch, …)
  --protocol h2|h1|both               HTTP/2 (default), HTTP/1.1 keep-alive, or each row with both
  --seconds N                         time of each row under load (default 5)
  --sandboxes N                       how many the growth row makes (default 1000)
  --quick                             a fifth of everything
  --out DIR                           where the JSON goes (default bench-results)`;

export function parseArguments(argv: readonly string[]): BenchArguments {
  const given = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const option = argv[i]!;
    if (option === '--quick') given.set(option, 'yes');
    else if (option.startsWith('--') && option !== '--help' && argv[i + 1] !== undefined) given.set(option, argv[++i]!);
    else throw new Error(USAGE);
  }
  const protocol = given.get('--protocol') ?? 'h2';
  if (protocol !== 'h2' && protocol !== 'h1' && protocol !== 'both') throw new Error(USAGE);
  const quick = given.has('--quick');
  return {
    kubeconfig: given.get('--kubeconfig'),
    context: given.get('--context'),
    only: given.get('--only')?.split(',') ?? [],
    quick,
    protocol,
    secondsPerRow: Number(given.get('--seconds') ?? (quick ? 1 : 5)),
    sandboxes: Number(given.get('--sandboxes') ?? (quick ? 50 : 1_000)),
    out: given.get('--out') ?? 'bench-results',
  };
}
