import { AwsError } from '../protocol/aws-error.ts';
import type { Operation } from '../protocol/json-protocol.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { brokenConstraint } from './members.ts';
import { page } from './paging.ts';
import { needNotPendingDeletion } from './usable.ts';

type Input = Readonly<Record<string, unknown>>;
type Tags = Key['tags'];

const MAX_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;

export function tagOperations(store: KeyStore): Readonly<Record<string, Operation>> {
  return {
    TagResource: (input, at) => {
      const key = needNotPendingDeletion(store.resolve(input['KeyId'], at));
      key.tags = merged(key.tags, tagsOf(input));
    },
    ListResourceTags: (input, at) => page(input, 'Tags', store.resolve(input['KeyId'], at).tags),
  };
}

/** The tags of a request. Those of AWS's own are reserved. */
export function tagsOf(input: Input): Tags {
  const tags = (input['Tags'] ?? []) as Tags;
  for (const [index, { TagKey, TagValue }] of tags.entries()) {
    const place = `tags.${index + 1}.member`;
    needLength(TagKey, `${place}.tagKey`, { from: 1, to: MAX_KEY });
    needLength(TagValue, `${place}.tagValue`, { from: 0, to: MAX_VALUE });
  }
  if (tags.some(({ TagKey }) => /^aws:/i.test(TagKey)))
    throw new AwsError('TagException', 'Tags beginning with aws: are reserved');
  if (new Set(tags.map(({ TagKey }) => TagKey)).size < tags.length)
    throw new AwsError('TagException', 'Duplicate tag keys');
  if (tags.length > MAX_TAGS) throw new AwsError('TagException', 'Too many tags');
  return tags;
}

/** A tag keeps its place when its value changes. */
function merged(own: Tags, given: Tags): Tags {
  const kept = own.map(tag => given.find(({ TagKey }) => TagKey === tag.TagKey) ?? tag);
  const tags = [...kept, ...given.filter(({ TagKey }) => !own.some(tag => tag.TagKey === TagKey))];
  if (tags.length > MAX_TAGS) throw new AwsError('TagException', 'Too many tags');
  return tags;
}

function needLength(
  value: unknown,
  place: string,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (typeof value !== 'string') throw brokenConstraint(`null at '${place}'`, 'Member must not be null');
  const where = `'${value}' at '${place}'`;
  if (value.length < from)
    throw brokenConstraint(where, `Member must have length greater than or equal to ${from}`);
  if (value.length > to) throw brokenConstraint(where, `Member must have length less than or equal to ${to}`);
}
