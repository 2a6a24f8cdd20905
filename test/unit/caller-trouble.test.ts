import { callerTrouble } from '../../lambda/adapters/aws/caller-trouble.ts';
import { remember } from '../../lambda/adapters/aws/said-by.ts';
import { wordsForCaller } from '../../lambda/adapters/aws/failure.ts';

/** An error as a client of AWS throws it. */
function ofAws(name: string, message: string, more: object = {}): Error {
  const error = Object.assign(new Error(message), { name, ...more });
  remember(error);
  error.message = `states:DescribeExecution: ${name}: ${message}`;
  return error;
}

const CALLER = { profile: 'work', region: 'us-esat-1' };

describe('what keeps AWS from answering a caller', () => {
  it.each([
    [
      'credentials',
      'ExpiredTokenException',
      'The security token included in the request is expired',
      'have expired: renew them (aws sso login --profile work,',
    ],
    [
      'credentials',
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      'AWS does not know your credentials',
    ],
    ['credentials', 'InvalidClientTokenId', 'no', 'AWS does not know your credentials'],
    [
      'credentials',
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match',
      'the secret access key does not belong',
    ],
    [
      'credentials',
      'CredentialsProviderError',
      'Token is expired. To refresh this SSO session run aws sso login',
      'run aws sso login --profile work',
    ],
    [
      'credentials',
      'CredentialsProviderError',
      'Your session has expired. Please reauthenticate using aws login.',
      'run aws login --profile work',
    ],
    ['clock', 'RequestTimeTooSkewed', 'too large', 'the clock of this machine'],
    [
      'clock',
      'InvalidSignatureException',
      'Signature not yet current: 20261127T040000Z is still later',
      'the clock of this machine',
    ],
    [
      'network',
      'TimeoutError',
      'socket did not establish a connection within 3000 ms',
      'AWS does not answer',
    ],
  ])('%s: %s', (kind, name, message, words) => {
    const error = ofAws(name, message);
    expect(callerTrouble(error, CALLER)).toMatchObject({ kind });
    expect(wordsForCaller(error, CALLER)).toContain(words);
    expect(wordsForCaller(error, CALLER)).not.toContain('\n');
  });

  it.each([
    [
      'ENOTFOUND',
      'the name kms.us-esat-1.amazonaws.com cannot be resolved: check the spelling of the Region (us-esat-1)',
    ],
    ['EAI_AGAIN', 'cannot be resolved'],
    ['ECONNREFUSED', 'AWS does not answer'],
    ['ETIMEDOUT', 'check the network, or set HTTPS_PROXY'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ])('network: %s', (code, words) => {
    const error = ofAws('Error', 'no', { code, hostname: 'kms.us-esat-1.amazonaws.com' });
    expect(callerTrouble(error, CALLER)).toMatchObject({
      kind: 'network',
      words: expect.stringContaining(words),
    });
  });

  it('is found behind an error of ours', () => {
    const error = new Error('the plan failed', { cause: ofAws('ExpiredToken', 'expired') });
    expect(wordsForCaller(error, CALLER)).toContain('have expired');
  });

  it('names the proxy that is in the way, and neither its user nor its password', () => {
    const proxied = { ...CALLER, proxy: 'http://proxy:3128' };
    expect(wordsForCaller(ofAws('Error', 'no', { code: 'ECONNREFUSED' }), proxied)).toContain(
      'HTTPS_PROXY (http://proxy:3128)',
    );
  });

  it('is nothing of that, if AWS refuses: its own words name the caller, the action and the resource', () => {
    const said =
      'User: arn:aws:iam::111122223333:user/me is not authorized to perform: states:DescribeExecution on resource: arn:x';
    const error = ofAws('AccessDeniedException', said);
    expect(callerTrouble(error, CALLER)).toBeUndefined();
    expect(wordsForCaller(error, CALLER)).toContain(said);
    expect(wordsForCaller(error, CALLER)).toContain('docs/permissions.md says what each command needs');
  });

  it('is no error of this machine: a missing file is not a missing network', () => {
    expect(callerTrouble(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), CALLER)).toBeUndefined();
  });
});
