/** EventBridge user guide, quotas: characters of an event pattern. An account is at most as long as its reference here. */
const MOST_CHARACTERS = 2_000;
/** Characters that are the same whether or not a key is encoded, as S3 encodes keys in what it tells queues; and slashes, which may be `%2F`. */
const AS_IT_IS = /^[A-Za-z0-9._/-]*/;

interface Written {
  readonly account: string;
  readonly bucket: string;
  readonly prefixes: readonly string[];
}

/**
 * What a rule wants to hear of: new objects of a bucket under some prefixes. It may let more pass, and never less: the function leaves
 * alone what is of no store. So where prefixes are too many or too long for a pattern, it asks for none.
 */
export function patternOf({ account, bucket, prefixes }: Written): object {
  const pattern = (object: object): object => ({
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    account: [account],
    detail: { bucket: { name: [bucket] }, ...object },
  });
  const heads = [...new Set(prefixes.map(prefix => AS_IT_IS.exec(prefix)?.[0] ?? ''))];
  if (heads.includes('')) return pattern({});
  const told = new Set(heads.flatMap(head => [head, head.replaceAll('/', '%2F')]));
  const narrow = pattern({ object: { key: [...told].map(prefix => ({ prefix })) } });
  return JSON.stringify(narrow).length > MOST_CHARACTERS ? pattern({}) : narrow;
}
