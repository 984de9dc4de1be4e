import type { Random } from '#base';
import type { Misfit } from './fit-error.js';
import type { Cycle, FrameworkHandle, PluginRow, Refusal } from './framework.js';
import type { NodeInfo } from './node-info.js';
import type { PodInfo } from './pod-info.js';

/** Models minFeasibleNodesToFind and minFeasibleNodesPercentageToFind (1.36). */
const FEASIBLE_NODES_MIN = 100;
const FEASIBLE_NODES_PERCENT_MIN = 5;

/** How many fitting nodes are enough to choose from; fewer than all in big clusters. Models numFeasibleNodesToFind (1.36). */
export function feasibleNodesWanted(nodeCount: number): number {
  if (nodeCount < FEASIBLE_NODES_MIN) return nodeCount;
  const percent = Math.max(FEASIBLE_NODES_PERCENT_MIN, 50 - Math.floor(nodeCount / 125));
  return Math.max(FEASIBLE_NODES_MIN, Math.floor((nodeCount * percent) / 100));
}

/** A node's total, with what each plugin gave (weighted), in the order of `plugins`. */
export interface ScoredNode {
  readonly node: string;
  readonly total: number;
  readonly parts: readonly number[];
}

export type CycleResult =
  | {
      readonly kind: 'placed';
      readonly node: NodeInfo;
      readonly cycle: Cycle;
      readonly evaluated: number;
      readonly feasible: number;
      readonly refused: ReadonlyMap<string, Refusal>;
      /** Plugins that scored, and the best nodes first; both empty when there was nothing to choose. */
      readonly scoredBy: readonly string[];
      readonly best: readonly ScoredNode[];
    }
  | { readonly kind: 'misfit'; readonly cycle: Cycle; readonly misfit: Misfit };

interface Ready {
  readonly onlyNodes: ReadonlySet<string> | undefined;
  readonly skipped: ReadonlySet<string>;
  readonly narrowedBy: readonly string[];
}

/** How many nodes a decision keeps the scores of. */
const BEST_KEPT = 5;

/** Tries pods against nodes with one list of plugins. Keeps only where the next search starts, so that nodes take turns. */
export class CycleRunner {
  private nextStart = 0;
  private readonly filters: readonly PluginRow[];

  constructor(
    private readonly rows: readonly PluginRow[],
    private readonly handle: FrameworkHandle,
    private readonly random: Random,
  ) {
    this.filters = rows.filter(({ plugin }) => plugin.filter);
  }

  /** One attempt: filter, score, choose. Changes nothing but where the next one starts. */
  run(pod: PodInfo): CycleResult {
    const nodes = this.handle.nodes();
    const cycle: Cycle = { prepared: new Map() };
    const ready = this.preFilter(cycle, pod);
    if ('refusal' in ready) {
      const misfit = {
        nodeCount: nodes.length,
        preFilter: ready.refusal,
        refused: new Map(),
        plugins: new Set([ready.plugin]),
      };
      return { kind: 'misfit', cycle, misfit };
    }
    const { feasible, refused, plugins, evaluated } = this.filter(cycle, pod, nodes, ready);
    if (feasible.length === 0) {
      const unseen = ready.onlyNodes && unseenRefusal(ready.narrowedBy);
      for (const name of ready.narrowedBy) plugins.add(name);
      return {
        kind: 'misfit',
        cycle,
        misfit: { nodeCount: nodes.length, refused, plugins, ...(unseen ? { unseen } : {}) },
      };
    }
    const chosen =
      feasible.length === 1 ? { node: feasible[0]!, scoredBy: [], best: [] } : this.choose(cycle, pod, feasible);
    return { kind: 'placed', cycle, evaluated, feasible: feasible.length, refused, ...chosen };
  }

  /** The filters' word on one node as it stands, in a cycle of its own. */
  wouldRefuse(pod: PodInfo, node: NodeInfo): Refusal | undefined {
    const cycle: Cycle = { prepared: new Map() };
    const ready = this.preFilter(cycle, pod);
    if ('refusal' in ready) return ready.refusal;
    const filters = this.filters.filter(({ plugin }) => !ready.skipped.has(plugin.name));
    return this.judge(filters, cycle, pod, node)?.refusal;
  }

  /** The first filter that refuses; with the pods that wait for this node counted in, then without. */
  private judge(filters: readonly PluginRow[], cycle: Cycle, pod: PodInfo, node: NodeInfo): Judgement | undefined {
    const rivals = this.handle.rivals(pod, node.name);
    if (rivals.length > 0) {
      const full = node.clone();
      for (const rival of rivals) full.add(rival);
      const refused = firstRefusal(filters, cycle, pod, full);
      if (refused) return refused;
    }
    return firstRefusal(filters, cycle, pod, node);
  }

  private preFilter(cycle: Cycle, pod: PodInfo): Ready | { refusal: Refusal; plugin: string } {
    const skipped = new Set<string>();
    const narrowedBy: string[] = [];
    let onlyNodes: ReadonlySet<string> | undefined;
    for (const { plugin } of this.rows) {
      const result = plugin.preFilter?.(cycle, pod, this.handle);
      if (result === undefined) continue;
      if (result === 'skip') skipped.add(plugin.name);
      else if ('refusal' in result) return { refusal: result.refusal, plugin: plugin.name };
      else {
        const before = onlyNodes;
        onlyNodes = before ? new Set([...result.onlyNodes].filter((name) => before.has(name))) : result.onlyNodes;
        narrowedBy.push(plugin.name);
      }
    }
    return { onlyNodes, skipped, narrowedBy };
  }

  private filter(cycle: Cycle, pod: PodInfo, all: readonly NodeInfo[], { onlyNodes, skipped }: Ready) {
    const nodes = onlyNodes ? all.filter((node) => onlyNodes.has(node.name)) : all;
    const filters = this.filters.filter(({ plugin }) => !skipped.has(plugin.name));
    const wanted = feasibleNodesWanted(nodes.length);
    const refused = new Map<string, Refusal>();
    const plugins = new Set<string>();
    const feasible: NodeInfo[] = [];
    const start = nodes.length === 0 ? 0 : this.nextStart % nodes.length;
    let evaluated = 0;
    while (evaluated < nodes.length && feasible.length < wanted) {
      const node = nodes[(start + evaluated++) % nodes.length]!;
      const judgement = this.judge(filters, cycle, pod, node);
      if (!judgement) feasible.push(node);
      else {
        refused.set(node.name, judgement.refusal);
        plugins.add(judgement.plugin);
      }
    }
    if (!onlyNodes && nodes.length > 0) this.nextStart = (start + evaluated) % nodes.length;
    return { feasible, refused, plugins, evaluated };
  }

  private choose(cycle: Cycle, pod: PodInfo, nodes: readonly NodeInfo[]) {
    const scoredBy: string[] = [];
    const columns: number[][] = [];
    const totals = new Array<number>(nodes.length).fill(0);
    for (const { plugin, weight } of this.rows) {
      if (!plugin.score || plugin.preScore?.(cycle, pod, nodes, this.handle) === 'skip') continue;
      const scores = new Array<number>(nodes.length);
      for (let i = 0; i < nodes.length; i++) scores[i] = plugin.score(cycle, pod, nodes[i]!);
      plugin.normalize?.(scores);
      for (let i = 0; i < nodes.length; i++) totals[i]! += scores[i]! *= weight;
      scoredBy.push(plugin.name);
      columns.push(scores);
    }
    const chosen = this.pickHighest(totals);
    return { node: nodes[chosen]!, scoredBy, best: bestOf(nodes, totals, columns, chosen) };
  }

  /** Among equals each has the same chance, from the sandbox's seed. */
  private pickHighest(totals: readonly number[]): number {
    let highest = -Infinity;
    let equals: number[] = [];
    for (let i = 0; i < totals.length; i++) {
      if (totals[i]! > highest) {
        highest = totals[i]!;
        equals = [i];
      } else if (totals[i] === highest) equals.push(i);
    }
    return equals.length === 1 ? equals[0]! : equals[this.random.int(equals.length)]!;
  }
}

interface Judgement {
  readonly refusal: Refusal;
  readonly plugin: string;
}

function firstRefusal(
  filters: readonly PluginRow[],
  cycle: Cycle,
  pod: PodInfo,
  node: NodeInfo,
): Judgement | undefined {
  for (const { plugin } of filters) {
    const refusal = plugin.filter!(cycle, pod, node);
    if (refusal) return { refusal, plugin: plugin.name };
  }
  return undefined;
}

function unseenRefusal(narrowedBy: readonly string[]): Refusal {
  const reason = `node(s) didn't satisfy plugin(s) [${narrowedBy.toSorted().join(' ')}]`;
  return { code: 'UnschedulableAndUnresolvable', reasons: [reason] };
}

/** The chosen node, then the best of the others; found without sorting all. */
function bestOf(
  nodes: readonly NodeInfo[],
  totals: readonly number[],
  columns: readonly number[][],
  chosen: number,
): ScoredNode[] {
  const kept: number[] = [];
  for (let i = 0; i < totals.length; i++) {
    if (i === chosen) continue;
    if (kept.length === BEST_KEPT - 1 && totals[i]! <= totals[kept.at(-1)!]!) continue;
    let at = kept.length;
    while (at > 0 && totals[kept[at - 1]!]! < totals[i]!) at--;
    kept.splice(at, 0, i);
    if (kept.length === BEST_KEPT) kept.pop();
  }
  return [chosen, ...kept].map((i) => ({
    node: nodes[i]!.name,
    total: totals[i]!,
    parts: columns.map((column) => column[i]!),
  }));
}
