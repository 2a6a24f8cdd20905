import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { settingDifferences, settingsInText, settingsText } from '../../lambda/core/job/deployed-settings.ts';
import type { DeploymentSettings } from '../../lambda/core/job/deployed-settings.ts';
import { parseSettings, settingsJsonSchema } from '../../lambda/core/job/deployment-settings.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { JobsRefused } from '../../lib/jobs/jobs-refused.ts';
import { loadSettings } from '../../lib/jobs/load-settings.ts';
import { refuseContext } from '../../lib/jobs/settings-in-context.ts';

const settings = (input: object = {}): DeploymentSettings => {
  const parsed = parseSettings(input);
  if (parsed.kind === 'refused') throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.settings;
};

const folder = (content: string): string => {
  const path = mkdtempSync(join(tmpdir(), 'settings-'));
  writeFileSync(join(path, 'deployment.json'), content);
  return path;
};

describe('the settings of a deployment', () => {
  it('have defaults: jobs in jobs/, schedules on, the journal kept for good, no plaintext', () => {
    expect(settings()).toEqual({
      name: 'KmsRewrap',
      jobs: 'jobs',
      allowPlaintextRoute: false,
      workerTimeoutSeconds: 900,
      schedules: true,
      notify: [],
      dashboard: true,
      tracing: false,
      customerManagedKey: false,
      evidence: false,
      journalReaders: [],
      managedPoliciesPerRole: 10,
    });
  });

  it.each([
    [
      { jornalObjectLock: 'governance' },
      "settings: has no field 'jornalObjectLock'; did you mean 'journalObjectLock'",
    ],
    [{ name: 'kms_rewrap' }, 'name = "kms_rewrap": is no name of a stack'],
    [{ allowPlaintextRoute: 'true' }, 'allowPlaintextRoute = "true": is not true or false'],
    [
      { journalRetentionDays: 7 },
      'journalRetentionDays = 7: is out of bounds; write a whole number of days from 35',
    ],
    [{ journalRetentionDays: '90' }, 'journalRetentionDays = "90": is out of bounds'],
    [{ journalObjectLock: 'governance' }, 'journalRetentionDays: is missing'],
    [{ journalRetentionDays: 90, journalObjectLock: 'yes' }, 'write governance or compliance'],
    [{ workerTimeoutSeconds: 901 }, 'workerTimeoutSeconds = 901: is out of bounds'],
    [{ journalReaders: ['*'] }, 'is no ARN of a role or user'],
    [{ journalReaders: ['arn:aws:iam::111122223333:role/*'] }, 'is no ARN of a role or user'],
    [{ journalReaders: ['Auditor'] }, 'is no ARN of a role or user'],
    [{ journalReaders: ['arn:aws:iam::111122223333:root'] }, 'is no ARN of a role or user'],
    [{ customerManagedKey: 'yes' }, 'is not true, false or the ARN of a key'],
    [
      { customerManagedKey: 'arn:aws:kms:us-east-1:111122223333:alias/a' },
      'is not true, false or the ARN of a key',
    ],
    [{ takeOver: { 'us-east-1': { jurnalBucket: 'x' } } }, "has no field 'jurnalBucket'"],
    [{ takeOver: { 'us-east-1': { runBucket: '' } } }, 'is empty; write the name of a bucket'],
    [[], 'settings = []: is not the settings of a deployment'],
  ])('are refused with %j', (input, words) => {
    const parsed = parseSettings(input);
    expect(parsed.kind === 'refused' ? parsed.problems.map(formatProblem).join('\n') : 'accepted').toContain(
      words,
    );
  });

  it('name readers of the journal, by paths and ends of names as well', () => {
    const journalReaders = [
      'arn:aws:iam::111122223333:role/a/b',
      'arn:aws:iam::111122223333:role/aws-reserved/*/Audit_*',
    ];
    expect(settings({ journalReaders }).journalReaders).toEqual(journalReaders);
  });

  it('say to editors which readers of the journal they take', () => {
    const { properties } = settingsJsonSchema() as {
      readonly properties: { readonly journalReaders: { readonly items: { readonly pattern: string } } };
    };
    const pattern = new RegExp(properties.journalReaders.items.pattern, 'u');
    const taken = (reader: string): boolean =>
      parseSettings({ journalReaders: [reader] }).kind === 'settings';
    const iam = 'arn:aws:iam::111122223333:';
    const names = ['a', 'a/b', 'a*', '*/a', '*', '*/*', '', 'a b', 'a/*'];
    for (const reader of [
      '*',
      'a',
      ...['role/', 'user/', 'group/'].flatMap(kind => names.map(name => iam + kind + name)),
    ])
      expect([reader, pattern.test(reader)]).toEqual([reader, taken(reader)]);
    expect(pattern.test(`${iam}role/Auditor`)).toBe(true);
    expect(pattern.test(`${iam}role/*/*`)).toBe(false);
  });

  describe('of the profile hardened', () => {
    const hardened = (more: object = {}): DeploymentSettings => settings({ profile: 'hardened', ...more });

    it('have a key of their own where none is named', () => {
      const key = 'arn:aws:kms:us-east-1:111122223333:key/1';
      expect(hardened().customerManagedKey).toBe(true);
      expect(hardened({ customerManagedKey: key }).customerManagedKey).toBe(key);
    });

    it('lock the journal for as long as it is kept, and leave it to people how long that is', () => {
      expect(hardened().journalObjectLock).toBeUndefined();
      expect(hardened({ journalRetentionDays: 90 }).journalObjectLock).toBe('governance');
      const compliance = { journalRetentionDays: 90, journalObjectLock: 'compliance' };
      expect(hardened(compliance).journalObjectLock).toBe('compliance');
    });

    it.each([{ customerManagedKey: false }, { allowPlaintextRoute: true }])(
      'are refused with %j, which contradicts it',
      more => {
        const parsed = parseSettings({ profile: 'hardened', ...more });
        expect(parsed.kind === 'refused' ? parsed.problems.map(formatProblem) : []).toEqual([
          expect.stringContaining('contradicts "profile": "hardened"'),
        ]);
      },
    );

    it('are refused with a profile that there is not', () => {
      expect(parseSettings({ profile: 'paranoid' }).kind).toBe('refused');
    });
  });

  it('are read from a file, and their jobs lie in its folder', () => {
    const path = folder('{ "jobs": "mine" }');
    expect(loadSettings(join(path, 'deployment.json')).jobs).toBe(join(relative('', path), 'mine'));
  });

  it.each([
    ['a file that is no JSON', '{', 'deployment.json: line 1, column 2: ends before its last ] or }'],
    ['two mistakes', '{ "name": "", "jobz": 1 }', "has no field 'jobz'"],
  ])('are refused with %s, by the name of the file', (_, content, words) => {
    const file = join(folder(content), 'deployment.json');
    expect(() => loadSettings(file)).toThrow(JobsRefused);
    expect(() => loadSettings(file)).toThrow(words);
  });

  it('are refused where there is no file: what is deployed never depends on who remembers what', () => {
    const path = mkdtempSync(join(tmpdir(), 'none-'));
    mkdirSync(join(path, 'jobs'));
    expect(() => loadSettings(join(path, 'deployment.json'))).toThrow('is missing; write');
  });
});

describe('a flag (-c) of the CDK CLI', () => {
  const refused = (context: Readonly<Record<string, unknown>>): string => {
    try {
      refuseContext(settings({ journalRetentionDays: 400 }), name => context[name]);
      return 'accepted';
    } catch (error) {
      return error instanceof JobsRefused ? error.message : String(error);
    }
  };

  it('may repeat a setting, and never says something else than the file', () => {
    expect(refused({ journalRetentionDays: '400', jobs: 'jobs' })).toBe('accepted');
    expect(refused({ journalRetentionDays: '90' })).toContain('the settings of the deployment say 400');
    expect(refused({ journalObjectLock: 'compliance' })).toContain('say nothing of it');
    expect(refused({ allowPlaintextRoute: 'true' })).toContain('write it into deployment.json');
  });
});

describe('what a template tells of its settings', () => {
  it('comes back as it was, without the folder of a machine', () => {
    const all = settings({ jobs: 'somewhere', journalRetentionDays: 400, journalObjectLock: 'compliance' });
    const { jobs: _, ...others } = all;
    expect(settingsInText(settingsText(all))).toEqual(others);
    expect(settingsText(all)).not.toContain('somewhere');
    expect(settingsInText(undefined)).toBeUndefined();
  });

  it('differs from a file by name, and says so where the journal would be protected less', () => {
    const locked = settings({ journalRetentionDays: 400, journalObjectLock: 'compliance', schedules: false });
    expect(settingDifferences(locked, locked)).toEqual([]);
    expect(settingDifferences(settings(), locked)).toEqual([
      'journalRetentionDays: nothing in the file, 400 deployed',
      'journalObjectLock: nothing in the file, "compliance" deployed (the next deployment protects the journal less than this one)',
      'schedules: true in the file, false deployed',
    ]);
    expect(settingDifferences(settings({ journalRetentionDays: 90 }), settings())).toEqual([
      'journalRetentionDays: 90 in the file, nothing deployed (the next deployment protects the journal less than this one)',
    ]);
  });
});
