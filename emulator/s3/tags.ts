import { AwsError } from '../protocol/aws-error.ts';

type Tags = Readonly<Record<string, string>>;

/** API reference, S3Tag; user guide, Categorizing your objects using tags. */
const OF_TAGS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const MOST_TAGS = 10;
const MOST_OF_NAME = 128;
const MOST_OF_VALUE = 256;

/** The tags of an object, by name. */
export function tagsOf(pairs: readonly (readonly [name: string, value: string])[]): Tags {
  if (pairs.length > MOST_TAGS)
    throw new AwsError('BadRequest', `Object tags cannot be greater than ${MOST_TAGS}`);
  for (const [name, value] of pairs) {
    if (name === '' || name.length > MOST_OF_NAME || !OF_TAGS.test(name))
      throw invalid('The TagKey you have provided is invalid');
    if (value.length > MOST_OF_VALUE || !OF_TAGS.test(value))
      throw invalid('The TagValue you have provided is invalid');
  }
  if (namedTwice(pairs)) throw invalid('Cannot provide multiple Tags with the same key');
  return Object.fromEntries(pairs);
}

/** Those of a write, in its header `x-amz-tagging`. */
export function tagsOfHeader(header: string | undefined): Tags {
  const pairs = [...new URLSearchParams(header ?? '')];
  if (namedTwice(pairs))
    throw new AwsError(
      'InvalidArgument',
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    );
  return tagsOf(pairs);
}

function namedTwice(pairs: readonly (readonly [string, string])[]): boolean {
  return new Set(pairs.map(([name]) => name)).size < pairs.length;
}

function invalid(words: string): AwsError {
  return new AwsError('InvalidTag', words);
}
