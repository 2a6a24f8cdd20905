import { heldAt } from '../../lambda/core/places/held-at.ts';
import type { PlaceChange } from '../../lambda/core/model/place.ts';
import type { ItemRecord, StoreRecord } from '../../lambda/core/model/record.ts';
import type { ReEncryptAnswer, ReEncryptRequest, RecordStore } from '../../lambda/core/ports.ts';
import type { WorkerPorts } from './service.ts';

/** Ports with some methods of the record store replaced. */
export function withRecords(ports: WorkerPorts, changed: Partial<RecordStore>): WorkerPorts {
  const { records } = ports;
  const same: RecordStore = {
    readPage: (range, options) => records.readPage(range, options),
    find: locators => records.find(locators),
    reread: record => records.reread(record),
    takes: (record, change) => records.takes(record, change),
    write: (record, change) => records.write(record, change),
  };
  return { ...ports, records: { ...same, ...changed } };
}

/** Ports with changed answers from KMS. */
export function withAnswers(
  ports: WorkerPorts,
  change: (answer: ReEncryptAnswer, request: ReEncryptRequest) => ReEncryptAnswer,
): WorkerPorts {
  const { keys } = ports;
  return {
    ...ports,
    keys: {
      reEncrypt: async request => change(await keys.reEncrypt(request), request),
      tryReEncrypt: request => keys.tryReEncrypt(request),
      pace: rate => keys.pace(rate),
      takeUsage: () => keys.takeUsage(),
    },
  };
}

/** Makes the change, whatever the record holds by now. */
export async function blindly(
  ports: Pick<WorkerPorts, 'records'>,
  record: StoreRecord,
  change: readonly PlaceChange[],
) {
  const current = await ports.records.reread(record);
  if (current === undefined) return ports.records.write(record, change);
  const places = change.map(place => ({ ...place, before: heldAt(current, place.path) }));
  return ports.records.write(current, places);
}

/** Makes the change and also resets the note to what it was when the record was read. */
export async function withNoteOf(ports: WorkerPorts, record: ItemRecord, change: readonly PlaceChange[]) {
  const path = ['note'];
  const current = await ports.records.reread(record);
  const note = { path, before: current && heldAt(current, path), after: heldAt(record, path) };
  return ports.records.write(record, [...change, note]);
}

/** Hides what records say about their keys, which would reveal the mistake. */
export function unlabelled(ports: WorkerPorts): WorkerPorts {
  const without = (record: StoreRecord): StoreRecord => {
    if (record.kind === 'object') {
      const { 'key-arn': _label, ...metadata } = record.metadata;
      return { ...record, metadata };
    }
    const { keyArn: _label, envelope, ...attributes } = record.attributes;
    if (envelope === undefined || !('M' in envelope)) return { ...record, attributes };
    const { keyArn: _nested, ...members } = envelope.M;
    return { ...record, attributes: { ...attributes, envelope: { M: members } } };
  };
  return withRecords(ports, {
    readPage: async (range, options) => {
      const page = await ports.records.readPage(range, options);
      return { ...page, records: page.records.map(without) };
    },
  });
}

/** Treats every answer from KMS as a re-encryption under the destination key. */
export function believed(answer: ReEncryptAnswer, ciphertext: Uint8Array, keyArn: string): ReEncryptAnswer {
  if (answer.kind === 're-encrypted') return answer;
  const [material, algorithm] = [{ keyArn, keyMaterialId: 'f'.repeat(64) }, 'SYMMETRIC_DEFAULT'];
  return {
    ...{ kind: 're-encrypted', ciphertext, source: material, destination: material, requestIds: [] },
    ...{ sourceAlgorithm: algorithm, destinationAlgorithm: algorithm },
  };
}

/** The change without the data key: what the record says about its key is new, but the data key is not. */
export function labelsOf(change: readonly PlaceChange[]): readonly PlaceChange[] {
  return change.slice(1);
}
