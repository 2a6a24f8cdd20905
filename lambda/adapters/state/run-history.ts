import { GetItemCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  parseStorePlace,
  shareRecords,
  storePlaceText,
  type StorePlace,
} from '../../core/model/store-place.ts';
import { writtenPlace } from '../../core/stores/places.ts';
import type { RunMode } from '../../core/model/run.ts';
import type { RunPlan } from '../../core/model/run-plan.ts';
import { ledgerKey, ledgerPartition } from './ledger-keys.ts';
import { queryPartition } from './query-partition.ts';
import type { StoreProof } from '../../core/proof/store-proof.ts';
import { proofId, proofIdsAbout } from '../../core/proof/proof-id.ts';
import { workDigest } from '../../core/plan/continue-run.ts';
import { aliasesOf } from '../../core/plan/moved-aliases.ts';
import type { FinishedRun, LatestRun, LatestRuns, RunHistory } from '../../core/plan/ports.ts';
import type { Schedules } from '../../core/plan/scheduled-run.ts';

/**
 * In the ledger table: the last migration into each place, the latest run of each job, and what is proven of each place.
 * Unlike checkpoints, they are kept for good: a rotation back may be years away.
 */
export class LedgerHistory implements RunHistory, LatestRuns, Schedules {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async lastMigration(place: StorePlace): Promise<FinishedRun | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: ledgerKey.lastMigration(storePlaceText(place)),
        ConsistentRead: true,
      }),
    );
    return Item?.['migration']?.S === undefined
      ? undefined
      : (JSON.parse(Item['migration'].S) as FinishedRun);
  }

  async latest(job: string, mode: RunMode): Promise<LatestRun | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: ledgerKey.latestRun(job, mode),
        ConsistentRead: true,
      }),
    );
    if (Item?.['latest']?.S === undefined) return undefined;
    const { finished, contradictions } = Item;
    return {
      ...(JSON.parse(Item['latest'].S) as LatestRun),
      ...(contradictions?.N !== undefined && { contradictions: Number(contradictions.N) }),
      ...(finished?.S !== undefined && {
        lastFinished: JSON.parse(finished.S) as NonNullable<LatestRun['lastFinished']>,
      }),
    };
  }

  async contradictions(job: string): Promise<number> {
    return (await this.latest(job, 'migrate'))?.contradictions ?? 0;
  }

  async knownSince(name: string, digest: string, now: number): Promise<number> {
    const Key = ledgerKey.schedule(name);
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true }),
    );
    if (Item?.['schedule']?.S === digest) return Number(Item['since']?.N);
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key,
        UpdateExpression: 'SET schedule = :schedule, since = :since',
        ExpressionAttributeValues: { ':schedule': { S: digest }, ':since': { N: String(now) } },
      }),
    );
    return now;
  }

  /** A run's proof replaces an earlier one of the same id. */
  async rememberProofs(proofs: readonly StoreProof[]): Promise<void> {
    for (const proof of proofs) {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: ledgerKey.proof(proofId(proof)),
          UpdateExpression: 'SET proof = :proof',
          ExpressionAttributeValues: { ':proof': { S: writeProof(proof) } },
        }),
      );
    }
  }

  async proof(id: string): Promise<StoreProof | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: ledgerKey.proof(id), ConsistentRead: true }),
    );
    return Item?.['proof']?.S === undefined ? undefined : readProof(Item['proof'].S);
  }

  /** What is known of every place that a run has worked on. */
  async *proofs(): AsyncGenerator<StoreProof> {
    for await (const { proof } of queryPartition(this.#client, this.#table, ledgerPartition.proofs()))
      if (proof?.S !== undefined) yield readProof(proof.S);
  }

  /** What is known of one place and those that share records with it, whatever other places there are. */
  async *proofsOf(place: StorePlace): AsyncGenerator<StoreProof> {
    const part = { partition: ledgerPartition.proofs(), beginsWith: proofIdsAbout(place) };
    for await (const { proof } of queryPartition(this.#client, this.#table, part)) {
      const read = proof?.S === undefined ? undefined : readProof(proof.S);
      if (read !== undefined && shareRecords(read.place, place)) yield read;
    }
  }

  /** Remembers the latest run of a job in a mode, and whether it finished. */
  async rememberLatest(plan: RunPlan, finished: boolean): Promise<void> {
    const { runId, startedAt, jobDigest, sample } = plan;
    const latest: LatestRun = {
      ...{ runId, startedAt, finished },
      workDigest: workDigest(plan),
      aliases: aliasesOf(plan),
      ...(sample !== undefined && { sampled: true }),
    };
    const last = finished && sample === undefined && jobDigest !== undefined;
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: ledgerKey.latestRun(plan.job, plan.mode),
        UpdateExpression: `SET latest = :latest${last ? ', finished = :finished' : ''}`,
        ExpressionAttributeValues: {
          ':latest': { S: JSON.stringify(latest) },
          ...(last && { ':finished': { S: JSON.stringify({ runId, startedAt, jobDigest }) } }),
        },
      }),
    );
  }

  /** Remembers a finished migration for each of its stores. */
  async remember({ runId, job, sources, destination, stores, storeRegion }: RunPlan): Promise<void> {
    const sourceKeyArns = sources.flatMap(({ keyArn, alsoKnownAs }) => [keyArn, ...alsoKnownAs]);
    const migration: FinishedRun = { runId, job, sourceKeyArns, destinationKeyArn: destination.keyArn };
    for (const store of stores)
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: ledgerKey.lastMigration(storePlaceText(writtenPlace(store, storeRegion))),
          UpdateExpression: 'SET migration = :migration',
          ExpressionAttributeValues: { ':migration': { S: JSON.stringify(migration) } },
        }),
      );
  }
}

/** Places are kept as text, as earlier versions wrote and read them. */
function writeProof(proof: StoreProof): string {
  const { place, copiedFrom, ...said } = proof;
  const places = { place: storePlaceText(place), copiedFrom: copiedFrom && storePlaceText(copiedFrom) };
  return JSON.stringify({ ...said, ...places });
}

/** Throws where the place cannot be read: to leave out what a proof says may be to leave out a doubt. */
function readProof(text: string): StoreProof {
  const { place, copiedFrom, ...said } = JSON.parse(text) as WrittenProof;
  return {
    ...said,
    place: readPlace(place),
    ...(copiedFrom !== undefined && { copiedFrom: readPlace(copiedFrom) }),
  };
}

type WrittenProof = Omit<StoreProof, 'place' | 'copiedFrom'> & {
  readonly place: string;
  readonly copiedFrom?: string;
};

function readPlace(text: string): StorePlace {
  const place = parseStorePlace(text);
  if (place === undefined) throw new TypeError(`the ledger has a proof of '${text}', which is no place`);
  return place;
}
