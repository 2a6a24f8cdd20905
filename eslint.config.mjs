import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

// Who may import whom is in arrows.mjs; test/unit/import-rules.test.ts plants what either linter must refuse.

const PURE = ['lambda/core/**/*.ts', 'lambda/formats/**/*.ts'];
const NO_CLOCK = 'core and formats have no clock: take the time from the Clock port.';
const NO_TIMERS = 'core and formats do not wait: a port does, by its own clock.';
const NO_CHANCE = 'core and formats are deterministic: take randomness from a port.';

/** Of the modules of Node that arrows.mjs lets them import, the names that have no world in them. */
const PURE_NAMES = {
  buffer: ['Buffer'],
  crypto: ['createHash', 'hash'],
  util: ['isDeepStrictEqual'],
  zlib: ['unzipSync'],
};
const pureImports = Object.entries(PURE_NAMES).flatMap(([module, allowImportNames]) =>
  [module, `node:${module}`].map(name => ({
    ...{ name, allowImportNames },
    message: `core and formats take ${allowImportNames.join(', ')} from ${name}, and ask a port for the rest.`,
  })),
);

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'cdk.out',
      'dist',
      '.rewrap',
      'coverage',
      'test/unit/fixtures',
      'test/new-kinds',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', 'bin/*.mjs', 'emulator/functions/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      // Names in templates and headers are data: `headers['x-amz-key']` reads better than a mixture.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 260, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  // Texts of others meet these: their time must be linear in the text.
  {
    files: ['lambda/**/*.ts', 'lib/**/*.ts', 'cli/**/*.ts', 'emulator/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    files: PURE,
    rules: {
      'no-restricted-imports': ['error', { paths: pureImports }],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'core and formats are pure: a handler reads the environment.' },
        { name: 'fetch', message: 'core and formats are pure: ask a port.' },
        { name: 'globalThis', message: 'core and formats are pure: ask a port.' },
        { name: 'performance', message: NO_CLOCK },
        { name: 'crypto', message: NO_CHANCE },
        ...['setTimeout', 'setInterval', 'setImmediate'].map(name => ({ name, message: NO_TIMERS })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: NO_CLOCK },
        { object: 'AbortSignal', property: 'timeout', message: NO_TIMERS },
        { object: 'Math', property: 'random', message: NO_CHANCE },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: NO_CLOCK },
        { selector: 'CallExpression[callee.name="Date"]', message: NO_CLOCK },
      ],
    },
  },
  {
    files: ['lambda/adapters/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':not(CallExpression[callee.name="withNamedCalls"]) > NewExpression[callee.name=/Client$/]',
          message: 'Wrap the client in withNamedCalls: its errors must say which call it was, and on what.',
        },
      ],
    },
  },
  {
    files: ['cli/**/*.ts'],
    ignores: ['cli/context/process-console.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['stdout', 'stderr'].map(property => ({
          ...{ object: 'process', property },
          message: 'Write to the Console: it makes control characters of others visible.',
        })),
      ],
    },
  },
  // A table of operations is one function, and reads best as one.
  {
    files: ['emulator/**/*.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      // A story or a table of cases is read from top to bottom.
      'max-lines': ['error', { max: 340, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-console': 'off' },
  },
);
