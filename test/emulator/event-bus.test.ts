import { EventBus } from '../../emulator/eventbridge/event-bus.ts';
import { eventBridgeService } from '../../emulator/eventbridge/service.ts';
import { EVERYTHING } from '../../emulator/protocol/authorization.ts';
import { checkPattern, matches } from '../../emulator/eventbridge/pattern.ts';

const queueArn = 'arn:aws:sqs:us-east-1:111122223333:written';
const ruleArn = 'arn:aws:events:us-east-1:111122223333:rule/r';
const CREATED = {
  ...{ source: 'aws.s3', detailType: 'Object Created', region: 'us-east-1', accountId: '111122223333' },
  detail: { bucket: { name: 'documents' }, object: { key: 'a/b' } },
};

// EventBridge user guide, event patterns.
describe('an event pattern', () => {
  const event = { source: 'aws.s3', detail: { object: { key: 'a/b', size: 5, deleted: null } }, tags: ['x'] };

  it.each([
    [{ source: ['aws.s3'] }, true],
    [{ source: ['aws.ec2', 'aws.s3'] }, true],
    [{ source: ['aws.ec2'] }, false],
    [{ detail: { object: { key: [{ prefix: 'a/' }] } } }, true],
    [{ detail: { object: { key: [{ prefix: 'b' }, { prefix: 'a' }] } } }, true],
    [{ detail: { object: { key: [{ prefix: 'A/' }] } } }, false],
    [{ detail: { object: { size: [5], deleted: [null] } } }, true],
    [{ detail: { object: { size: ['5'] } } }, false],
    [{ detail: { object: { 'version-id': ['v'] } } }, false],
    [{ source: ['aws.s3'], detail: { bucket: { name: ['b'] } } }, false],
    [{ tags: ['x', 'y'] }, true],
  ])('%j, asked about an event: %s', (pattern, answer) => {
    expect(matches(checkPattern(pattern), event)).toBe(answer);
  });

  it.each([
    {},
    [],
    { source: 'aws.s3' },
    { source: [] },
    { source: [{ suffix: 'x' }] },
    { $or: [{ source: ['a'] }] },
    { source: ['x'.repeat(2_048)] },
  ])('is refused: %j', pattern => {
    expect(() => checkPattern(pattern)).toThrow('Event pattern is not valid');
  });
});

describe('the default bus', () => {
  const sent: { readonly to: string; readonly body: object; readonly by: object }[] = [];
  const bus = new EventBus(
    (to, body, by) => {
      if (to.endsWith('closed')) throw new Error('not authorized');
      sent.push({ to, body: JSON.parse(body) as object, by });
    },
    () => Date.parse('2026-11-28T09:00:00.123Z'),
  );
  const rule = (changes: object = {}) => ({
    ...{ arn: ruleArn, enabled: true, pattern: { source: ['aws.s3'] }, targets: [queueArn] },
    ...changes,
  });
  beforeEach(() => sent.splice(0));

  it('hands an event as a whole to the targets of rules that it matches, in the name of the rule', () => {
    bus.put(rule());
    bus.deliver({ ...CREATED, resources: ['arn:aws:s3:::documents'] });
    expect(sent).toEqual([
      {
        to: queueArn,
        body: {
          ...{ version: '0', id: expect.any(String) as string, 'detail-type': 'Object Created' },
          ...{ source: 'aws.s3', account: '111122223333', time: '2026-11-28T09:00:00Z', region: 'us-east-1' },
          ...{ resources: ['arn:aws:s3:::documents'], detail: CREATED.detail },
        },
        by: { service: 'events.amazonaws.com', accountId: '111122223333', sourceArn: ruleArn },
      },
    ]);
  });

  it('hands on nothing of another account or Region, to a rule that is off, that is gone, or that asks for something else', () => {
    bus.put(rule());
    bus.deliver({ ...CREATED, region: 'eu-west-1' });
    bus.deliver({ ...CREATED, accountId: '444455556666' });
    bus.put(rule({ enabled: false }));
    bus.deliver(CREATED);
    bus.put(rule({ pattern: { source: ['aws.ec2'] } }));
    bus.deliver(CREATED);
    bus.delete(ruleArn);
    bus.deliver(CREATED);
    expect(sent).toEqual([]);
  });

  it('shows what could not be delivered, and goes on with the other targets', () => {
    bus.put(rule({ targets: [`${queueArn}-closed`, queueArn] }));
    bus.deliver(CREATED);
    expect(sent).toHaveLength(1);
    expect(bus.undelivered).toEqual([{ ruleArn, targetArn: `${queueArn}-closed`, error: 'not authorized' }]);
  });
});

describe('PutEvents', () => {
  const bodies: Readonly<Record<string, unknown>>[] = [];
  const bus = new EventBus((_, body) => void bodies.push(JSON.parse(body) as Record<string, unknown>));
  bus.put({ arn: ruleArn, enabled: true, pattern: { source: ['mine'] }, targets: [queueArn] });
  beforeEach(() => bodies.splice(0));

  const EVENT = { Source: 'mine', DetailType: 'T', Detail: '{}' };
  async function put(...Entries: readonly object[]) {
    const { body } = await eventBridgeService(bus).handle({
      ...{ method: 'POST', path: '/', query: new URLSearchParams(), requestId: 'r', service: 'events' },
      headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
      body: Buffer.from(JSON.stringify({ Entries })),
      region: 'us-east-1',
      caller: { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:root' },
      iam: EVERYTHING,
    });
    return JSON.parse(String(body)) as {
      readonly FailedEntryCount: number;
      readonly Entries: readonly Readonly<Record<string, string>>[];
    };
  }

  it.each(['Source', 'DetailType', 'Detail'])(
    'says of an entry without %s that it is required',
    async name => {
      const { FailedEntryCount, Entries } = await put({ ...EVENT, [name]: undefined }, EVENT);
      expect([FailedEntryCount, Entries[0]]).toEqual([
        1,
        {
          ErrorCode: 'InvalidArgument',
          ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
        },
      ]);
      expect(bodies).toHaveLength(1);
    },
  );

  it.each(['text', '["list"]', '"quoted"', '{broken'])(
    'takes no detail that is no object: %s',
    async Detail => {
      const { Entries } = await put({ ...EVENT, Detail });
      expect(Entries).toEqual([{ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }]);
      expect(bodies).toEqual([]);
    },
  );

  it('delivers an event under the id that it answers, with the time and the resources that were given', async () => {
    const { Entries } = await put({ ...EVENT, Time: 1_800_000_000, Resources: ['arn:x'] });
    expect(bodies).toMatchObject([
      { id: Entries[0]?.['EventId'], time: '2027-01-15T08:00:00Z', resources: ['arn:x'] },
    ]);
  });

  it('takes events for a bus that is not there, and nobody gets them', async () => {
    expect(await put({ ...EVENT, EventBusName: 'gone' })).toMatchObject({ FailedEntryCount: 0 });
    expect(bodies).toEqual([]);
  });
});
