import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Changes the report of a run, and signs it with another key, as whoever can sign could do. */
export function signedAnew(folder: string, change: (report: never) => object): void {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const file = join(folder, 'report.json');
  const text = JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as never));
  writeFileSync(file, text);
  const statement = join(folder, 'evidence/statement.dsse.json');
  const envelope = JSON.parse(readFileSync(statement, 'utf8')) as { payload: string; payloadType: string };
  const { payloadType } = envelope;
  const payload = Buffer.from(envelope.payload, 'base64')
    .toString('utf8')
    .replace(/(?<="report.json","digest":\{"sha256":")[^"]+/, hash('sha256', text, 'hex'));
  const message = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} ${payload}`;
  const sig = sign('sha256', Buffer.from(message), privateKey).toString('base64');
  const signed = { payloadType, payload: Buffer.from(payload).toString('base64'), signatures: [{ sig }] };
  writeFileSync(statement, JSON.stringify(signed));
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  writeFileSync(join(folder, 'evidence/public-key.pem'), pem);
}
