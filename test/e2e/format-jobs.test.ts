import { FormatWorld, type MadeDataKey } from '../support/format-world.ts';

let world: FormatWorld;
afterEach(() => world.stop());

/** Everything is moved, and what retire-check says is true: the old key is disabled by now. */
async function movedAll(dataKeys: number): Promise<void> {
  const { code, report, advice } = await world.moved();
  expect([code, report.remaining, advice.verdict]).toEqual([0, 0, 'disable']);
  expect(report.stores.reduce((sum, store) => sum + (store.outcomes['rewrapped'] ?? 0), 0)).toBe(dataKeys);
}

describe('an example job for the format', () => {
  it('attribute moves every data key of an item, each with its key ARN and its context', async () => {
    world = await FormatWorld.for('attribute');
    const keyArn = await world.arnOf(world.source);
    const made: MadeDataKey[] = [];
    const recipient = async (id: string, name: string) => {
      const dataKey = await world.dataKey({ conversation: id, recipient: name });
      made.push(dataKey);
      return { M: { name: { S: name }, dataKey: { B: dataKey.ciphertext }, keyArn: { S: keyArn } } };
    };
    const items = ['m1', 'm2'].map(async id => ({
      ...{ id: { S: id }, version: { N: '1' }, text: { B: Buffer.from('sealed') } },
      recipients: { L: [await recipient(id, 'ann'), await recipient(id, 'bob')] },
    }));
    await world.table('Messages', [...(await Promise.all(items)), { id: { S: 'draft' } }]);
    await movedAll(4);
    const opened: Buffer[] = [];
    for (const { id, recipients, version } of await world.items('Messages')) {
      for (const { M } of recipients?.L ?? []) {
        expect(M!['keyArn']!.S).not.toBe(keyArn);
        const context = { conversation: id!.S!, recipient: M!['name']!.S! };
        opened.push(await world.decrypt(M!['dataKey']!.B!, context));
      }
      if (recipients !== undefined) expect(version).toEqual({ N: '2' });
    }
    expect(opened.sort((a, b) => a.compare(b))).toEqual(
      made.map(({ plaintext }) => plaintext).sort((a, b) => a.compare(b)),
    );
  });

  it('object-metadata moves the data keys of objects', async () => {
    world = await FormatWorld.for('object-metadata');
    await world.bucket('payloads');
    const context = { object: 'files/a ä', tenant: 't1' };
    const { plaintext, ciphertext } = await world.dataKey(context);
    const metadata = { tenant: 't1', 'data-key': ciphertext.toString('base64') };
    await world.put('payloads', 'files/a ä', 'sealed', {
      ...metadata,
      'kms-key-arn': await world.arnOf(world.source),
    });
    await movedAll(1);
    const now = await world.get('payloads', 'files/a ä');
    const edk = Buffer.from(now.metadata['data-key']!, 'base64');
    expect(await world.decrypt(edk, context)).toEqual(plaintext);
    expect(now.metadata['kms-key-arn']).toBe(await world.arnOf(world.job.destination.key));
    expect(now.body.toString()).toBe('sealed');
  });

  it('object-body moves objects that are data keys', async () => {
    world = await FormatWorld.for('object-body');
    await world.bucket('payloads');
    const { plaintext, ciphertext } = await world.dataKey({ object: 'keys/a' });
    const lines = ciphertext.toString('base64').replace(/.{64}/g, '$&\n');
    await world.put('payloads', 'keys/a', `${lines}\n`, { owner: 'x' });
    await world.put('payloads', 'keys/', Buffer.from(''));
    await movedAll(1);
    const { body, metadata } = await world.get('payloads', 'keys/a');
    expect(metadata).toEqual({ owner: 'x' });
    expect(body.toString()).toMatch(/^(?:[A-Za-z0-9+/=]{1,64}\n)+$/);
    const edk = Buffer.from(body.toString(), 'base64');
    expect(await world.decrypt(edk, { object: 'keys/a' })).toEqual(plaintext);
  });

  it('json-document moves data keys in bodies and in delimited texts, and no other byte', async () => {
    world = await FormatWorld.for('json-document');
    await world.bucket('payloads');
    const keyArn = await world.arnOf(world.source);
    const [one, two] = [
      await world.dataKey({ tenant: 't', key: 'one' }),
      await world.dataKey({ tenant: 't', key: 'two' }),
    ];
    const document = (of: readonly MadeDataKey[], arn: string): string =>
      `{ "tenant": "t",\r\n\t"keys": {"one": {"dataKey":"${of[0]!.ciphertext.toString('base64')}","keyArn": "${arn}"},` +
      ` "two" : {"keyArn":"${arn}", "dataKey":"${of[1]!.ciphertext.toString('base64')}"}}, "n": 1.50 }\n`;
    await world.put('payloads', 'envelopes/a.json', document([one, two], keyArn));
    await world.put('payloads', 'envelopes/none.json', '{"tenant":"t"}');
    const token = await world.dataKey({ token: 'x' });
    const text = ['v1', token.ciphertext.toString('base64url'), 'bm9uY2U', 'Y3Q'].join('.');
    await world.table('Tokens', [{ id: { S: 'x' }, token: { S: text } }, { id: { S: 'y' } }]);
    await movedAll(3);
    const { body } = await world.get('payloads', 'envelopes/a.json');
    const { keys } = JSON.parse(body.toString()) as { keys: Record<string, { dataKey: string }> };
    const edks = ['one', 'two'].map(name => Buffer.from(keys[name]!.dataKey, 'base64'));
    const moved = edks.map(ciphertext => ({ ciphertext, plaintext: Buffer.alloc(0) }));
    expect(body.toString()).toBe(document(moved, await world.arnOf(world.job.destination.key)));
    expect(await world.decrypt(edks[0]!, { tenant: 't', key: 'one' })).toEqual(one.plaintext);
    expect(await world.decrypt(edks[1]!, { tenant: 't', key: 'two' })).toEqual(two.plaintext);
    const [written] = (await world.items('Tokens')).flatMap(({ token: now }) => now?.S ?? []);
    const [version, edk, ...rest] = written!.split('.');
    expect([version, ...rest]).toEqual(['v1', 'bm9uY2U', 'Y3Q']);
    expect(await world.decrypt(Buffer.from(edk!, 'base64url'), { token: 'x' })).toEqual(token.plaintext);
  });
});
