/** Upper bounds in seconds; the last bucket is +Inf. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** Series of one set of metrics: resources come from the catalog, and CRDs can make many. Further ones share one series. */
const SERIES_MAX = 1_000;

interface Series {
  readonly verb: string;
  readonly groupResource: string;
  /** Status code → how many. */
  readonly codes: Map<number, number>;
  readonly buckets: Float64Array;
  sumSeconds: number;
  count: number;
}

/**
 * Counts and durations of requests by verb, resource and code: never by anything that a client can invent
 * (CVE-2020-8552). Two lookups and a few additions a request.
 */
export class RequestMetrics {
  private readonly byResource = new Map<string, Map<string, Series>>();
  private seriesCount = 0;

  record(verb: string, groupResource: string, code: number, durationMs: number): void {
    const series = this.seriesOf(verb, groupResource);
    series.codes.set(code, (series.codes.get(code) ?? 0) + 1);
    const seconds = durationMs / 1_000;
    series.sumSeconds += seconds;
    series.count++;
    let bucket = 0;
    while (bucket < BUCKETS_SECONDS.length && seconds > BUCKETS_SECONDS[bucket]!) bucket++;
    series.buckets[bucket]!++;
  }

  private seriesOf(verb: string, groupResource: string): Series {
    let verbs = this.byResource.get(groupResource);
    const known = verbs?.get(verb);
    if (known) return known;
    if (this.seriesCount >= SERIES_MAX && groupResource !== 'other') return this.seriesOf('other', 'other');
    if (!verbs) this.byResource.set(groupResource, (verbs = new Map<string, Series>()));
    const buckets = new Float64Array(BUCKETS_SECONDS.length + 1);
    const series: Series = { verb, groupResource, codes: new Map(), buckets, sumSeconds: 0, count: 0 };
    verbs.set(verb, series);
    this.seriesCount++;
    return series;
  }

  /** Prometheus text, format 0.0.4. Names as kube-apiserver's. */
  text(): string {
    const all = [...this.byResource.values()].flatMap((verbs) => [...verbs.values()]);
    let text = heading('apiserver_request_total', 'counter', 'Requests by verb, resource and status code.');
    for (const series of all) {
      for (const [code, count] of series.codes) {
        text += `apiserver_request_total{${labels(series)},code="${code}"} ${count}\n`;
      }
    }
    text += heading(
      'apiserver_request_duration_seconds',
      'histogram',
      'Time from the request line to the end of the answer.',
    );
    for (const series of all) text += histogram('apiserver_request_duration_seconds', series);
    return text;
  }
}

function heading(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function labels({ verb, groupResource }: Series): string {
  const dot = groupResource.indexOf('.');
  const resource = dot === -1 ? groupResource : groupResource.slice(0, dot);
  const group = dot === -1 ? '' : groupResource.slice(dot + 1);
  return `verb="${verb.toUpperCase()}",group="${group}",resource="${resource}"`;
}

function histogram(name: string, series: Series): string {
  let text = '';
  let cumulative = 0;
  for (let i = 0; i <= BUCKETS_SECONDS.length; i++) {
    cumulative += series.buckets[i]!;
    const bound = i === BUCKETS_SECONDS.length ? '+Inf' : BUCKETS_SECONDS[i];
    text += `${name}_bucket{${labels(series)},le="${bound}"} ${cumulative}\n`;
  }
  return `${text}${name}_sum{${labels(series)}} ${series.sumSeconds}\n${name}_count{${labels(series)}} ${series.count}\n`;
}

/** A number as it is now. */
export function gauge(name: string, help: string, value: number): string {
  return `${heading(name, 'gauge', help)}${name} ${value}\n`;
}

/** Numbers that only grow, by the values of one label ('': none). The names are this program's own, never a client's. */
export function counter(name: string, help: string, label: string, counts: Readonly<Record<string, number>>): string {
  let text = heading(name, 'counter', help);
  for (const [value, count] of Object.entries(counts)) {
    text += label === '' ? `${name} ${count}\n` : `${name}{${label}="${value}"} ${count}\n`;
  }
  return text;
}
