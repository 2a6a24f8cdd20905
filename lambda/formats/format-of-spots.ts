import type * as z from 'zod/mini';
import type { Finding } from '../core/model/data-key.ts';
import {
  configuredFormat,
  type ConfiguredFormat,
  type Destination,
  type FormatDefinition,
} from '../core/model/format.ts';
import type { StoreRecord } from '../core/model/record.ts';
import { readSpots } from './read-spots.ts';
import { replaceSpots } from './replace-spots.ts';
import type { Spotted } from './spot.ts';

/** A format as a room writes it: what it says of a store, and where it finds data keys in a record. */
interface Spotting<Kind extends StoreRecord> {
  readonly saying: Omit<ConfiguredFormat, 'bind'>;
  /** All spots of a record, those that hold nothing included. */
  spots(record: Kind, destination: Destination): readonly Spotted[];
}

export interface SpotFormat<Config extends z.ZodMiniObject, Kind extends StoreRecord> {
  readonly name: string;
  /** The kinds of records that it reads. */
  readonly records: readonly Kind['kind'][];
  readonly asymmetric: boolean;
  /** Strict schema of the job's `format` object; made when it is first asked for. */
  readonly config: () => Config;
  /** `store`: the name of the table or bucket; absent where no store has been named. */
  configure(config: z.output<Config>, store: string | undefined): Spotting<Kind>;
}

/** The definition of a format that finds spots. */
export function formatOfSpots<Config extends z.ZodMiniObject, Kind extends StoreRecord>(
  format: SpotFormat<Config, Kind>,
): FormatDefinition {
  const { name, records, asymmetric, config } = format;
  return {
    ...{ name, records, asymmetric },
    get configSchema() {
      return config();
    },
    configure(given, store) {
      const spotting = format.configure(config().parse(given), store);
      return configuredFormat(spotting.saying, destination => {
        const of = (record: StoreRecord): readonly Spotted[] =>
          spotting.spots(needed(record, format), destination);
        // A record never changes, and is read again before it is written. What was found is kept as long as the record is.
        const found = new WeakMap<StoreRecord, readonly Finding[]>();
        const read = (record: StoreRecord): readonly Finding[] => {
          const findings = found.get(record) ?? readSpots(record, of(record));
          found.set(record, findings);
          return findings;
        };
        return {
          read,
          replace: (record, replacements) => replaceSpots(record, of(record), replacements),
        };
      });
    },
  };
}

function needed<Kind extends StoreRecord>(
  record: StoreRecord,
  { name, records }: Pick<SpotFormat<z.ZodMiniObject, Kind>, 'name' | 'records'>,
): Kind {
  if (!records.includes(record.kind))
    throw new TypeError(`the format ${name} reads ${records.join('s and ')}s, not ${record.kind}s`);
  return record as Kind;
}
