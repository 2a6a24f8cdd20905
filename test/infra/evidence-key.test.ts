import { job } from '../support/builders.ts';
import { actionsOf, statementsByStage, synthesized } from '../support/stack.ts';

describe('the key that signs evidence', () => {
  const template = synthesized([job()], { evidence: true });

  it('is there only where evidence is asked for, and outlives its stack', () => {
    expect(synthesized([job()]).findResources('AWS::KMS::Key')).toEqual({});
    const keys = Object.values(template.findResources('AWS::KMS::Key'));
    expect(keys).toEqual([
      expect.objectContaining({
        DeletionPolicy: 'Retain',
        Properties: expect.objectContaining({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }) as object,
      }),
    ]);
    expect(Object.keys(template.findOutputs('EvidenceKeyArn'))).toHaveLength(1);
  });

  it('signs for Report alone, with one algorithm and whole messages', () => {
    const allowed = [...statementsByStage(template)].flatMap(([stage, statements]) =>
      statements
        .filter(one => actionsOf([one]).includes('kms:Sign'))
        .map(({ Condition }) => [stage, Condition?.['StringEquals']]),
    );
    expect(allowed).toEqual([
      ['Report', { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'RAW' }],
    ]);
  });
});
