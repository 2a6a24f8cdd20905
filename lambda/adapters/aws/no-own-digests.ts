/**
 * What the bundles of the functions have in the place of the SDK's own SHA-1 and SHA-256, for a Node without these: the SDK takes Node's wherever
 * it has them, as Lambda's does. Saves 6 KB.
 */
class NoOwnDigest {
  readonly none = unavailable();
}

function unavailable(): never {
  throw new Error('aws.own-digests: the bundles of the functions have the digests of Node only');
}

export { NoOwnDigest as Sha1Js, NoOwnDigest as Sha256Js };
