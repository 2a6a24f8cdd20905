import type { LifeBug } from './life.ts';
import { RSA_KEY } from './life-jobs.ts';
import { KEYS } from './scene.ts';

/** Mistakes in what is stored about runs, which show only over time. */
export const LIFE_BUGS: readonly { readonly name: string; readonly bug: LifeBug }[] = [
  {
    name: 'forgets that a run was rolled back',
    bug: { proofs: proofs => proofs.filter(({ mode }) => mode !== 'rollback') },
  },
  {
    name: 'forgets every doubt',
    bug: { proofs: proofs => proofs.filter(({ verdict }) => verdict !== 'not-proven') },
  },
  {
    name: 'takes copies for moves',
    bug: { proofs: proofs => proofs.map(proof => ({ ...proof, keepsSource: false })) },
  },
  {
    name: 'takes the proof of a half for one of the whole',
    bug: { proofs: proofs => proofs.map(({ part: _part, ...proof }) => proof) },
  },
  {
    name: 'says of every key what it has proven of some',
    bug: { proofs: proofs => proofs.map(proof => ({ ...proof, sourceKeyArns: [KEYS.old, RSA_KEY] })) },
  },
];
