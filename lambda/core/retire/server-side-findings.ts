import { names } from '../model/key-use.ts';
import { storePlaceText, type StorePlace } from '../model/store-place.ts';
import { kindOf } from '../stores/registry.ts';
import { blocks, waits, type RetireFinding } from './findings.ts';
import { proofsIn, type KnownStore } from './store-findings.ts';

/**
 * What S3 and DynamoDB themselves encrypt with the key. No run moves it, and it is lost with the key as much as what data keys protect. `serverSide`
 * tells of a table what all of it is under, and of a bucket what new objects get; runs have counted the objects that are there.
 */
export function serverSideFindings(stores: readonly KnownStore[]): readonly RetireFinding[] {
  const all = stores.flatMap(store => [...placeFindings(store), ...objectFindings(store)]);
  return [...new Map(all.map(one => [JSON.stringify(one), one])).values()];
}

function placeFindings({ place, account, serverSide, keyArn }: KnownStore): readonly RetireFinding[] {
  if (serverSide === undefined) return [];
  const { prefix: _prefix, ...whole } = place;
  const about = storePlaceText({ ...whole, ...(account !== undefined && { account }) });
  if (serverSide.kind === 'unseen')
    return [waits(about, `with which key it is itself encrypted is not known (${serverSide.words})`)];
  return serverSide.value.some(key => names({ keyArn, alsoKnownAs: [] }, key))
    ? [encryptedWithKey(place, about)]
    : [];
}

/** DynamoDB or S3 itself encrypts it, or what is put there, with the key that is asked about. */
export function encryptedWithKey(place: StorePlace, about: string): RetireFinding {
  return blocks(about, holdsObjects({ place }) ? BUCKET : TABLE);
}

const TABLE =
  'DynamoDB encrypts this table with this key: without it nobody can read an item; give the table another key first (UpdateTable, SSESpecification)';
const BUCKET =
  'S3 encrypts new objects of this bucket with this key, where a request names no other: without it those requests fail; give the bucket another default first (PutBucketEncryption)';

function objectFindings({ place, account, job, keyArn, evidence }: KnownStore): readonly RetireFinding[] {
  if (!holdsObjects({ place })) return [];
  const about = storePlaceText({ ...place, ...(account !== undefined && { account }) });
  const verify = `rewrap run ${job} --mode verify`;
  return proofsIn(evidence).flatMap(({ serverSideEncrypted, runId, at }): readonly RetireFinding[] => {
    if (serverSideEncrypted === undefined)
      return evidence.kind === 'proven'
        ? [
            waits(
              about,
              `whether S3 itself encrypts its objects with this key was not counted; ${verify} tells`,
            ),
          ]
        : [];
    const count = serverSideEncrypted.find(one => one.keyArn === keyArn)?.objects ?? 0;
    return count === 0
      ? []
      : [
          blocks(
            about,
            `${encrypted(count)} (run ${runId} of ${at}); rewrap s3-batch ${job} writes what moves them, and then ${verify}`,
          ),
        ];
  });
}

function encrypted(count: number): string {
  const objects = count === 1 ? '1 object' : `${count.toLocaleString('en-US')} objects`;
  return `S3 itself encrypts ${objects} there with this key, and can give out none of them without it`;
}

function holdsObjects({ place }: Pick<KnownStore, 'place'>): boolean {
  return kindOf(place).records === 'object';
}
