/** Documents that need no further word: which they are says how they are read. */
export const PLAIN_DOCUMENTS = [
  'json',
  'yaml',
  'dotenv',
  'ini',
  /** Bytes as base64 text: type S, or type B that holds the text. */
  'base64',
  'base64url',
  /** The material description of the DynamoDB Encryption Client: names and values, each after its length. */
  'material-description',
] as const;

/**
 * A step into a value that is a document of its own: a JSON text in an attribute, base64 of one, a delimited text. The steps
 * after it lead through what the document holds.
 */
export type DocumentStep =
  | { readonly as: (typeof PLAIN_DOCUMENTS)[number] }
  /** A text in parts, such as `v1.<data key>.<nonce>.<ciphertext>`: a list of texts. */
  | { readonly as: 'delimited'; readonly by: string };
