import { AwsError } from '../protocol/aws-error.ts';
import { escapeXml } from './s3-request.ts';

/** How a listing spells keys and what is made of them. */
export interface ListedNames {
  readonly name: (key: string) => string;
  /** An element with a key or a part of one. */
  readonly element: (tag: string, key: string) => string;
  /** As `element`, and nothing where there is no text; `EncodingType` tells the encoding that was asked for. */
  readonly optional: (tag: string, key: string) => string;
}

/**
 * XML 1.0 cannot carry every key, so a caller may ask for the encoding of URLs.
 *
 * @throws AwsError if it asks for another encoding
 */
export function listed(query: URLSearchParams): ListedNames {
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url')
    throw new AwsError('InvalidArgument', 'Invalid Encoding Method specified in Request', {
      members: { ArgumentName: 'encoding-type', ArgumentValue: encoding },
    });
  const name = encoding === 'url' ? urlEncoded : escapeXml;
  const element = (tag: string, key: string): string => `<${tag}>${name(key)}</${tag}>`;
  return {
    name,
    element,
    optional: (tag, key) => {
      const text = tag === 'EncodingType' ? (encoding ?? '') : key;
      return text === '' ? '' : element(tag, text);
    },
  };
}

/** As S3 shows it in its examples: `test_file(3).png` becomes `test_file%283%29.png`, a blank `+`, and a slash stays. */
function urlEncoded(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');
}
