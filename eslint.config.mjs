import tseslint from 'typescript-eslint';

/**
 * The arrows of the house (docs/architecture.md): what each room may not import, and what to import instead.
 * test/unit/import-rules.test.ts plants forbidden imports and sees them refused.
 */
const SDK = {
  group: ['@aws-sdk/*', '@smithy/*'],
  message:
    'Only lambda/adapters may import the AWS SDK: speak to a port of core, and let an adapter implement it.',
};
const CDK = {
  group: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'],
  message: 'Only lib/ and bin/app.ts are synth time.',
};
const room = (name, message) => ({ group: [`**/${name}/**`, `**/${name}`], message });
const ADAPTERS = room(
  'adapters',
  'Import the port from lambda/core/ports.ts; the handler hands the adapter in.',
);
const HANDLERS = room(
  'handlers',
  'Handlers are entry points: nothing imports them but lambda/handlers itself.',
);
const FORMATS = room(
  'formats',
  'The core knows formats by the interface in core/model/format.ts; the registry is handed in.',
);
const CLI = room('cli', 'cli/ talks to people and is imported by bin/rewrap.ts only.');
const LIB = room('lib', 'lib/ is synth time: share by lambda/core.');
const EMULATOR = room('emulator', 'The emulator is reached over its port, as any AWS is.');
const LAMBDA = room('lambda', 'The emulator imports nothing of ours, so that it cannot share our mistakes.');
const WORLD = {
  group: [
    'node:fs',
    'node:fs/*',
    'node:http',
    'node:https',
    'node:net',
    'node:child_process',
    'node:timers/*',
  ],
  message: 'core and formats are pure: ask a port.',
};

const forbid = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

const PURE = ['lambda/core/**/*.ts', 'lambda/formats/**/*.ts'];

export default tseslint.config(
  { ignores: ['node_modules', 'cdk.out', '.rewrap', 'coverage', 'test/unit/fixtures'] },
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
  forbid(PURE, [SDK, CDK, ADAPTERS, HANDLERS, CLI, LIB, EMULATOR, WORLD], ['lambda/core/**/*.ts']),
  forbid(['lambda/core/**/*.ts'], [SDK, CDK, ADAPTERS, HANDLERS, CLI, LIB, EMULATOR, WORLD, FORMATS]),
  {
    files: PURE,
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'core and formats are pure: a handler reads the environment.' },
        { name: 'fetch', message: 'core and formats are pure: ask a port.' },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Date',
          property: 'now',
          message: 'core and formats have no clock: take the time from the Clock port.',
        },
        {
          object: 'Math',
          property: 'random',
          message: 'core and formats are deterministic: take randomness from a port.',
        },
      ],
    },
  },
  forbid(['lambda/adapters/**/*.ts'], [CDK, HANDLERS, FORMATS, CLI, LIB, EMULATOR]),
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
  forbid(['lambda/handlers/**/*.ts'], [SDK, CDK, CLI, LIB, EMULATOR]),
  forbid(['lib/**/*.ts'], [SDK, ADAPTERS, CLI, EMULATOR]),
  forbid(['cli/**/*.ts'], [SDK, CDK, HANDLERS, EMULATOR]),
  forbid(['emulator/**/*.ts'], [SDK, CDK, LAMBDA, CLI, LIB]),
  forbid(
    [
      ...['aws', 'application', 'checker', 'envelope', 'records', 'violations', 'watch', 'wire', 'weather'],
      ...['answers', 'conditions', 'director', 'eye', 'owner', 'places', 'situations'].map(
        name => `directed/${name}`,
      ),
    ].map(name => `test/faults/${name}.ts`),
    [
      {
        ...LAMBDA,
        message: 'What checks the product shares no code with it: read stores, journal and reports yourself.',
      },
    ],
  ),
  forbid(['examples/**/*.ts'], [CDK, LAMBDA, CLI, LIB, EMULATOR]),
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
