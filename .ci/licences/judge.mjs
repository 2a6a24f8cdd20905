import { ACCEPTED } from './accepted.mjs';

/** A package's place in package-lock.json, of the path of a file of it; `undefined` for a file of our own. */
export function placeOf(file) {
  return /node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/** The packages of `{ files }`, with their licences, each once and in the order of their names. */
export function packagesOf(files, lock) {
  const places = [...new Set(files.flatMap(file => placeOf(file) ?? []))].sort();
  return places.map(place => {
    const locked = lock.packages[place];
    if (locked === undefined) throw new Error(`${place} is bundled and stands in no lock file: run npm ci`);
    return packageAt(place, locked);
  });
}

/** Why packages may not be where they are, one line each. */
export function refusals(lock, shippedFiles) {
  const all = Object.entries(lock.packages).filter(([place]) => place !== '');
  const groups = {
    functions: packagesOf(shippedFiles, lock),
    installed: all.filter(([, { dev }]) => !dev).map(([place, locked]) => packageAt(place, locked)),
    development: all.filter(([, { dev }]) => dev).map(([place, locked]) => packageAt(place, locked)),
  };
  return Object.entries(groups).flatMap(([group, packages]) =>
    packages
      .filter(({ licence }) => !ACCEPTED[group].includes(licence))
      .map(
        ({ name, version, licence }) =>
          `${name} ${version}: its licence, ${licence}, is not accepted for ${group} (.ci/licences/accepted.mjs)`,
      ),
  );
}

function packageAt(place, { version, license: licence = 'none' }) {
  return { name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length), version, licence };
}
