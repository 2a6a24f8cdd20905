/**
 * Makes the files of the functions: `node bundle-handlers.mjs FOLDER HANDLER…`. It is a process of its own, because esbuild takes plugins
 * only where it may be waited for, and a CDK construct cannot wait.
 */
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Functions are not desks: they have the credentials of their role, and nothing else. */
const CREDENTIALS = join(ROOT, 'lambda/adapters/aws/function-credentials.ts');
/** No function calls an operation that streams events. */
const NO_EVENT_STREAMS = join(ROOT, 'lambda/adapters/aws/no-event-streams.ts');
/** No function asks AWS where its endpoints are. */
const NO_ENDPOINT_CACHE = join(ROOT, 'lambda/adapters/aws/no-endpoint-cache.ts');
/** Node has them. */
const NO_OWN_DIGESTS = join(ROOT, 'lambda/adapters/aws/no-own-digests.ts');
/** What few runs need: each a file beside the functions, and what stands in its place in the bundles and loads it. */
const WHEN_ASKED = [
  {
    source: 'lambda/core/documents/yaml.ts',
    standIn: 'lambda/handlers/yaml-when-asked.ts',
    file: 'yaml.cjs',
  },
  {
    source: 'lambda/core/watch/next-firing.ts',
    standIn: 'lambda/handlers/next-firing-when-asked.ts',
    file: 'next-firing.cjs',
  },
];

/** CommonJS dependencies inside an ES module call `require` for Node's own modules. */
const REQUIRE_BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

const shared = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  // Runs on Lambda's Node 24 and on the Node 20 of the embedded AWS alike.
  target: 'node20',
  minify: true,
  metafile: true,
  logLevel: 'warning',
};

/**
 * The SDK names its operations and their fields by constants: `{ [_h]: 'POST' }`. esbuild cannot tell that such an object has no
 * effects, and keeps those of all operations. With the names written out it drops what no function calls.
 */
const namesWrittenOut = {
  name: 'names-written-out',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const names = new Map(
        [...source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]),
      );
      const contents = source.replace(/([{,]\s*)\[(\w+)\](?=:)/g, (whole, before, name) =>
        names.has(name) ? `${before}${names.get(name)}` : whole,
      );
      return { contents, loader: 'js' };
    });
  },
};

/** Of their package.json, the clients of the SDK tell AWS the version. */
const versionsOnly = {
  name: 'versions-only',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]@aws-sdk[\\/][\w-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

const whenAsked = {
  name: 'when-asked',
  setup(builder) {
    for (const { source, standIn } of WHEN_ASKED)
      builder.onResolve({ filter: new RegExp(`/${basename(source)}$`) }, ({ importer, path }) =>
        join(importer, '..', path) === join(ROOT, source) && importer !== join(ROOT, standIn)
          ? { path: join(ROOT, standIn) }
          : undefined,
      );
  },
};

/** Few jobs name a role of another account: STS is loaded where one does. */
const rolesWhenAsked = {
  name: 'roles-when-asked',
  setup(builder) {
    builder.onResolve({ filter: /\/assume-role\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './assume-role.mjs', external: true } : undefined,
    );
  },
};

/** The SDK brings digests of its own for a Node that has none. */
const digestsOfNode = {
  name: 'digests-of-node',
  setup(builder) {
    builder.onResolve({ filter: /\/Sha(?:1|256)Js$/ }, ({ importer }) =>
      /[\\/]dist-es[\\/]/.test(importer) ? { path: NO_OWN_DIGESTS } : undefined,
    );
  },
};

const inFunctions = {
  ...shared,
  format: 'esm',
  // The bundle includes the SDK, so that key material ids and DryRun modifiers exist whatever the runtime ships.
  mainFields: ['module', 'main'],
  alias: {
    '@aws-sdk/credential-provider-node': CREDENTIALS,
    '@aws-sdk/endpoint-cache': NO_ENDPOINT_CACHE,
    '@smithy/core/event-streams': NO_EVENT_STREAMS,
  },
  plugins: [namesWrittenOut, versionsOnly, whenAsked, rolesWhenAsked, digestsOfNode],
  banner: { js: REQUIRE_BANNER },
};

/** All handlers in one call: they share most of their sources, and separate calls take five times as long. */
function handlersIn(folder, handlers) {
  return build({
    ...inFunctions,
    entryPoints: handlers.map(handler => `lambda/handlers/${handler}.ts`),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  });
}

function rolesIn(folder) {
  const outfile = join(folder, 'assume-role.mjs');
  return build({ ...inFunctions, entryPoints: ['lambda/adapters/aws/assume-role.ts'], outfile });
}

function whenAskedIn(folder) {
  return WHEN_ASKED.map(({ source, file }) =>
    build({ ...shared, entryPoints: [source], outfile: join(folder, file), format: 'cjs' }),
  );
}

const [folder, ...handlers] = process.argv.slice(2);
if (folder === undefined || handlers.length === 0)
  throw new Error('name a folder and handlers: node bundle-handlers.mjs FOLDER HANDLER…');
const made = await Promise.all([handlersIn(folder, handlers), rolesIn(folder), ...whenAskedIn(folder)]);
await writeFile(join(folder, 'inputs.json'), JSON.stringify(inputsOf(made)));

/** The files of which anything is in the bundles, relative to this repository. */
function inputsOf(builds) {
  const files = builds
    .flatMap(({ metafile }) => Object.values(metafile.outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
  return [...new Set(files)].sort();
}
