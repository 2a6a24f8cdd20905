// Judges planted packages by the licence rules and writes what they say, by name, to standard output.
import { readFileSync } from 'node:fs';
import { packagesOf, placeOf, refusals } from '../../.ci/licences/judge.mjs';

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));
const withPackage = (place, fields) => ({
  packages: { '': { license: 'Apache-2.0' }, [place]: { version: '1.0.0', ...fields } },
});
const planted = 'node_modules/@planted/one';
const shipped = [`${planted}/index.js`, 'lambda/handlers/plan.ts'];

process.stdout.write(
  JSON.stringify({
    ours: refusals(lock, []),
    forDevelopment: refusals(withPackage(planted, { license: 'CC-BY-4.0', dev: true }), []),
    installed: refusals(withPackage(planted, { license: 'CC-BY-4.0' }), []),
    shipped: refusals(withPackage(planted, { license: 'BlueOak-1.0.0' }), shipped),
    unnamed: refusals(withPackage(planted, { dev: true }), []),
    choice: refusals(withPackage(planted, { license: '(MIT OR GPL-2.0)' }), []),
    packages: packagesOf([...shipped, ...shipped], withPackage(planted, { license: 'MIT' })),
    places: [
      '../elsewhere/node_modules/a/lib/index.js',
      'node_modules/a/node_modules/@b/c/index.js',
      'lambda/core/model/arn.ts',
    ].map(file => placeOf(file) ?? 'our own'),
  }),
);
