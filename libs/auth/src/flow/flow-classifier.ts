import type { SandboxId } from '#base';
import type { Store } from '#storage';
import { questionKeyOf } from '../question-key.js';
import type { RequestAttributes, UserInfo } from '../user.js';
import { rulesMatch, rulesMatchAll, rulesOfUser } from './flow-rules.js';
import { type Flow, FlowView } from './flow-view.js';

/** Answers remembered per user; one who asks for more different things starts anew. */
const MATCHES_MAX = 500;
/** Longer paths nobody needs are not worth remembering. */
const KEY_CHARS_MAX = 300;

/** Which schema a request belongs to, and what follows from it. One object per schema and version: compare by identity. */
export interface FlowMatch {
  readonly schemaUid: string;
  readonly levelName: string;
  readonly levelUid: string;
  /** No limit holds for it. */
  readonly exempt: boolean;
}

/** Which FlowSchema a request belongs to. Models startRequest of apiserver/pkg/util/flowcontrol (1.36). */
export interface FlowClassifier {
  /** undefined: `classify` may be asked now. Fails as the store does. */
  ready(): Promise<void> | undefined;
  classify(user: UserInfo, attributes: RequestAttributes): FlowMatch;
  /** Ends what keeps it current; the sandbox falls asleep. */
  close(): void;
}

/** The schemas that may match what a user asks for, in their order. */
interface Candidate {
  readonly rules: ReturnType<typeof rulesOfUser>;
  readonly matchesAll: boolean;
  readonly match: FlowMatch;
}

interface Remembered {
  readonly version: number;
  readonly candidates: readonly Candidate[];
  readonly matches: Map<string, FlowMatch>;
}

export function flowClassifier(store: Pick<Store, 'list' | 'watch'>, sandbox: SandboxId): FlowClassifier {
  return new Classifier(new FlowView(store, sandbox));
}

class Classifier implements FlowClassifier {
  /** By the identity of UserInfo: authenticators hold on to theirs. */
  private readonly users = new WeakMap<UserInfo, Remembered>();
  private matches: { version: number; of: ReadonlyMap<Flow, FlowMatch> } | undefined;

  constructor(private readonly view: FlowView) {}

  ready(): Promise<void> | undefined {
    return this.view.ready();
  }

  close(): void {
    this.view.close();
  }

  classify(user: UserInfo, attributes: RequestAttributes): FlowMatch {
    const { candidates, matches } = this.remembered(user);
    const first = candidates[0];
    // An administrator's schema takes all there is: nothing to look up.
    if (first?.matchesAll) return first.match;
    const key = questionKeyOf(attributes);
    let match = matches.get(key);
    if (match) return match;
    match = candidates.find(({ rules }) => rulesMatch(rules, attributes))?.match ?? this.catchAll();
    if (matches.size >= MATCHES_MAX) matches.clear();
    if (key.length <= KEY_CHARS_MAX) matches.set(key, match);
    return match;
  }

  private remembered(user: UserInfo): Remembered {
    let remembered = this.users.get(user);
    if (!remembered || remembered.version !== this.view.version) {
      const candidates = this.view.flows.map((flow) => {
        const rules = rulesOfUser(flow.schema, user);
        return { rules, matchesAll: rulesMatchAll(rules), match: this.matchOf(flow) };
      });
      remembered = {
        version: this.view.version,
        candidates: candidates.filter(({ rules }) => rules.length > 0),
        matches: new Map(),
      };
      this.users.set(user, remembered);
    }
    return remembered;
  }

  private matchOf(flow: Flow): FlowMatch {
    const { version, flows } = this.view;
    if (this.matches?.version !== version)
      this.matches = { version, of: new Map(flows.map((one) => [one, asMatch(one)])) };
    return this.matches.of.get(flow)!;
  }

  /** A user of no group at all matches none; it is served all the same. */
  private catchAll(): FlowMatch {
    return this.matchOf(this.view.flows.find(({ schema }) => schema.metadata.name === 'catch-all')!);
  }
}

function asMatch({ schema, level }: Flow): FlowMatch {
  return {
    schemaUid: schema.metadata.uid ?? '',
    levelName: level.metadata.name ?? '',
    levelUid: level.metadata.uid ?? '',
    exempt: level.spec.type === 'Exempt',
  };
}
