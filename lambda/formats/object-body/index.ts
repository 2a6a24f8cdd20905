import { MAX_CIPHERTEXT_BYTES } from '../../core/model/data-key.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import { mapContexts } from '../context-template.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { entry, objectContext } from '../object-places.ts';
import type { PatternFormat } from '../patterns/pattern-format.ts';
import { sayingOf } from '../patterns/saying.ts';
import { patternSpots } from '../patterns/spots.ts';
import { textInLines } from '../text-in-lines.ts';
import { valueEncoding } from '../value-encoding.ts';
import { objectBodyConfig, type ObjectBodyConfig } from './config.ts';

const BODY = [{ part: 'body' }] as const;
/** The longest ciphertext in hexadecimal, in lines of one character, each with CRLF: nobody writes more. */
const MOST_BYTES = MAX_CIPHERTEXT_BYTES * 2 * 3;

/** Objects that are encrypted data keys, as bytes or as a text. */
export const objectBodyFormat = formatOfSpots<ReturnType<typeof objectBodyConfig>, ObjectRecord>({
  name: 'object-body',
  records: ['object'],
  asymmetric: true,
  config: objectBodyConfig,
  configure(config) {
    const format = patternsOf(config);
    return {
      saying: { ...sayingOf(format), needsBodyOf: mayBeDataKey },
      spots: (object, destination) =>
        mayBeDataKey(object)
          ? patternSpots(object, format, destination)
          : [{ kind: 'unreadable', path: BODY, reason: 'the body is too long for an encrypted data key' }],
    };
  },
});

function mayBeDataKey({ size }: ObjectRecord): boolean {
  return size <= MOST_BYTES;
}

function patternsOf(config: ObjectBodyConfig): PatternFormat {
  return {
    encoding: config.encoding === 'binary' ? valueEncoding('binary') : textInLines(config.encoding),
    places: {
      dataKey: BODY,
      keyArn: entry(config.keyArn),
      encryptionAlgorithm: entry(config.encryptionAlgorithm),
    },
    ...mapContexts(config, objectContext),
  };
}
