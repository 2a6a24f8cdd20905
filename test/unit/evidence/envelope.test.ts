import { createPublicKey, verify } from 'node:crypto';
import { envelopeOf, openEnvelope, signedBytes } from '../../../lambda/core/evidence/envelope.ts';

/** The example of DSSE's protocol.md, version 1.0.0. */
const TYPE = 'http://example.com/HelloWorld';
const BODY = Buffer.from('hello world');
const SIGNATURE = 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==';
const point = (decimal: bigint): string =>
  Buffer.from(decimal.toString(16).padStart(64, '0'), 'hex').toString('base64url');
const KEY = createPublicKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: point(46950820868899156662930047687818585632848591499744589407958293238635476079160n),
    y: point(5640078356564379163099075877009565129882514886557779369047442380624545832820n),
  },
});

describe('the envelope of a statement', () => {
  it('signs what DSSE signs', () => {
    expect(signedBytes(TYPE, BODY).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    const key = { key: KEY, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', signedBytes(TYPE, BODY), key, Buffer.from(SIGNATURE, 'base64'))).toBe(true);
  });

  it('counts bytes and not characters', () => {
    expect(signedBytes('ä', Buffer.from('ö')).toString()).toBe('DSSEv1 2 ä 2 ö');
  });

  it('gives back what was put in, in either alphabet of base64', () => {
    const payload = Buffer.from([0xfb, 0xff, 0xfe]);
    const text = JSON.stringify(envelopeOf(payload, { keyId: 'k', signature: payload }));
    const urlSafe = text.replaceAll(payload.toString('base64'), payload.toString('base64url'));
    expect(urlSafe).not.toBe(text);
    for (const one of [text, urlSafe]) expect(openEnvelope(one)).toEqual({ payload, signatures: [payload] });
  });

  it.each([
    ['no JSON', '{'],
    ['another type', '{"payload":"aGk=","payloadType":"text/plain","signatures":[{"sig":"aGk="}]}'],
    ['no signature', '{"payload":"aGk=","payloadType":"application/vnd.in-toto+json","signatures":[]}'],
    [
      'no base64',
      '{"payload":"a k=","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"aGk="}]}',
    ],
  ])('is refused with %s', (_, text) => {
    expect(openEnvelope(text)).toBeUndefined();
  });
});
