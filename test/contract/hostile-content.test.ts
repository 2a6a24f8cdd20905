import { logLines } from '../../lambda/core/account/log-lines.ts';
import fc from 'fast-check';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import { adviceText } from '../../cli/render/advice.ts';
import { statusText } from '../../cli/render/run-status.ts';
import { followerText } from '../../cli/render/followers.ts';
import { heldText, planText, reportText } from '../../cli/render/terminal.ts';
import { consoleOver } from '../../cli/context/console.ts';
import { Output } from '../../cli/context/output.ts';
import { S3IntentArchive } from '../../lambda/adapters/journal/intent-archive.ts';
import { PowertoolsTelemetry } from '../../lambda/adapters/run/telemetry.ts';
import { readIntents } from '../../lambda/core/journal/read-intents.ts';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { reportHtml } from '../../lambda/core/report/html.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { readJob } from '../../lib/jobs/load-jobs.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bindFormat } from '../../lambda/core/job/bind-format.ts';
import type { AttributeMap } from '../../lambda/core/model/record.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { NEW_DESTINATION } from '../support/bound.ts';
import { item, job, jobInput, NEW_KEY, OLD_KEY, plan, planned } from '../support/builders.ts';
import { anyCharacter } from '../support/any-character.ts';

/** Names, keys, values and words of people who wish to be taken for us. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b[2J\u001b[H',
        '\u001b]8;;http://x\u0007',
        '\u009b1m',
        '\r\n',
        '\u2028',
        '\u202e',
      ),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=y>',
        "' onclick='z",
        '&lt;',
        '</td>',
      ),
      fc.constantFrom('=cmd|calc', '{% $x %}', '${x}', '__proto__', 'constructor', '\ud800', '\u0000', '%s'),
      fc.string({ unit: anyCharacter, minLength: 1, maxLength: 6 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map(parts => parts.join(''));

/** All free texts of a report are the same. */
function reportOf(text: string): Report {
  const key = { keyArn: text, keyMaterialId: text };
  return {
    ...{ runId: text, job: text, mode: 'migrate', startedAt: text, endedAt: text, dryRun: false },
    ...{ state: 'failed', verdict: 'failed', remaining: null, error: text },
    stores: [
      {
        ...{ store: text, complete: false, narrowedTo: text, records: 1, withoutDataKey: 1, dataKeys: 1 },
        verdict: { kind: 'not-proven', doubts: [{ code: 'incomplete', words: text }] },
        ...{ withoutDataKeyFirst: [text], outcomes: { blocked: 1 }, concluding: {}, proven: null },
        ...{ lookAlikes: 1, remaining: null, keyMaterials: [] },
      },
    ],
    keyMaterials: [{ ...key, before: 1, after: 0, state: text, rotatedAt: text }],
    keepsSource: false,
    fingerprints: { compared: 1, changed: 1, first: [{ store: text, locator: text }] },
    lookAlikes: { count: 1, first: [{ store: text, locator: text, path: text, form: text }] },
    failures: [{ store: text, locator: text, slot: text, outcome: 'blocked', reason: text }],
    notChecked: [text],
    route: { type: 'direct', why: text },
    kms: { requests: 1, throttled: 0 },
    estimate: null,
    warnings: [text],
    files: { journal: text, run: text },
  };
}

/** What reaches the terminal. */
function printed<Data extends object>(data: Data, render: (data: Data) => string, json = false): string {
  let text = '';
  const sink = { write: (one: string) => void (text += one), on: () => undefined };
  const streams = { stdout: new Output(sink), stderr: new Output(sink) };
  consoleOver({ json, ...streams, now: () => 0 }).result(data, render, []);
  return text;
}

const COLORS = /\u001b\[(?:[0-2]|22|3[0-9]|90)m/g;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;
const seen = (text: string): string => text.replace(COLORS, '').replaceAll('\n', '');
const lines = (text: string): number => text.split('\n').length;

describe('hostile content', () => {
  const views: readonly (readonly [string, (text: string, json?: boolean) => string])[] = [
    ['a report', (text, json) => printed(reportOf(text), reportText, json)],
    [
      'a plan',
      (text, json) => {
        const looked = [{ ...LOOK, store: text, recordedKeys: [{ key: text, records: 1, known: false }] }];
        const sources = [planned(text)];
        return printed(plan({ job: text, warnings: [text], looked, sources }), planText, json);
      },
    ],
    [
      'the advice about a key',
      (text, json) => {
        const findings = [{ weight: 'blocks' as const, about: text, words: text }];
        const advice = {
          keyArn: text,
          verdict: 'keep' as const,
          findings,
          steps: [text],
          notChecked: [text],
        };
        return printed(advice, adviceText, json);
      },
    ],
    [
      'the status of a run',
      (text, json) => {
        const status = {
          runId: text,
          state: 'failed' as const,
          startedAt: text,
          ...{ job: text, startedBy: 'schedule' as const, scheduledFor: text },
          ...{ remaining: null, seconds: 1 },
          error: { name: text, words: text },
        };
        const held = {
          store: text,
          runId: text,
          job: text,
          mode: 'migrate' as const,
          prefix: text,
          since: text,
        };
        const standing = { kind: 'live' as const };
        const follower = {
          ...{ job: text, tables: [text], buckets: [text] },
          ...{ stage: 'ended' as const, late: { [text]: 1 } },
        };
        const data = { ...status, held: { ...held, standing }, follower };
        return printed(
          data,
          shown => [statusText(shown, []), heldText(shown.held), followerText(shown.follower)].join('\n'),
          json,
        );
      },
    ],
  ];

  it.each(views)('begins no line, color or sequence of a terminal in %s', (_, view) => {
    const expected = lines(view('x'));
    fc.assert(
      fc.property(hostile, text => {
        expect(seen(view(text))).not.toMatch(UNSEEN);
        expect(lines(view(text))).toBe(expected);
        expect(view(text).match(COLORS)).toEqual(view('x').match(COLORS));
      }),
      { numRuns: 60 },
    );
  });

  it.each(views)('is the same data in the JSON of %s, and as visible', (_, view) => {
    fc.assert(
      fc.property(hostile, text => {
        const json = view(text, true);
        expect(seen(json)).not.toMatch(UNSEEN);
        expect(JSON.stringify(JSON.parse(json))).toContain(JSON.stringify(text).slice(1, -1));
      }),
      { numRuns: 60 },
    );
  });

  it('becomes no markup of the page, and turns nothing in it', () => {
    const tags = (html: string): readonly string[] => html.match(/<[^>]*>/g) ?? [];
    const expected = tags(reportHtml(reportOf('x')));
    fc.assert(
      fc.property(hostile, text => {
        const html = reportHtml(reportOf(text));
        expect(tags(html)).toEqual(expected);
        expect(html.replaceAll('\n', '')).not.toMatch(UNSEEN);
      }),
      { numRuns: 60 },
    );
  });

  it('becomes no markup where a report was altered in its bucket, either', () => {
    const altered = reportOf('x') as unknown as Record<string, unknown>;
    const script = '<script>';
    for (const field of ['mode', 'remaining', 'startedAt'])
      expect(reportHtml({ ...altered, [field]: script } as unknown as Report)).not.toContain(script);
    const kms = { requests: script, throttled: script };
    const route = { type: script, why: script };
    expect(reportHtml({ ...altered, kms, route } as unknown as Report)).not.toContain(script);
  });

  it('stays in its field of its log line', () => {
    const telemetry = new PowertoolsTelemetry({ service: 's', job: 'j', runId: 'r' });
    fc.assert(
      fc.property(hostile, text => {
        const written: string[] = [];
        const log = jest.spyOn(console, 'info').mockImplementation((line: string) => void written.push(line));
        // Powertools writes to a console of its own in development mode only.
        const stdout = jest
          .spyOn(process.stdout, 'write')
          .mockImplementation(line => written.push(String(line)) > 0);
        telemetry.dataKey(entryOf(text));
        for (const line of logLines([{ ...entryOf(text), outcome: 'foreign-key' }], 'page').shared)
          telemetry.dataKeys(line);
        log.mockRestore();
        stdout.mockRestore();
        const [one, several, ...others] = written.join('').trimEnd().split('\n');
        expect(others).toEqual([]);
        expect(JSON.parse(one!)).toMatchObject({ locator: wellFormed(text), level: 'INFO' });
        const at = [{ slot: wellFormed(text), locators: [wellFormed(text)] }];
        expect(JSON.parse(several!)).toMatchObject({ message: 'data keys', at, level: 'INFO' });
      }),
      { numRuns: 30 },
    );
  });

  const LOOK = {
    ...{
      records: 1,
      more: false,
      withDataKey: 1,
      misread: 0,
      withoutDataKey: 0,
      unreadable: 1,
      undecodable: 0,
    },
    ...{ unsupported: 0, placeEmpty: 0, forms: [], elsewhere: [], versions: [] },
  };
});

function entryOf(text: string): OutcomeEntry {
  return { schema: 3, store: text, locator: text, slot: text, outcome: 'blocked', reason: text };
}

/** JSON in UTF-8 has no halves of characters. */
function wellFormed(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

describe('what is read', () => {
  it('of a journal may have been altered into anything, and is then damaged, never an error', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), hostile)), all =>
        expect(['damaged', 'intents']).toContain(readIntents(`${all.join('\n')}\n`).kind),
      ),
    );
  });

  const intent = (before: unknown): string =>
    `${JSON.stringify({
      ...{ schema: 3, store: 's', locator: 'l', route: 'direct' },
      dataKeys: [
        {
          ...{ slot: 'edk', oldCiphertext: null, oldDigest: null, newDigest: 'n', sourceDigest: 's' },
          ...{ source: { keyArn: OLD_KEY }, destination: { keyArn: NEW_KEY }, kmsRequestIds: [] },
        },
      ],
      undo: [{ path: ['edk'], role: 'data-key', dataKeys: [0], before, beforeDigest: 'b', afterDigest: 'a' }],
    })}\n`;

  it.each([
    ['a number where there is a list', { L: 1 }],
    ['a text where there is a value', 'text'],
    ['bytes that are none', { B: 5 }],
  ])('of a journal is damaged if it holds %s', (_, before) =>
    expect(readIntents(intent(before))).toMatchObject({
      kind: 'damaged',
      reason: expect.stringContaining('altered'),
    }),
  );

  it('of a journal is damaged if it nests a hundred thousand levels deep', () => {
    const deep = `${'{"M":{"a":'.repeat(100_000)}{"S":"x"}${'}}'.repeat(100_000)}`;
    expect(readIntents(intent('DEEP').replace('"DEEP"', deep))).toMatchObject({ kind: 'damaged' });
  });

  it('of a journal is damaged if it decompresses to more than any page', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 ** 2));
    const send = () => Promise.resolve({ Body: { transformToByteArray: () => Promise.resolve(bomb) } });
    const archive = new S3IntentArchive({ send } as unknown as S3Client, { bucket: 'b', job: 'j' });
    expect(await archive.readIntents('page')).toEqual({ kind: 'damaged', reason: 'is larger than any page' });
  });

  it('of an encryption context has the names that the job gives, constructor included', () => {
    const [store] = job().stores;
    const encryptionContext = { constructor: { attribute: '__proto__' }, toString: 'x' };
    const format = { type: 'attribute', dataKey: 'edk', encoding: 'binary', encryptionContext };
    const bound = bindFormat({ ...store!, format }, formats, NEW_DESTINATION);
    const attributes = JSON.parse('{"__proto__":{"S":"b"}}') as AttributeMap;
    const record = item('1', {});
    const all = Object.fromEntries([
      ...Object.entries(record.attributes),
      ...Object.entries(attributes),
      ['edk', { B: Buffer.alloc(100) }],
    ]);
    const [found] = bound.read({ ...record, attributes: all });
    const context = { constructor: 'b', toString: 'x' };
    expect(found).toMatchObject({ kind: 'data-key', contexts: [{ source: context }] });
  });

  it('of a job has no member named __proto__, wherever it stands', () => {
    const text = JSON.stringify(jobInput()).replace('"tenant":', '"__proto__":');
    expect(parseJob(JSON.parse(text), formats)).toMatchObject({
      problems: [{ words: expect.stringContaining('__proto__, which would be lost') }],
    });
  });

  it('of a job file is a problem in words, whatever lies there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rewrap-hostile-'));
    const file = join(folder, 'job.json');
    const problemsOf = (text: string): readonly string[] => {
      writeFileSync(file, text);
      return readJob(file).problems;
    };
    expect(problemsOf(`"${'x'.repeat(1024 ** 2)}"`)).toEqual([
      expect.stringContaining('is larger than 1 MB'),
    ]);
    expect(problemsOf(`${'['.repeat(500_000)}${']'.repeat(500_000)}`)).not.toEqual([]);
    expect(problemsOf(`{"name":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`)).not.toEqual([]);
    fc.assert(
      fc.property(fc.oneof(fc.json(), hostile), text => expect(problemsOf(text)).not.toEqual([])),
      { numRuns: 50 },
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    problemsOf('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
