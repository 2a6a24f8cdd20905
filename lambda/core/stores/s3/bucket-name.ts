import * as z from 'zod/mini';
import { once } from '../../schema/once.ts';
import { refusedBy, text } from '../../schema/strict-object.ts';

/** What has the form of a bucket's name and is none (S3 user guide: bucket naming rules; access point aliases). */
const OTHERS: readonly (readonly [ending: RegExp, words: string])[] = [
  [
    /--x-s3$/,
    'is a directory bucket, and a run needs listings in the order of keys, which those do not have; name a general purpose bucket',
  ],
  [/--table-s3$/, 'is a table bucket, which holds no objects of yours; name a general purpose bucket'],
  [/(?:-s3alias|--ol-s3)$/, 'is the alias of an access point; write the name of its bucket'],
  [/\.mrap$/, 'is the alias of a Multi-Region Access Point; write the name of a bucket'],
  [
    /^\d{1,3}(?:\.\d{1,3}){3}$/,
    'is an IP address, which no bucket is named like; write the name of a bucket',
  ],
];

export const bucketName = once(() =>
  text('the name of a bucket').check(
    z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
      error: 'is no bucket name; write 3 to 63 of a-z, 0-9, - and .',
    }),
    refusedBy(name => OTHERS.find(([ending]) => ending.test(name))?.[1]),
  ),
);
