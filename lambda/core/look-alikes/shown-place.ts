import { placeText } from '../places/pattern.ts';
import type { ScannerPath } from './search.ts';
import { signInText } from './signs.ts';

const MARK = '\uE000';
const NO_LENGTHS: ReadonlySet<number> = new Set();

/** The path with a mark in place of each name that contains a ciphertext: paths are shown to people, ciphertexts are not. */
export function withoutCiphertexts(path: ScannerPath): ScannerPath {
  return path.map(step =>
    typeof step === 'string' && signInText(step, NO_LENGTHS, 1) !== undefined ? MARK : step,
  );
}

/** Whether a name of the path is not to be shown. */
export function isMarked(path: ScannerPath): boolean {
  return path.includes(MARK);
}

/** A place as a job's `ignore` takes it, with `*` for names that are ciphertexts. */
export function shownPlace(path: ScannerPath): string {
  return placeText(withoutCiphertexts(path)).replaceAll(MARK, '*');
}
