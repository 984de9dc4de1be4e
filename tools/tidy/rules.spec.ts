import { describe, expect, it } from '@jest/globals';
import { rules } from './rules.js';
import { sourceFile, sourceTree } from './source-tree.js';

const lines = (count: number, text = '// a') => `${text}\n`.repeat(count);
const door = '/** what it is */\nexport {};\n';

/** For each rule: files that keep it, and files that break it with what is then said. */
const cases: Record<string, { keeps: Record<string, string>[]; breaks: [Record<string, string>, string][] }> = {
  'file-length': {
    keeps: [
      { 'libs/a/src/b.ts': lines(400) },
      { 'libs/a/src/b.ts': `// length: one table of messages\n${lines(500)}` },
    ],
    breaks: [
      [{ 'libs/a/src/b.ts': lines(401) }, '401 lines'],
      [{ 'libs/a/src/b.ts': `// length: one table of messages\n${lines(600)}` }, '601 lines'],
      [{ 'libs/a/src/b.ts': `// length: x\n${lines(401)}` }, 'say why'],
    ],
  },
  'function-length': {
    keeps: [
      { 'libs/a/src/b.ts': `function f() {\n${lines(68)}}\n` },
      { 'libs/a/src/b.spec.ts': `it(() => {\n${lines(90)}});\n` },
    ],
    breaks: [
      [{ 'libs/a/src/b.ts': `function f() {\n${lines(69)}}\n` }, 'a function of 71 lines'],
      [{ 'libs/a/src/b.ts': `class A {\n m() {\n${lines(69)}}\n}\n` }, 'a function of 71 lines'],
      [{ 'libs/a/src/b.ts': `const f = () => {\n${lines(80)}};\n` }, 'a function of 82 lines'],
    ],
  },
  'folder-names': {
    keeps: [{ 'libs/a/src/pods/pod.ts': '' }],
    breaks: [
      [{ 'libs/a/src/utils/pod.ts': '' }, '"utils" is no concept'],
      [{ 'libs/a/src/types.ts': '' }, '"types.ts" is no concept'],
    ],
  },
  'file-names': {
    keeps: [{ 'libs/a/src/replica-set.kind.ts': '' }],
    breaks: [[{ 'libs/a/src/replicaSet.ts': '' }, 'kebab-case']],
  },
  'banned-names': {
    keeps: [{ 'libs/a/src/b.ts': 'class ControllerManager {}\ninterface Service {}\ntype Services = Service[];' }],
    breaks: [
      [{ 'libs/a/src/b.ts': 'export class PodService {}' }, 'PodService'],
      [{ 'libs/a/src/b.ts': 'interface LeaseManager {}' }, 'LeaseManager'],
      [{ 'libs/a/src/b.ts': 'type PodHelper = 1;' }, 'PodHelper'],
      [{ 'libs/a/src/b.ts': 'enum Color { Red }' }, 'union of strings'],
    ],
  },
  'todo-has-issue': {
    keeps: [
      { 'libs/a/src/b.ts': `// ${'TO' + 'DO'}(#12): later` },
      { 'libs/a/src/b.ts': `const a = '${'TO' + 'DO'}';` },
    ],
    breaks: [[{ 'libs/a/src/b.ts': `// ${'TO' + 'DO'}: later` }, 'name the issue']],
  },
  'listed-files': {
    keeps: [
      { 'libs/kinds/src/apps/job.kind.ts': '', 'libs/kinds/src/kinds.ts': "import { job } from './apps/job.kind.js';" },
    ],
    breaks: [
      [
        { 'libs/kinds/src/apps/job.kind.ts': '', 'libs/kinds/src/kinds.ts': '' },
        'has no row in libs/kinds/src/kinds.ts',
      ],
      [{ 'libs/controllers/src/job.controller.ts': '' }, 'there is no controllers.ts'],
      [
        { 'libs/scheduler/src/plugins/a.plugin.ts': '', 'libs/scheduler/src/plugins.ts': "'./plugins/ba.plugin.js'" },
        'has no row',
      ],
      [{ 'libs/admission/src/plugins/a.admission.ts': '', 'libs/admission/src/plugins.ts': '' }, 'has no row'],
      [{ 'libs/node/src/images/a.image.ts': '', 'libs/node/src/images.ts': '' }, 'has no row'],
    ],
  },
  'one-clock': {
    keeps: [
      { 'libs/base/src/clock.ts': 'Date.now(); setTimeout(f, 1); new Date();' },
      { 'libs/a/src/b.spec.ts': 'Date.now();' },
      { 'libs/a/src/b.ts': 'new Date(5); clock.nowMs(); a.setTimer(1); // Date.now()' },
    ],
    breaks: [
      'Date.now()',
      'setTimeout(f, 1)',
      'setInterval(f, 1)',
      'new Date()',
      'new Date',
      'Math.random()',
      'crypto.randomUUID()',
      "import 'node:timers/promises'",
    ].map((text) => [{ 'libs/a/src/b.ts': `const f = 1;\n${text};` }, 'take a Clock or a Random']),
  },
  'one-sandbox': {
    keeps: [{}],
    breaks: [
      [
        { 'libs/storage/src/store.ts': 'export interface ReadView { get(key: string): void }' },
        'ReadView.get takes string first',
      ],
      [
        { 'libs/storage/src/store.ts': 'export interface ReadView { get(): void }' },
        'ReadView.get takes nothing first',
      ],
      [{ 'libs/storage/src/store.ts': '' }, 'declares no ReadView'],
      [{ 'libs/client/src/api.ts': 'export type ApiFor = (name: string) => void;' }, 'ApiFor takes string first'],
      [
        { 'libs/registry/src/request.ts': 'export interface Verbs { get(target: Target): void }' },
        'Verbs.get takes Target first',
      ],
      [{ 'libs/a/src/b.ts': "const id = 'x' as SandboxId;" }, 'a cast to SandboxId'],
    ],
  },
  'process-env': {
    keeps: [{ 'apps/server/src/main.ts': 'process.env.A' }],
    breaks: [[{ 'libs/a/src/b.ts': "process.env['A']" }, 'take it as an option']],
  },
  'spec-places': {
    keeps: [{ 'libs/a/src/b.spec.ts': "import { it } from '@jest/globals';" }],
    breaks: [
      [{ 'libs/a/src/b.test.ts': '' }, 'tests are called *.spec.ts'],
      [{ 'libs/a/src/b.ts': "import { it } from '@jest/globals';" }, 'is no *.spec.ts'],
    ],
  },
  'lib-shape': {
    keeps: [{ 'libs/a/src/index.ts': door, 'libs/a/src/b/c.ts': '' }],
    breaks: [
      [{ 'libs/a/src/index.ts': door, 'libs/a/scratch.ts': '' }, 'belongs in src'],
      [{ 'libs/a/src/b.ts': '' }, 'no front door'],
      [{ 'libs/a/src/index.ts': 'export {};' }, 'say at its head'],
    ],
  },
};

/** What one-sandbox looks for in any tree. */
const DOORS: Record<string, string> = {
  'libs/storage/src/store.ts':
    'export interface ReadView { get(sandbox: SandboxId): void }\nexport interface WriteView {}\nexport interface WatchView {}\nexport interface SandboxLogs { drop(snapshot: SnapshotId): void }',
  'libs/registry/src/request.ts': 'export interface Verbs { get(ctx: RequestContext, target: Target): void }',
  'libs/client/src/api.ts': 'export type ApiFor = (sandbox: SandboxId) => (key: string) => void;',
};

const check = (name: string, files: Record<string, string>) => {
  const all = name === 'one-sandbox' ? { ...DOORS, ...files } : files;
  const rule = rules.find((candidate) => candidate.name === name)!;
  return rule
    .check(sourceTree(Object.entries(all).map(([path, text]) => sourceFile(path, text))))
    .map(({ what }) => what);
};

describe('tidy rules', () => {
  it('are each shown to work', () =>
    expect(Object.keys(cases).toSorted()).toEqual(rules.map(({ name }) => name).toSorted()));

  describe.each(Object.entries(cases))('%s', (name, { keeps, breaks }) => {
    it.each(keeps.map((files, index) => [index, files] as const))('keeps %d', (_index, files) => {
      expect(check(name, files)).toEqual([]);
    });
    it.each(breaks.map(([files, what], index) => [index, what, files] as const))(
      'breaks %d: %s',
      (_index, what, files) => {
        expect(check(name, files)).toEqual(expect.arrayContaining([expect.stringContaining(what)]));
      },
    );
  });
});
