import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type { PlannedRoute } from '../../lambda/core/model/route.ts';
import type { KeyService } from '../../lambda/core/ports.ts';
import { takeRoute, tryRoute } from '../../lambda/core/routes/take-route.ts';
import { storeName } from '../../lambda/core/stores/places.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';

const never = (): never => {
  throw new Error('KMS must not be asked');
};
const keys: KeyService = { reEncrypt: never, tryReEncrypt: never, pace: never, takeUsage: never };
const side = (keyArn: string) => ({
  keyArn,
  encryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const,
  context: {},
});

describe('a plan of a later version', () => {
  it.each([
    ['is taken', takeRoute],
    ['is tried', tryRoute],
  ])('goes no way at all where its route is unknown here, when a data key %s', (_, go) => {
    const route = { type: 'by-air', why: '' } as unknown as PlannedRoute;
    const request = { ciphertext: Buffer.from('edk'), source: side(OLD_KEY), destination: side(NEW_KEY) };
    expect(() => void go(request, { keys, route })).toThrow(PremiseBroken);
    expect(() => void go(request, { keys, route })).toThrow("no route 'by-air'; deploy the version");
  });

  it('stops if its kind of store is unknown here', () => {
    const store = { type: 'tape', format: { type: 'attribute' } };
    expect(() => storeName(store)).toThrow("no kind of store 'tape'; deploy the version that has it");
  });
});
