import type { ReEncryptAnswer } from '../../lambda/core/ports.ts';
import type { Ports, Planted } from './play.ts';

/** Mistakes that show only if KMS does not check the key first. */
export const ORDER_BUGS: readonly Planted[] = [
  {
    name: 'takes the first key that finds a ciphertext invalid for its key, and asks no other one',
    bug: { ports: (ports, phase) => (phase === 'migrate' ? withOneKeyEach(ports) : ports) },
  },
  {
    name: 'takes "invalid" for another key, and remembers it as proven',
    bug: {
      ports: ports => ({
        ...ports,
        keys: {
          ...bindKeys(ports),
          reEncrypt: async request => {
            const answer = await ports.keys.reEncrypt(request);
            return answer.kind === 'invalid-ciphertext' ? { kind: 'incorrect-key' } : answer;
          },
        },
      }),
    },
  },
];

function withOneKeyEach(ports: Ports): Ports {
  const made = new Map<string, string>();
  return {
    ...ports,
    keys: {
      ...bindKeys(ports),
      reEncrypt: async (request): Promise<ReEncryptAnswer> => {
        const of = Buffer.from(request.ciphertext).toString('hex');
        const { keyArn } = request.source;
        if ((made.get(of) ?? keyArn) !== keyArn) return { kind: 'invalid-ciphertext' };
        const answer = await ports.keys.reEncrypt(request);
        if (answer.kind === 'invalid-ciphertext') made.set(of, keyArn);
        return answer;
      },
    },
  };
}

function bindKeys({ keys }: Ports): Ports['keys'] {
  return {
    reEncrypt: request => keys.reEncrypt(request),
    tryReEncrypt: request => keys.tryReEncrypt(request),
    pace: () => undefined,
    takeUsage: () => keys.takeUsage(),
  };
}
