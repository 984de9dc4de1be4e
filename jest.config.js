/** Four sizes of test, one runner. `unit` is beside the code; `medium`, `model` and `e2e` start real PostgreSQL or a real server. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { sourceMaps: 'inline' }] },
  moduleNameMapper: {
    '^#([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
const size = (displayName, testMatch, extra = {}) => ({ ...shared, displayName, testMatch, ...extra });

export default {
  projects: [
    size('unit', ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/apps/**/*.spec.ts', '<rootDir>/tools/**/*.spec.ts']),
    size('medium', ['<rootDir>/test/medium/**/*.spec.ts']),
    size('model', ['<rootDir>/test/model/**/*.spec.ts']),
    size('e2e', ['<rootDir>/test/e2e/**/*.spec.ts'], { runner: '<rootDir>/tools/serial-runner.cjs' }),
  ],
  reporters: ['default', '<rootDir>/tools/closing-line-reporter.cjs'],
  // Two also on small machines: jest's own default leaves one of two cores idle.
  maxWorkers: 2,
  // A leak of one spec must not slow the others of its worker until the machine swaps.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};
