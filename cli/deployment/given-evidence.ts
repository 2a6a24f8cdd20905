import { hash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import type { ClientConfig } from '../../lambda/adapters/aws/client-config.ts';
import { journalInFolder } from '../../lambda/adapters/files/journal-folder.ts';
import { readPack } from '../../lambda/adapters/files/pack-file.ts';
import { journalObjects } from '../../lambda/adapters/journal/export.ts';
import type { Difference } from '../../lambda/core/evidence/check-object.ts';
import {
  placeInJournal,
  type EvidenceFiles,
  type ObjectOfRun,
} from '../../lambda/core/evidence/check-run.ts';
import { checkStored, type StoredObject } from '../../lambda/core/evidence/check-stored.ts';
import { EVIDENCE } from '../../lambda/core/evidence/names.ts';
import type { JournalKind } from '../../lambda/core/model/seal.ts';
import { checkSums } from '../../lambda/core/pack/check-sums.ts';
import { PACK } from '../../lambda/core/pack/names.ts';

export interface RunName {
  readonly job: string;
  readonly runId: string;
}

/** The evidence of a run, as somebody has it. */
export interface GivenEvidence {
  readonly files: Omit<EvidenceFiles, 'report'> & { readonly report: string | undefined };
  /** The public key beside it, in PEM. */
  readonly publicKey: string | undefined;
  /** Of one run and these kinds alone. */
  readonly journal: (run: RunName, kinds: readonly JournalKind[]) => Promise<readonly ObjectOfRun[]>;
  /** Kinds of the journal that are there; `undefined` where that is not known beforehand. */
  readonly kinds?: readonly JournalKind[];
  /** What is wrong with the pack itself. */
  readonly differences: readonly Difference[];
}

/** Whether a file is compressed, as a pack is and a report is not. */
export function isPack(file: string): boolean {
  try {
    const opened = openSync(file, 'r');
    const start = Buffer.alloc(2);
    readSync(opened, start);
    closeSync(opened);
    return start.equals(Buffer.of(0x1f, 0x8b));
  } catch {
    return false;
  }
}

/** A report with its evidence beside it, and the journal there, in another folder or in its bucket. */
export function evidenceBeside(
  reportFile: string,
  { journal, aws }: { readonly journal: string | undefined; readonly aws: ClientConfig },
): GivenEvidence {
  const folder = dirname(resolve(reportFile));
  const beside = (name: string): string | undefined => textOf(join(folder, name));
  return {
    files: {
      report: textOf(reportFile),
      statement: beside(EVIDENCE.statement),
      seals: beside(EVIDENCE.seals),
      bom: beside(EVIDENCE.bom),
    },
    publicKey: beside(EVIDENCE.publicKey),
    journal: async (run, kinds) => {
      const [, bucket] = /^s3:\/\/([^/]+)/.exec(journal ?? '') ?? [];
      const objects: AsyncIterable<StoredObject> =
        bucket === undefined
          ? journalInFolder(journal ?? folder, { ...run, kinds })
          : journalObjects(new AwsClients(aws).s3(), bucket, { ...run, kinds });
      const checked: ObjectOfRun[] = [];
      for await (const object of objects) {
        const one = checkStored(object, run.runId);
        if (one !== undefined) checked.push(one);
      }
      return checked;
    },
    differences: [],
  };
}

/**
 * All that a pack holds. Of its journal, what was found in each object alone is kept.
 *
 * @throws NoPack for a file that is none
 */
export async function evidenceInPack(file: string): Promise<GivenEvidence> {
  const texts = new Map<string, string>();
  const digests = new Map<string, string>();
  const objects: (ObjectOfRun & RunName)[] = [];
  const twice: Difference[] = [];
  for await (const { name, body } of readPack(file)) {
    if (digests.has(name))
      twice.push({
        kind: 'added',
        object: name,
        words: `${name} is in the pack twice: one of them was added`,
      });
    digests.set(name, hash('sha256', body, 'hex'));
    const place = placeInJournal(name);
    const checked = place && checkStored({ key: name, body }, place.runId);
    if (place !== undefined && checked !== undefined) objects.push({ ...checked, ...place });
    else if (KEPT.includes(name)) texts.set(name, Buffer.from(body).toString('utf8'));
  }
  const [statement, seals, bom] = [EVIDENCE.statement, EVIDENCE.seals, EVIDENCE.bom].map(name =>
    texts.get(name),
  );
  return {
    files: { report: texts.get(EVIDENCE.report), statement, seals, bom },
    publicKey: texts.get(EVIDENCE.publicKey),
    journal: ({ job, runId }, kinds) =>
      Promise.resolve(
        objects.filter(one => one.job === job && one.runId === runId && kinds.includes(one.kind)),
      ),
    kinds: [...new Set(objects.map(({ kind }) => kind))],
    differences: [...twice, ...checkSums(texts.get(PACK.sums), digests)],
  };
}

const KEPT: readonly string[] = [
  EVIDENCE.report,
  EVIDENCE.statement,
  EVIDENCE.seals,
  EVIDENCE.bom,
  EVIDENCE.publicKey,
  PACK.sums,
];

export function textOf(file: string): string | undefined {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
