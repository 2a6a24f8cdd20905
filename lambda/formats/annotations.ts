import { Buffer } from 'node:buffer';
import * as z from 'zod/mini';
import type { AnnotationStep } from '../core/model/record.ts';
import { once } from '../core/schema/once.ts';
import { refusedBy, text } from '../core/schema/strict-object.ts';

/** Bytes of a name (S3 user guide, annotation naming rules). */
const MOST_BYTES = 512;

/** S3 keeps names that begin with aws or s3 to itself, in whatever case. */
export const annotationName = once(() =>
  text('the name of an annotation').check(
    z.regex(/^(?![aA][wW][sS]|[sS]3)[\p{L}\p{M}\p{N}_.-]+$/u, {
      error: 'is no name of an annotation; write letters, digits, _, . and -, not beginning with aws or s3',
    }),
    refusedBy(name =>
      Buffer.byteLength(name) > MOST_BYTES
        ? `is longer than the name of an annotation can be; write up to ${MOST_BYTES} bytes`
        : undefined,
    ),
  ),
);

export function annotation(name: string): AnnotationStep {
  return { part: 'annotation', name };
}

/** Why no run writes to an annotation. */
export const COUNTS_ONLY =
  "holds data keys in annotations, and S3 takes no write on condition of what an annotation holds: PutObjectAnnotation checks the ETag of the object, which annotations do not change, so a run could overwrite a data key that an application has just replaced; run a census, let the application move them while nothing else writes them (ReEncrypt, then PutObjectAnnotation), and prove it by a run of the mode verify; or let it keep them in the object's metadata, where a run can move them";

/** What an operator should know of the cost. */
export const PRICE_UNKNOWN =
  'each annotation is read by a request of its own, which the estimate counts at the price of a GET: AWS names none for it';
