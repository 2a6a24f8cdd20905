import { CreateKeyCommand, DisableKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { PlaintextKeyService } from '../../lambda/adapters/kms/plaintext-key-service.ts';
import type { KeyService, ReEncryptRequest, RequestSide } from '../../lambda/core/ports.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

/** If KMS refuses one data key, that is the data key's answer; if it refuses all of them, the premise is broken. */

type Context = RequestSide['context'];
interface Input {
  readonly CiphertextBlob?: string;
  readonly SourceEncryptionContext?: Context;
  readonly EncryptionContext?: Context;
  readonly DryRun?: boolean;
  readonly DryRunModifiers?: readonly string[];
}

const PUBLIC = { tenant: 'acme' };
const SECRET = { tenant: 'secret' };
let aws: Embedded;
let europe: KMSClient;
beforeAll(async () => {
  aws = await embedded();
  europe = new KMSClient({ endpoint: aws.endpoint, region: 'eu-west-1' });
});
afterAll(async () => {
  europe.destroy();
  await aws.stop();
});
afterEach(() => aws.aws.faults.clear());

const side = (keyArn: string, context: Context = PUBLIC): RequestSide => ({
  keyArn,
  context,
  encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
});
const create = async (kms = aws.kms): Promise<string> =>
  (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;

/** The keys of a run, and data keys under the source key. */
async function keysOf(kind: 'one Region' | 'two Regions') {
  const source = await create();
  const destination = await create(kind === 'one Region' ? aws.kms : europe);
  const request = async (context: Context = PUBLIC): Promise<ReEncryptRequest> => {
    const Plaintext = Buffer.from('data key');
    const { CiphertextBlob } = await aws.kms.send(
      new EncryptCommand({ KeyId: source, Plaintext, EncryptionContext: { ...context } }),
    );
    return {
      ciphertext: CiphertextBlob!,
      source: side(source, context),
      destination: side(destination, context),
    };
  };
  return { source, destination, request };
}

function service(
  kind: 'one Region' | 'two Regions' = 'one Region',
  patienceMs: readonly number[] = [],
  denialsMayPass: () => boolean = () => false,
): KeyService {
  const channel = new KmsChannel({
    ...{ endpoint: aws.endpoint, patienceMs, identityPatienceMs: [] },
    denialsMayPass,
  });
  channel.setRate(10_000);
  return kind === 'one Region' ? new KmsKeyService(channel) : new PlaintextKeyService(channel);
}

interface Refusal {
  readonly error?: string;
  readonly message?: string;
  readonly operations?: readonly string[];
}

/** Makes KMS answer as under a key policy, or in an undocumented way. Returns the requests that KMS gets. */
function refusing(
  which: (input: Input) => boolean,
  {
    error = 'AccessDeniedException',
    message = 'not authorized',
    operations = ['ReEncrypt', 'Decrypt'],
  }: Refusal = {},
): readonly Input[] {
  const inputs: Input[] = [];
  aws.aws.faults.injectBy((request, operation) => {
    if (!operations.includes(operation)) return undefined;
    const input = JSON.parse(request.body.toString()) as Input;
    inputs.push(input);
    return which(input) ? { kind: 'error', error, message, status: 400 } : undefined;
  });
  return inputs;
}

const contextOf = ({ SourceEncryptionContext, EncryptionContext }: Input): Context =>
  SourceEncryptionContext ?? EncryptionContext ?? {};
const ofSecret = (input: Input): boolean => contextOf(input)['tenant'] === 'secret';
const isOf = (blob: Uint8Array) => (input: Input) =>
  input.CiphertextBlob === Buffer.from(blob).toString('base64');
const ignores = ({ DryRunModifiers = [] }: Input): boolean => DryRunModifiers.includes('IGNORE_CIPHERTEXT');

describe.each(['one Region', 'two Regions'] as const)('AccessDenied within %s,', kind => {
  it('of one context is the answer for its data keys, and others are re-encrypted', async () => {
    const { request } = await keysOf(kind);
    const [plain, secret] = [await request(), await request(SECRET)];
    const keys = service(kind);
    refusing(ofSecret);
    expect(await keys.reEncrypt(plain)).toMatchObject({ kind: 're-encrypted' });
    expect(await keys.reEncrypt(secret)).toMatchObject({
      kind: 'denied',
      reason: expect.stringContaining('AccessDeniedException: not authorized'),
    });
    expect(await keys.reEncrypt(plain)).toMatchObject({ kind: 're-encrypted' });
  });

  it('is believed of nobody as long as an alias may not count everywhere yet', async () => {
    const { request } = await keysOf(kind);
    const [plain, secret] = [await request(), await request(SECRET)];
    let young = true;
    const keys = service(kind, [], () => young);
    const wait = { name: 'ServiceUnavailable', code: 'account.notYetAllowed' };
    refusing(() => true);
    await expect(keys.reEncrypt(plain)).rejects.toMatchObject(wait);
    refusing(ofSecret);
    expect(await keys.reEncrypt(plain)).toMatchObject({ kind: 're-encrypted' });
    // Allowed in one place and denied in another, for a moment, looks the same as a data key that is denied for good.
    await expect(keys.reEncrypt(secret)).rejects.toMatchObject(wait);
    young = false;
    expect(await keys.reEncrypt(secret)).toMatchObject({ kind: 'denied' });
    refusing(() => true);
    await expect(keys.reEncrypt(plain)).rejects.toMatchObject({ name: 'PremiseBroken' });
  });

  it('of the first data key concerns it alone if the role may use the keys for others', async () => {
    const { request } = await keysOf(kind);
    const secret = await request(SECRET);
    refusing(ofSecret);
    expect(await service(kind).reEncrypt(secret)).toMatchObject({ kind: 'denied' });
  });

  it('of one ciphertext, whatever its context, is its own: KMS may say so of one whose key is elsewhere', async () => {
    const { request } = await keysOf(kind);
    const odd = await request();
    const asked = refusing(isOf(odd.ciphertext));
    expect(await service(kind).reEncrypt(odd)).toMatchObject({ kind: 'denied' });
    expect(asked.some(ignores)).toBe(true);
  });

  it('of everything is a broken premise, which names call, keys and cure', async () => {
    const { source, request } = await keysOf(kind);
    const plain = await request();
    refusing(() => true);
    await expect(service(kind).reEncrypt(plain)).rejects.toMatchObject({
      name: 'PremiseBroken',
      message: expect.stringContaining(source),
    });
  });

  it('of everything from now on is a broken premise, too: the permission was taken away', async () => {
    const { request } = await keysOf(kind);
    const plain = await request();
    const keys = service(kind);
    expect(await keys.reEncrypt(plain)).toMatchObject({ kind: 're-encrypted' });
    refusing(() => true);
    await expect(keys.reEncrypt(plain)).rejects.toMatchObject({ name: 'PremiseBroken' });
  });

  it('that has passed by the next request is not the answer', async () => {
    const { request } = await keysOf(kind);
    const plain = await request();
    let refused = 0;
    refusing(input => !ignores(input) && refused++ === 0);
    expect(await service(kind).reEncrypt(plain)).toMatchObject({ kind: 're-encrypted' });
  });
});

describe('AccessDenied', () => {
  it('of many data keys costs no waiting once the keys have worked: two more requests for each', async () => {
    const { request } = await keysOf('one Region');
    const [plain, secret] = [await request(), await request(SECRET)];
    const keys = service('one Region', [60_000]);
    await keys.reEncrypt(plain);
    const asked = refusing(ofSecret);
    for (let times = 0; times < 5; times++)
      expect(await keys.reEncrypt(secret)).toMatchObject({ kind: 'denied' });
    expect(asked).toHaveLength(5 * 3);
  });

  it('because a grant is not visible yet is waited out', async () => {
    const { request } = await keysOf('one Region');
    const plain = await request();
    let left = 6;
    refusing(() => left-- > 0);
    expect(await service('one Region', [0, 0, 0]).reEncrypt(plain)).toMatchObject({ kind: 're-encrypted' });
  });

  it('in a census by dry runs is the data key’s own, too', async () => {
    const { request } = await keysOf('one Region');
    const [plain, secret] = [await request(), await request(SECRET)];
    const keys = service();
    refusing(ofSecret);
    expect(await keys.tryReEncrypt(plain)).toEqual({ kind: 'would-re-encrypt' });
    expect(await keys.tryReEncrypt(secret)).toMatchObject({ kind: 'denied' });
  });

  it('of Encrypt is the data key’s own, and no test request holds any of its plaintext', async () => {
    const { request } = await keysOf('two Regions');
    const [plain, secret] = [await request(), await request(SECRET)];
    const keys = service('two Regions');
    const asked = refusing(ofSecret, { operations: ['Encrypt'] });
    expect(await keys.reEncrypt(plain)).toMatchObject({ kind: 're-encrypted' });
    expect(await keys.reEncrypt(secret)).toMatchObject({ kind: 'denied' });
    const rehearsed = asked.filter(({ DryRun }) => DryRun === true) as readonly { Plaintext?: string }[];
    expect(rehearsed.length).toBeGreaterThan(0);
    for (const { Plaintext } of rehearsed)
      expect(Buffer.from(Plaintext ?? '', 'base64').toString()).toBe('\0');
  });

  it('that names no context values gives none in its reason', async () => {
    const { request } = await keysOf('one Region');
    const secret = await request(SECRET);
    refusing(ofSecret);
    const answer = await service().reEncrypt(secret);
    expect(JSON.stringify(answer)).not.toContain(SECRET.tenant);
  });
});

/** If the key of a ciphertext is deleted, disabled or in another account, KMS may answer as for such a key. */
describe.each(['NotFoundException', 'DisabledException', 'KMSInvalidStateException'])('%s', error => {
  const message = 'arn:aws:kms:us-east-1:999999999999:key/99999999-9999-4999-8999-999999999999 is not there';

  it('of one ciphertext is its own where the same keys work for others', async () => {
    const { request } = await keysOf('one Region');
    const [plain, odd] = [await request(), await request()];
    const keys = service();
    await keys.reEncrypt(plain);
    refusing(isOf(odd.ciphertext), { error, message });
    expect(await keys.reEncrypt(odd)).toMatchObject({
      kind: 'denied',
      reason: expect.stringContaining(error),
    });
  });

  it('of the first ciphertext is its own where KMS names another key', async () => {
    const { request } = await keysOf('one Region');
    const odd = await request();
    refusing(isOf(odd.ciphertext), { error, message });
    expect(await service().reEncrypt(odd)).toMatchObject({ kind: 'denied' });
  });

  it('of a key of the run is a broken premise, whether or not a dry run looks at the state of keys', async () => {
    const { source, request } = await keysOf('one Region');
    const plain = await request();
    for (const dryRunsToo of [true, false]) {
      refusing(input => dryRunsToo || !ignores(input), { error, message: `${source} is not there` });
      await expect(service().reEncrypt(plain)).rejects.toMatchObject({ name: 'PremiseBroken' });
    }
  });
});

describe('a key that is disabled while its run works', () => {
  it('ends the run, in the words of KMS about that key, even if another data key shows it', async () => {
    const { source, request } = await keysOf('one Region');
    const [plain, odd] = [await request(), await request()];
    const keys = service();
    expect(await keys.reEncrypt(plain)).toMatchObject({ kind: 're-encrypted' });
    await aws.kms.send(new DisableKeyCommand({ KeyId: source }));
    refusing(isOf(odd.ciphertext), { error: 'NotFoundException', message: 'a key of another account' });
    await expect(keys.reEncrypt(odd)).rejects.toMatchObject({
      name: 'PremiseBroken',
      message: expect.stringMatching(/DisabledException.*enable the key/),
    });
  });

  it('is a broken premise at once, though it has worked before', async () => {
    const { source, request } = await keysOf('one Region');
    const [first, second] = [await request(), await request()];
    const keys = service('one Region', [60_000]);
    await keys.reEncrypt(first);
    await aws.kms.send(new DisableKeyCommand({ KeyId: source }));
    await expect(keys.reEncrypt(second)).rejects.toThrow('enable the key, then start the job again');
  });
});
