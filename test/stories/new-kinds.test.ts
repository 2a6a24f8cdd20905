import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
/** Inside the repository, so that its packages are found. */
const COPY = join(ROOT, '.rewrap', `new-kinds-${process.pid}`);
const ROOMS = join(ROOT, 'test/new-kinds');

interface Seen {
  readonly problems: Readonly<Record<string, readonly string[]>>;
  readonly plan: object;
  readonly report: object;
  readonly notChecked: readonly string[];
  readonly held: readonly unknown[];
}

/** Writes into a registry of the copy what a person would write there. */
function edit(file: string, lines: Readonly<Record<string, string>>): void {
  const path = join(COPY, file);
  const edited = Object.entries(lines).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      return text.replace(from, to);
    },
    readFileSync(path, 'utf8'),
  );
  writeFileSync(path, edited);
}

function addRoom(from: string, to: string): void {
  cpSync(join(ROOMS, from), join(COPY, to));
}

function node(module: string, args: readonly string[]): string {
  const bin = createRequire(__filename).resolve(module);
  try {
    return execFileSync(process.execPath, [bin, ...args], { cwd: COPY, encoding: 'utf8' });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout) + String((error as { stderr?: unknown }).stderr);
  }
}

beforeAll(() => {
  mkdirSync(COPY, { recursive: true });
  for (const part of ['lambda', 'test/support', 'package.json'])
    cpSync(join(ROOT, part), join(COPY, part), { recursive: true });
  const config = {
    extends: '../../tsconfig.json',
    include: ['lambda/core', 'lambda/formats', 'lambda/adapters/stores'],
  };
  writeFileSync(join(COPY, 'tsconfig.json'), JSON.stringify(config));
  addRoom('play.ts', 'test/new-kinds/play.ts');

  addRoom('shelf.ts', 'lambda/core/stores/shelf/index.ts');
  edit('lambda/core/stores/registry.ts', {
    'import { s3Kind }': "import { shelfKind } from './shelf/index.ts';\nimport { s3Kind }",
    '  s3: s3Kind,': '  s3: s3Kind,\n  shelf: shelfKind,',
  });
  edit('lambda/core/stores/schemas.ts', {
    'import { bucketSchema }': "import { shelfSchema } from './shelf/index.ts';\nimport { bucketSchema }",
    '  s3: bucketSchema,': '  s3: bucketSchema,\n  shelf: shelfSchema,',
  });

  addRoom('sealed-note.ts', 'lambda/formats/sealed-note/index.ts');
  edit('lambda/formats/registry.ts', {
    'import { objectMetadataFormat }':
      "import { sealedNoteFormat } from './sealed-note/index.ts';\nimport { objectMetadataFormat }",
    '  objectMetadataFormat,': '  objectMetadataFormat,\n  sealedNoteFormat,',
  });

  addRoom('by-hand.ts', 'lambda/core/routes/by-hand.ts');
  edit('lambda/core/routes/registry.ts', {
    'import { bridge }': "import { byHand } from './by-hand.ts';\nimport { bridge }",
    '  bridge,': "  bridge,\n  'by-hand': byHand,",
  });
  edit('lambda/core/model/route.ts', { "'bridge', ": "'bridge', 'by-hand', " });
});
afterAll(() => rmSync(COPY, { recursive: true, force: true }));

describe('a new kind of store, a new format and a new route', () => {
  it('need a room each and a line in their registry, and the compiler asks for the adapter of the store', () => {
    const errors = node('typescript/bin/tsc', ['--noEmit', '-p', '.']).split('\n');
    expect(errors.filter(line => /error TS/.test(line))).toEqual([
      expect.stringMatching(/^lambda\/adapters\/stores\/registry\.ts.*'shelf' is missing/),
    ]);
  });

  it('are known to jobs, Plan, workers and reports without changing a line of those', () => {
    const seen = JSON.parse(node('tsx/cli', ['test/new-kinds/play.ts'])) as Seen;
    expect(seen.problems).toEqual({
      misspelt: [expect.stringContaining("has no field 'shelve'; did you mean 'shelf'?")],
      twice: [expect.stringContaining('(shelf:A), too; if they differ in their context')],
      asymmetric: [expect.stringContaining('has no data keys under asymmetric keys')],
      attributeFormat: [],
      otherRecords: [expect.stringContaining('is no format of this kind of store')],
    });
    expect(seen.problems['twice']?.[0]).toMatch(/name another shelf$/);
    expect(seen.plan).toEqual({
      route: { type: 'by-hand', why: 'the job names it; hands are there' },
      warnings: ['shelf:A: notes are small', 'hands get tired'],
      // For each of three notes, three requests by the route and, of a hundred, one by the verify pass.
      kmsRequests: Math.ceil(3 * (3 + 0.01)),
      writes: 3,
      slots: ['wax'],
    });
    expect(seen.report).toEqual({
      state: 'succeeded',
      stores: [{ store: 'shelf:A', verdict: { kind: 'proven' } }],
    });
    expect(seen.notChecked).toContain('notes that somebody has borrowed');
    expect(seen.held).toHaveLength(3);
    for (const plaintext of seen.held)
      expect(plaintext).toMatchObject({ keyArn: expect.stringMatching(/:key\/2/) });
  });
});
