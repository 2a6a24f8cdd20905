import type { Books, UnitProgress } from '../../lambda/core/model/books.ts';
import type { ReEncryptAnswer, ReEncryptRequest } from '../../lambda/core/ports.ts';
import type { Bug, Ports } from './play.ts';

export function withBooks(progress: UnitProgress, change: (books: Books) => Books): UnitProgress {
  return { ...progress, books: change(progress.books) };
}

export type Answered = (answer: ReEncryptAnswer, request: ReEncryptRequest) => ReEncryptAnswer;

export function answering(which: 'migrate' | 'verify', change: Answered): Bug {
  return {
    ports: (ports, phase) => (phase === which ? withAnswers(ports, change) : ports),
  };
}

export function withAnswers(ports: Ports, change: Answered): Ports {
  const { keys } = ports;
  const reEncrypt = async (request: ReEncryptRequest): Promise<ReEncryptAnswer> =>
    change(await keys.reEncrypt(request), request);
  return {
    ...ports,
    keys: {
      reEncrypt,
      tryReEncrypt: request => keys.tryReEncrypt(request),
      pace: () => undefined,
      takeUsage: () => keys.takeUsage(),
    },
  };
}

export function opened(
  answer: ReEncryptAnswer,
  { ciphertext, source, destination }: ReEncryptRequest,
): ReEncryptAnswer {
  if (answer.kind === 're-encrypted') return answer;
  return {
    ...{ kind: 're-encrypted', ciphertext, requestIds: ['r'] },
    source: { keyArn: source.keyArn, keyMaterialId: 'm' },
    destination: { keyArn: destination.keyArn, keyMaterialId: 'm' },
    ...{ sourceAlgorithm: source.encryptionAlgorithm, destinationAlgorithm: destination.encryptionAlgorithm },
  };
}

export function bound({ records }: Ports): Ports['records'] {
  return {
    readPage: (range, options) => records.readPage(range, options),
    find: locators => records.find(locators),
    reread: record => records.reread(record),
    takes: (record, change) => records.takes(record, change),
    write: (record, change) => records.write(record, change),
  };
}
