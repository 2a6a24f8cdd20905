/** Packages published as ES modules only: Jest loads CommonJS, so these are transformed as our own code is. */
const esmOnly = [
  'p-map',
  'log-update',
  'ansi-escapes',
  'cli-cursor',
  'restore-cursor',
  'slice-ansi',
  'strip-ansi',
  'wrap-ansi',
];

const swc = [
  '@swc/jest',
  { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
];

const project = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  transform: { '\\.[cm]?[jt]s$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  setupFiles: ['<rootDir>/test/support/environment.ts'],
  ...extra,
});

export default {
  projects: [
    project('unit'),
    project('emulator'),
    project('contract'),
    project('infra', { setupFilesAfterEnv: ['aws-cdk-lib/testhelpers/jest-autoclean'] }),
    project('e2e'),
  ],
  testTimeout: 120_000,
  // Jest leaves a core free by default; on two cores that would be half of them.
  maxWorkers: '100%',
};
