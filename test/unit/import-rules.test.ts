import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Each room with an import it must not have, and a word of what the message tells to do instead. */
const FORBIDDEN: readonly (readonly [string, string, string])[] = [
  ['lambda/core/migrate-unit.ts', '@aws-sdk/client-kms', 'Only lambda/adapters may import the AWS SDK'],
  ['lambda/core/migrate-unit.ts', '../formats/registry.ts', 'the registry is handed in'],
  ['lambda/core/migrate-unit.ts', '../adapters/kms.ts', 'Import the port'],
  ['lambda/core/migrate-unit.ts', 'node:fs', 'core and formats are pure'],
  ['lambda/formats/registry.ts', '@aws-sdk/client-dynamodb', 'Only lambda/adapters may import the AWS SDK'],
  ['lambda/formats/registry.ts', '../adapters/kms.ts', 'Import the port'],
  ['lambda/adapters/kms.ts', '../formats/registry.ts', 'formats by the interface'],
  ['lambda/handlers/plan.ts', '@aws-sdk/client-s3', 'Only lambda/adapters may import the AWS SDK'],
  ['lib/kms-rewrap-stack.ts', '../lambda/adapters/kms.ts', 'Import the port'],
  ['lib/kms-rewrap-stack.ts', '../cli/program.ts', 'cli/ talks to people'],
  ['cli/program.ts', '@aws-sdk/client-sfn', 'Only lambda/adapters may import the AWS SDK'],
  ['cli/program.ts', 'aws-cdk-lib', 'synth time'],
  ['cli/program.ts', '../emulator/embedded-aws.ts', 'over its port'],
  ['emulator/embedded-aws.ts', '../lambda/core/model/arn.ts', 'imports nothing of ours'],
  ['emulator/embedded-aws.ts', '@aws-sdk/client-kms', 'Only lambda/adapters may import the AWS SDK'],
  ['test/faults/checker.ts', '../../lambda/core/ports.ts', 'shares no code with it'],
  ['examples/orders-app/envelope.ts', '../../lambda/core/ports.ts', 'imports nothing of ours'],
];

const ALLOWED: readonly (readonly [string, string])[] = [
  ['lambda/adapters/kms.ts', '@aws-sdk/client-kms'],
  ['lambda/handlers/plan.ts', '../formats/registry.ts'],
  ['cli/program.ts', '../lambda/adapters/kms.ts'],
  ['lib/kms-rewrap-stack.ts', 'aws-cdk-lib'],
];

const imports = (
  planted: readonly (readonly [string, string, ...string[]])[],
): readonly (readonly string[])[] =>
  lint(planted.map(([file, source]) => [file, `import ${JSON.stringify(source)};`]));

function lint(planted: readonly (readonly [string, string])[]): readonly (readonly string[])[] {
  const input = JSON.stringify(planted.map(([file, line]) => [`${ROOT}${file}`, line]));
  const output = execFileSync(process.execPath, [`${ROOT}test/support/lint-planted.mjs`], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
  });
  return JSON.parse(output) as string[][];
}

describe('the import rules', () => {
  const refused = imports(FORBIDDEN);
  const accepted = imports(ALLOWED);

  it.each(FORBIDDEN.map(([file, source, words], index) => [file, source, words, index] as const))(
    '%s may not import %s',
    (_file, _source, words, index) => {
      expect(refused[index]).toEqual([expect.stringContaining(words)]);
    },
  );

  it.each(ALLOWED.map(([file, source], index) => [file, source, index] as const))(
    '%s may import %s',
    (_file, _source, index) => {
      expect(accepted[index]).toEqual([]);
    },
  );
});

describe('a client of the AWS SDK', () => {
  const adapter = 'lambda/adapters/executions.ts';
  const [bare, wrapped] = lint([
    [adapter, 'export const client = new SFNClient({});'],
    [adapter, "export const client = withNamedCalls(new SFNClient({}), 'states');"],
  ]);

  it('may not be made without withNamedCalls', () => {
    expect(bare).toEqual([expect.stringContaining('Wrap the client in withNamedCalls')]);
  });

  it('may be made within it', () => {
    expect(wrapped).toEqual([]);
  });
});
