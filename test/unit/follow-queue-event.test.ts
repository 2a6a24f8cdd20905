import * as fc from 'fast-check';
import { queueTold } from '../../lambda/core/follow/queue-event.ts';

const body = (key: string, changes: object = {}): string =>
  JSON.stringify({
    ...{ version: '0', id: 'e', 'detail-type': 'Object Created', source: 'aws.s3', region: 'us-east-1' },
    detail: {
      ...{ version: '0', bucket: { name: 'documents' }, reason: 'PutObject' },
      object: { key, size: 5, etag: 'e', sequencer: '00' },
    },
    ...changes,
  });
const batch = (...bodies: readonly string[]) => ({
  Records: bodies.map((text, at) => ({ messageId: `m${at}`, body: text, eventSource: 'aws:sqs' })),
});

describe('what a queue tells of objects', () => {
  it('is each object once, with all messages that tell of it', () => {
    expect(queueTold(batch(body('a'), body('b'), body('a')))).toEqual({
      objects: [
        { bucket: 'documents', locator: 'a', messageIds: ['m0', 'm2'] },
        { bucket: 'documents', locator: 'b', messageIds: ['m1'] },
      ],
      unreadable: [],
    });
  });

  it('is both of two objects whose key may be meant, as AWS does not say whether keys are encoded', () => {
    const told = queueTold(batch(body('a+b/%C3%BC'), body('100%')));
    expect(told?.objects.map(({ locator }) => locator)).toEqual(['a+b/%C3%BC', 'a b/ü', '100%']);
  });

  it.each([
    ['is no JSON', '{'],
    ['is of another kind', body('a', { 'detail-type': 'Object Deleted' })],
    ['is of another service', body('a', { source: 'aws.ec2' })],
    ['has no key', body('')],
    ['has no detail', body('a', { detail: null })],
  ])('leaves a message that %s to be looked at by somebody, beside the others', (_, text) => {
    expect(queueTold(batch(text, body('b')))).toEqual({
      objects: [{ bucket: 'documents', locator: 'b', messageIds: ['m1'] }],
      unreadable: ['m0'],
    });
  });

  it.each([null, {}, { Records: [] }, { Records: [{ body: '' }] }, { Records: [{ messageId: 'm' }] }])(
    'is nothing where it is no event of a queue: %j',
    input => {
      expect(queueTold(input)).toBeUndefined();
    },
  );

  it('never throws, and accounts for every message', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }).map(key => body(key)),
      fc.json(),
      fc.string(),
      fc.object().map(changes => body('a', changes)),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), bodies => {
        const { objects = [], unreadable = [] } = queueTold(batch(...bodies)) ?? {};
        const named = new Set([...unreadable, ...objects.flatMap(({ messageIds }) => messageIds)]);
        expect([...named].sort()).toEqual(bodies.map((_, at) => `m${at}`));
      }),
    );
    fc.assert(fc.property(fc.anything(), input => void queueTold(input)));
  });
});
