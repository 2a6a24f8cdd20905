import { availableParallelism } from 'node:os';

/** Packages published as ES modules only: Jest loads CommonJS, so these are transformed as our own code is. */
const esmOnly = [
  '@bomb.sh/tab',
  'd3-[a-z-]+',
  'internmap',
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

const environment = '<rootDir>/test/support/environment.ts';

/** For projects whose tests synthesize in processes of their own: the functions are bundled once for all of them. */
const bundledOnce = {
  globalSetup: '<rootDir>/test/support/bundles/make.ts',
  setupFiles: [environment, '<rootDir>/test/support/bundles/preload.ts'],
};

const project = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  transform: { '\\.[cm]?[jt]s$': swc },
  // What npm pack has left: the copy of a package that is here already.
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  setupFiles: [environment],
  ...extra,
});

export default {
  projects: [
    project('unit'),
    project('emulator'),
    project('contract'),
    project('infra', { setupFilesAfterEnv: ['aws-cdk-lib/testhelpers/jest-autoclean'] }),
    project('e2e', bundledOnce),
    // npm run test:stories alone: each takes ten seconds and more, so that npm test takes minutes no longer.
    ...(process.argv.some(word => word.includes('stories'))
      ? [
          project('stories', {
            ...bundledOnce,
            setupFilesAfterEnv: ['aws-cdk-lib/testhelpers/jest-autoclean'],
          }),
        ]
      : []),
    // npm run test:deploy alone: it synthesizes as somebody does who deploys, which takes a minute.
    ...(process.argv.includes('deploy') ? [project('deploy')] : []),
    // npm run test:package alone: it packs, and installs what it has packed from the registry.
    ...(process.argv.includes('package') ? [project('package')] : []),
    // npm run test:browser alone: it needs a Chromium.
    ...(process.argv.includes('browser') ? [project('browser')] : []),
    // npm run test:peers alone: it needs another AWS.
    ...(process.argv.includes('peers') ? [project('peers')] : []),
    // npm run test:formats alone: the contract of all formats, which the contract tests play in 200 cases.
    ...(process.argv.includes('formats')
      ? [
          project('formats', {
            testMatch: ['<rootDir>/test/contract/formats.test.ts'],
            globals: { FORMAT_FUZZ_CASES: 10_000 },
          }),
        ]
      : []),
    // npm run test:permissions alone: it plays every kind of job from census to rollback.
    ...(process.argv.includes('permissions') ? [project('permissions', bundledOnce)] : []),
  ],
  testTimeout: 120_000,
  // Twice as many as there are cores: suites also wait in real time, for a second of S3, a pace or a sandbox.
  // A number, because Jest reads percentages up to 100 only.
  maxWorkers: availableParallelism() * 2,
};
