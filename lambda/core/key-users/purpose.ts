const MAKES_CIPHERTEXTS = /^(?:Encrypt|GenerateDataKey|ReEncryptTo|GetPublicKey)/;
const OPENS_CIPHERTEXTS = /^(?:Decrypt|ReEncryptFrom)$/;

/** Whoever does this with a key has new ciphertexts under it. With the public half of a key, KMS is not asked again. */
export function makesCiphertexts(action: string): boolean {
  return MAKES_CIPHERTEXTS.test(action);
}

/** Whoever does this with a key has ciphertexts under it. */
export function opensCiphertexts(action: string): boolean {
  return OPENS_CIPHERTEXTS.test(action);
}
