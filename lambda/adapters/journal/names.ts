import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/**
 * The name of a page, counted from 0. Names sort as S3 lists them, however many there are: `page-000001` to
 * `page-999999`, then `page-a1000000`, `page-b10000000` and so on. The letter stands for the number of digits, and
 * letters sort after digits.
 */
export function pageName(page: number): string {
  const digits = String(page + 1);
  const longer = digits.length - PADDED;
  return `page-${longer > 0 ? String.fromCharCode(A + longer - 1) : ''}${digits.padStart(PADDED, '0')}`;
}

const PADDED = 6;
const A = 'a'.charCodeAt(0);
const NAME = /\/(page-[a-z]?(\d+))-[^/]+$/;

/** The page that an object of the journal is about, counted from 0. Earlier versions wrote more digits without a letter. */
export function pageOf(objectName: string): number {
  return Number(NAME.exec(objectName)?.[2] ?? 1) - 1;
}

/** The name of an object's page, or the object's own name if it belongs to none. */
export function pageNameOf(objectName: string): string {
  return NAME.exec(objectName)?.[1] ?? objectName.slice(objectName.lastIndexOf('/') + 1);
}

/** The names of the objects of one attempt at a page: its intents and outcomes, numbered if there are several of each. */
export function attemptName(page: number, id: string, number: number): string {
  return `${pageName(page)}-attempt-${id}${number === 1 ? '' : `.${number}`}`;
}

/** The attempt that wrote an object; `undefined` for objects of earlier versions, which did not record it. */
export function attemptOf(objectName: string): string | undefined {
  return /-attempt-([0-9a-f-]+)(?:\.\d+)?\.jsonl\.gz$/.exec(objectName)?.[1];
}

/** Names of journal objects under a prefix, over all pages of the listing. S3 skips names up to `startAfter`. */
export async function* journalNames(
  client: S3Client,
  bucket: string,
  { prefix, startAfter }: { readonly prefix: string; readonly startAfter?: string },
): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const listing = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(startAfter !== undefined && { StartAfter: startAfter }),
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    for (const { Key } of listing.Contents ?? []) if (Key !== undefined) yield Key;
    token = listing.NextContinuationToken;
  } while (token !== undefined);
}
