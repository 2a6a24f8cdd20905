import { lookingFor } from '../../lambda/core/look-alikes/look-alikes.ts';
import { shownPlace } from '../../lambda/core/look-alikes/shown-place.ts';
import { object } from '../support/builders.ts';

/** The beginning of a KMS ciphertext. */
const edk = Buffer.concat([Buffer.from('0102020078', 'hex'), Buffer.alloc(179, 7)]).toString('base64');
const envelope = { part: 'annotation', name: 'envelope' } as const;
const record = object('k', {}, { annotations: { envelope: JSON.stringify({ edk, backup: edk }), edk } });

const seen = (declared: Parameters<typeof lookingFor>[0]['declared'], ignore: readonly string[] = []) =>
  lookingFor({ declared, ignore })(record).map(({ path }) => shownPlace(path));

describe('what looks like a data key in an annotation', () => {
  it('is named where no store of the job declares it, also beside data keys in a document', () => {
    expect(seen([[envelope, { as: 'json' }, 'edk']])).toEqual(['annotation.envelope', 'annotation.edk']);
    expect(seen([[{ ...envelope, name: 'edk' }], [envelope, { as: 'json' }]])).toEqual([]);
  });

  it('is not named where the job ignores the place that is shown', () => {
    expect(seen([[envelope, { as: 'json' }, 'edk']], ['annotation.envelope', 'annotation.edk'])).toEqual([]);
  });
});
