import { execFileSync } from 'node:child_process';
import { hereOf } from '../../cli/context/here.ts';
import { afterAdvice, afterLook, afterNoReport, afterRuns } from '../../cli/next-steps/after-look.ts';
import { afterInit, afterPlan } from '../../cli/next-steps/after-plan.ts';
import { afterReport } from '../../cli/next-steps/after-report.ts';
import { rewrapStep, type NextStep } from '../../cli/next-steps/next-step.ts';
import { quoted } from '../../lambda/core/model/command-line.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import type { RunVerdict } from '../../lambda/core/verdict/run-verdict.ts';
import type { DoubtCode } from '../../lambda/core/verdict/store-verdict.ts';
import { rewrap } from '../support/rewrap-cli.ts';

const HERE = {
  endpoint: 'http://127.0.0.1:4566',
  region: 'eu-west-1',
  profile: 'two words',
  deployment: 'Other',
};
const [OLD, NEW] = ['old', 'new'].map(name => `arn:aws:kms:us-east-1:111122223333:key/${name}`);

const PAGE = 'report orders-migrate-1 --html orders-migrate-1.html';
const LIST = 'report orders-migrate-1 --failures unproven.csv';
const NOTHING_LEFT = [
  {
    concluding: { rewrapped: 1 },
    verdict: { kind: 'not-proven', doubts: [{ code: 'look-alikes', count: 1, words: 'x' }] },
  },
];

function reported(verdict: RunVerdict, codes: readonly DoubtCode[] = [], changes: object = {}): Report {
  return {
    ...{ runId: 'orders-migrate-1', job: 'orders', mode: 'migrate', verdict, keepsSource: false },
    keyMaterials: [
      { keyArn: OLD, keyMaterialId: 'a', before: 3, after: 0 },
      { keyArn: NEW, keyMaterialId: 'b', before: 0, after: 3 },
    ],
    stores: [
      {
        concluding: { 'to-rewrap': 1 },
        verdict:
          codes.length === 0
            ? { kind: 'proven' }
            : { kind: 'not-proven', doubts: codes.map(code => ({ code, count: 1, words: 'x' })) },
      },
    ],
    ...changes,
  } as unknown as Report;
}

const commands = (steps: readonly NextStep[]): readonly string[] => steps.map(({ command }) => command);

describe('the next steps', () => {
  it.each<[string, Report, readonly string[]]>([
    [
      'a proof ask about the keys that nothing is under any more',
      reported('proven'),
      [`retire-check ${OLD}`],
    ],
    [
      'a sure census move what was counted',
      reported('counted', ['not-verified', 'remaining']),
      ['plan orders', 'run orders'],
    ],
    [
      'a census with a doubt look at it first, and never move anything',
      reported('counted', ['look-alikes'], { mode: 'census' }),
      [PAGE, LIST, 'run orders --mode census'],
    ],
    [
      'a contradicted journal ask about all',
      reported('not-proven', ['remaining', 'journal-contradicted']),
      [PAGE, LIST, 'run orders --mode verify --ask-all'],
    ],
    [
      'a doubt that no data key is in name no list of data keys',
      reported('not-proven', ['look-alikes'], { stores: NOTHING_LEFT }),
      [PAGE, 'run orders'],
    ],
    [
      'a migration that did not verify do so',
      reported('not-proven', ['not-verified']),
      [PAGE, LIST, 'run orders --mode verify'],
    ],
    [
      'a failed rollback start nothing',
      reported('failed', [], { mode: 'rollback' }),
      [PAGE, 'status orders-migrate-1'],
    ],
    ['nothing to do prove it', reported('nothing-to-do'), ['run orders --mode verify']],
  ])('after %s', (_, report, expected) => {
    expect(commands(afterReport(report, {}))).toEqual(expected.map(words => `npx rewrap ${words}`));
  });

  it('never ask about a key that data keys are still under', () => {
    const keyMaterials = [{ keyArn: OLD, keyMaterialId: 'a', before: 3, after: 3 }];
    expect(commands(afterReport(reported('proven', [], { keyMaterials }), {})).join()).not.toContain(
      'retire',
    );
  });

  it('say again where the deployment is, and nothing that goes without saying', () => {
    expect(rewrapStep(['status'], '', HERE).command).toBe(
      "npx rewrap status --endpoint-url http://127.0.0.1:4566 --region eu-west-1 --profile 'two words' --deployment Other",
    );
    expect(hereOf({ aws: {}, deployment: 'KmsRewrap' })).toEqual({});
    expect(hereOf({ aws: { region: 'eu-west-1' }, deployment: 'Other' })).toEqual({
      region: 'eu-west-1',
      deployment: 'Other',
    });
  });

  it.each(['plain', 'two words', "it's", '$HOME `id`', '*', '', 'a\\b', 's3://bucket/a b'])(
    'hand %j to a command as it is',
    word => {
      const shown = execFileSync('sh', ['-c', `printf %s ${quoted(word)}`], { encoding: 'utf8' });
      expect(shown).toBe(word);
    },
  );

  it('are three at most, and commands and options that the command line has', async () => {
    const verdicts: readonly RunVerdict[] = [
      ...(['proven', 'empty', 'not-proven', 'nothing-to-do', 'counted'] as const),
      ...(['restored', 'not-restored', 'failed'] as const),
    ];
    const run = { runId: 'r', state: 'running', paused: true } as const;
    const all = [
      ...verdicts.map(verdict => afterReport(reported(verdict), HERE)),
      afterPlan({ job: 'orders', mode: 'migrate', deployed: false, options: ['--sample', '5'] }, HERE),
      afterInit({ job: 'orders', file: 'jobs/orders.json', countsOnly: false }, HERE),
      afterInit({ job: 'orders', file: 'jobs/orders.json', countsOnly: true }, HERE),
      ...[afterLook(run, HERE), afterRuns([], HERE), afterNoReport('r', HERE)],
      afterAdvice({ keyArn: OLD!, jobs: ['a', 'b', 'c'], settled: false }, HERE),
    ];
    for (const steps of all) expect([1, 2, 3]).toContain(steps.length);
    const lines = commands(all.flat()).filter(line => line.startsWith('npx rewrap '));
    const names = [...new Set(lines.map(line => line.split(' ')[2]!))];
    const helps = await Promise.all(names.map(async name => [name, await rewrap([name, '--help'])] as const));
    for (const [name, { code, stdout }] of helps) {
      expect([name, code]).toEqual([name, 0]);
      const options = lines
        .filter(line => line.split(' ')[2] === name)
        .flatMap(line => line.match(/(?<= )--[a-z-]+/g) ?? []);
      for (const option of options) expect(stdout).toContain(option);
    }
  });
});
