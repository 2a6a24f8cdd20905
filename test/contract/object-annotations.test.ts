import {
  DeleteObjectCommand,
  GetObjectAnnotationCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectAnnotationCommand,
} from '@aws-sdk/client-s3';
import { ReEncryptCommand } from '@aws-sdk/client-kms';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { openStore } from '../../lambda/adapters/stores/registry.ts';
import { FormatWorld } from '../support/format-world.ts';
import { rewrap } from '../support/rewrap-cli.ts';

let world: FormatWorld;
beforeEach(async () => {
  world = await FormatWorld.for('object-annotation');
  await world.bucket('payloads');
});
afterEach(() => world.stop());

const annotate = (Key: string, AnnotationName: string, AnnotationPayload: string) =>
  world.aws.s3.send(
    new PutObjectAnnotationCommand({ Bucket: 'payloads', Key, AnnotationName, AnnotationPayload }),
  );
async function textOf(Key: string, AnnotationName: string): Promise<string> {
  const of = new GetObjectAnnotationCommand({ Bucket: 'payloads', Key, AnnotationName });
  return (await world.aws.s3.send(of)).AnnotationPayload!.transformToString();
}

/** An object with a data key, as an application has written it: the payload first, then its annotation. */
async function file(key: string): Promise<void> {
  await world.put('payloads', key, 'sealed');
  const { ciphertext } = await world.dataKey({ object: key });
  await annotate(key, 'encrypted-data-key', `${ciphertext.toString('base64').replace(/.{76}/g, '$&\n')}\n`);
  await annotate(key, 'kms-key-arn', await world.arnOf(world.source));
}
async function envelope(key: string): Promise<void> {
  await world.put('payloads', key, 'sealed');
  const made = [await world.dataKey({ tenant: 't' }), await world.dataKey({ tenant: 't' })];
  const keys = made.map(({ ciphertext }) => ({ dataKey: ciphertext.toString('base64') }));
  await annotate(key, 'envelope', JSON.stringify({ tenant: 't', keys }));
}

/** What an application does by itself: nobody else may write in the meantime. */
async function movedByApplication(key: string): Promise<void> {
  const { CiphertextBlob } = await world.aws.kms.send(
    new ReEncryptCommand({
      CiphertextBlob: Buffer.from(await textOf(key, 'encrypted-data-key'), 'base64'),
      ...{ SourceEncryptionContext: { object: key }, DestinationEncryptionContext: { object: key } },
      DestinationKeyId: world.job.destination.key,
    }),
  );
  await annotate(key, 'encrypted-data-key', Buffer.from(CiphertextBlob!).toString('base64'));
  await annotate(key, 'kms-key-arn', await world.arnOf(world.job.destination.key));
}

/** The example job about the files alone. */
const files = (changes: object = {}): object => {
  const { stores, ...rest } = world.job as unknown as { readonly stores: readonly object[] };
  return { ...rest, stores: [{ ...stores[0], ...changes }] };
};

describe('data keys in annotations', () => {
  it('are counted by a census, as texts and in documents, beside objects without one', async () => {
    await file('files/a');
    await file('files/b ä');
    await world.put('payloads', 'files/plain', 'x');
    await envelope('envelopes/a');
    const { code, plan, report } = await world.player.play(world.job, 'census');
    expect([code, report.verdict, report.countsOnly]).toEqual([1, 'counted', true]);
    expect(report.stores.map(({ dataKeys, outcomes }) => [dataKeys, outcomes['to-rewrap']])).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(report.stores[0]?.withoutDataKey).toBe(1);
    // Two names in the one store, one in the other.
    const reads = plan.calls?.filter(({ action }) => action === 's3:GetObjectAnnotation');
    expect(reads?.map(({ times, per }) => [times, per])).toEqual([
      [2, 'record'],
      [1, 'record'],
    ]);
    expect(plan.warnings).toContainEqual(expect.stringContaining('AWS names none for it'));
  });

  it('are moved by no run: Plan refuses, says why and what to do, and nothing is written', async () => {
    await file('files/a');
    const before = await textOf('files/a', 'encrypted-data-key');
    const refusal = await world.player.refusal(files());
    expect(refusal).toMatch(/^stores\[0\]\.format = "object-annotation": holds data keys in annotations/);
    expect(refusal).toMatch(/PutObjectAnnotation checks the ETag of the object/);
    expect(refusal).toMatch(/run of the mode verify/);
    expect(await world.player.refusal(world.job)).toMatch(/give other stores a job of their own/);
    expect(await textOf('files/a', 'encrypted-data-key')).toBe(before);
  });

  it('that their application has moved are proven by a verify run, and the old key may go', async () => {
    await file('files/a');
    await file('files/b');
    await movedByApplication('files/a');
    const half = await world.player.play(files(), 'verify');
    expect([half.code, half.report.verdict, half.report.remaining]).toEqual([1, 'not-proven', 1]);
    expect(half.advice.verdict).not.toBe('disable');
    await movedByApplication('files/b');
    const { code, report, advice } = await world.player.play(files(), 'verify');
    expect([code, report.verdict, report.remaining, advice.verdict]).toEqual([0, 'proven', 0, 'disable']);
  });

  it('are written by no store either', async () => {
    await file('files/a');
    const store = { ...(files() as { stores: readonly object[] }).stores[0], prefix: 'files/' } as never;
    const clients = new AwsClients({ endpoint: world.aws.endpoint });
    const annotations = ['encrypted-data-key'];
    const records = await openStore(store, { clients, region: 'us-east-1', needs: [], annotations });
    const [record] = (await records.readPage({ type: 'key-range' }, { pageSize: 10 } as never)).records;
    const [path, text] = [[{ part: 'annotation', name: 'encrypted-data-key' }] as const, 'new'];
    const held = await textOf('files/a', 'encrypted-data-key');
    const places = [{ path, before: { S: held }, after: { S: text } }];
    expect(await records.write(record!, places)).toMatchObject({ kind: 'blocked' });
    expect(await textOf('files/a', 'encrypted-data-key')).toBe(held);
  });

  it('are read of noncurrent versions, which have annotations of their own', async () => {
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await world.aws.s3.send(new PutBucketVersioningCommand({ Bucket: 'payloads', VersioningConfiguration }));
    await file('files/a');
    await file('files/a');
    await file('files/gone');
    await world.aws.s3.send(new DeleteObjectCommand({ Bucket: 'payloads', Key: 'files/gone' }));
    const current = await world.player.play(files(), 'census');
    expect(current.report.stores[0]).toMatchObject({ records: 1, dataKeys: 1 });
    const all = await world.player.play(files({ versions: 'all' }), 'census');
    expect(all.report.stores[0]).toMatchObject({ records: 3, dataKeys: 3, outcomes: { 'to-rewrap': 3 } });
  });

  it('leave the object as it is, so its ETag cannot tell that one was replaced', async () => {
    await file('files/a');
    const head = () => world.aws.s3.send(new HeadObjectCommand({ Bucket: 'payloads', Key: 'files/a' }));
    const { ETag: ObjectIfMatch } = await head();
    await annotate('files/a', 'encrypted-data-key', 'of another writer');
    const stale = { AnnotationName: 'encrypted-data-key', AnnotationPayload: 'of a run', ObjectIfMatch };
    await world.aws.s3.send(new PutObjectAnnotationCommand({ Bucket: 'payloads', Key: 'files/a', ...stale }));
    expect(await textOf('files/a', 'encrypted-data-key')).toBe('of a run');
  });
});

describe('an annotation that S3 does not show', () => {
  const fault = (error: string, status: number, count: number) =>
    world.aws.aws.faults.inject({ service: 's3', operation: 'GetObjectAnnotation', error, status, count });

  it('is in doubt, with the words of S3, where others are shown', async () => {
    await file('files/a');
    await file('files/b');
    await world.player.play(files(), 'census');
    // Each object has two annotations that the job names; Plan looks at them once before.
    let seen = 0;
    world.aws.aws.faults.injectBy(({ service }, operation) =>
      service === 's3' && operation === 'GetObjectAnnotation' && ++seen === 8
        ? { kind: 'error', error: 'AccessDenied', status: 403 }
        : undefined,
    );
    const { code, report } = await world.player.play(files(), 'census');
    expect(code).toBe(1);
    expect(report.stores[0]).toMatchObject({ outcomes: { 'to-rewrap': 1, unsupported: 1 } });
    expect(report.failures[0]?.reason).toMatch(
      /^s3:GetObjectAnnotation was refused \(403 AccessDenied.*the job's format needs something/,
    );
  });

  it('ends the run where none is shown', async () => {
    await file('files/a');
    await file('files/b');
    fault('AccessDenied', 403, 50);
    await expect(world.player.play(files(), 'census')).rejects.toThrow(/s3:GetObjectAnnotation of files/);
  });

  it('is no data key where the object was deleted after it was listed', async () => {
    await file('files/a');
    await file('files/b');
    let asked = 0;
    world.aws.aws.faults.injectBy(({ service }, operation) => {
      if (service !== 's3' || operation !== 'GetObjectAnnotation') return undefined;
      // Plan looks at two annotations of two objects first.
      return ++asked > 4 ? { kind: 'error', error: 'NoSuchKey', status: 404 } : undefined;
    });
    const { report } = await world.player.play(files(), 'census');
    expect(report.stores[0]).toMatchObject({ records: 0, dataKeys: 0, withoutDataKey: 0 });
  });

  it('is in doubt where S3 takes no such request, and the object is there', async () => {
    await file('files/a');
    fault('MethodNotAllowed', 405, 50);
    const { report } = await world.player.play(files(), 'census');
    expect(report.stores[0]).toMatchObject({ outcomes: { unsupported: 1 } });
  });

  it('is nothing where S3 has no annotations, and Plan says that nothing is there', async () => {
    await file('files/a');
    fault('NotImplemented', 501, 50);
    expect(await world.player.refusal(files(), 'census')).toMatch(
      /none of the 1 objects has a data key at <annotation encrypted-data-key>/,
    );
  });
});

describe('rewrap inspect', () => {
  interface Told {
    readonly sample: { readonly annotationsUnread: number };
    readonly hidden: number;
    readonly formats: readonly { readonly slot: string; readonly dataKeys: number }[];
    readonly job: { readonly stores: readonly { readonly format: object }[] };
    readonly questions: readonly string[];
  }
  const inspected = async (): Promise<Told> => {
    const { stdout } = await rewrap(['inspect', 's3://payloads/', '--json'], {
      endpoint: world.aws.endpoint,
    });
    return JSON.parse(stdout) as Told;
  };

  it('finds data keys in annotations, and asks who moves them', async () => {
    await file('files/a');
    await envelope('envelopes/a');
    const { formats, job, sample, questions } = await inspected();
    expect(sample).toEqual({ complete: true, bodiesUnread: 0, annotationsUnread: 0 });
    expect(formats.map(({ slot, dataKeys }) => [slot, dataKeys]).sort()).toEqual([
      ['annotation.encrypted-data-key', 1],
      ['annotation.envelope#/keys/*/dataKey', 2],
    ]);
    expect(job.stores.map(({ format }) => format)).toEqual(
      expect.arrayContaining([
        {
          ...{ type: 'object-annotation', annotation: 'encrypted-data-key', encoding: 'base64' },
          keyArn: 'kms-key-arn',
        },
        expect.objectContaining({ type: 'json-document', in: { annotation: 'envelope' } }),
      ]),
    );
    expect(questions).toContainEqual(expect.stringContaining('who moves these data keys'));
  });

  it('says so where it did not look at all annotations', async () => {
    await file('files/a');
    await annotate('files/a', 'long', 'x'.repeat(65_537));
    await file('files/b');
    for (let n = 0; n < 9; n++) await annotate('files/b', `a${n}`, 'x');
    await file('files/c');
    const denied = { kind: 'error', error: 'AccessDenied', status: 403 } as const;
    let lists = 0;
    world.aws.aws.faults.injectBy(({ service }, operation) =>
      service === 's3' && operation === 'ListObjectAnnotations' && ++lists === 3 ? denied : undefined,
    );
    const { sample, hidden } = await inspected();
    expect([sample.annotationsUnread, hidden]).toEqual([3, 0]);
  });
});
