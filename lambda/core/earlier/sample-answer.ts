import type { Sample, SampleAnswer } from '../journal/sample.ts';
import type { DataKeyProof } from '../model/data-key-proof.ts';
import type { DestinationAnswer } from './ask-destination.ts';

/** Whether KMS contradicts the journal. An answer that was not given, or only refused, contradicts nothing. */
export function heard(sample: Sample, proof: DataKeyProof, answer: DestinationAnswer | undefined): boolean {
  return answer !== undefined && sample.hear(proof, sampleAnswer(answer));
}

function sampleAnswer(answer: DestinationAnswer): SampleAnswer {
  switch (answer.kind) {
    case 're-encrypted':
      return { kind: 'opened', source: answer.source, destination: answer.destination };
    case 'other-context':
    case 'incorrect-key':
    case 'invalid-ciphertext':
      return { kind: 'contradicts' };
    case 'denied':
    case 'rejected':
    case 'unavailable':
      return { kind: 'unknown' };
  }
}
