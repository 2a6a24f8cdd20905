import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync, type Metafile } from 'esbuild';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';

const HANDLERS = [
  'plan',
  'migrate-unit',
  'migrate-unit-plaintext',
  'verify-unit',
  'rollback-unit',
  'report',
] as const;

/** File name under `lambda/handlers/`, without `.ts`: the stage's name. */
export type Handler = (typeof HANDLERS)[number];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = join(ROOT, 'lambda', 'handlers');
/** Functions are not desks: they have the credentials of their role, and nothing else. */
const CREDENTIALS = join(ROOT, 'lambda', 'adapters', 'aws', 'function-credentials.ts');

/** CommonJS dependencies inside an ES module call `require` for Node's own modules. */
const REQUIRE_BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** The code of a handler as `index.mjs`, with further files: their names in the bundle and their paths here. */
export function handlerCode(handler: Handler, files: Readonly<Record<string, string>>): Code {
  return Code.fromAsset(FOLDER, {
    // Equal bundles are equal assets: a change of comments deploys nothing.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('none-is-needed'),
      // Never executed. It tells assets of the same folder apart, because the CDK stages equal options once.
      command: [handler, ...Object.entries(files).flat()],
      local: {
        tryBundle: output => {
          writeFileSync(join(output, 'index.mjs'), bundleOf(handler));
          for (const [name, path] of Object.entries(files)) copyFileSync(path, join(output, name));
          return true;
        },
      },
    },
  });
}

/** The files of which anything is in the functions' bundles, relative to this repository. */
export function bundledFiles(): readonly string[] {
  const { outputs } = (bundles ??= bundleAll()).metafile;
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
}

let bundles: ReturnType<typeof bundleAll> | undefined;

function bundleOf(handler: Handler): Uint8Array {
  const bundle = (bundles ??= bundleAll()).code.get(handler);
  if (bundle === undefined) throw new Error(`esbuild made no bundle of ${handler}`);
  return bundle;
}

/** Bundles all handlers in one call. They share most of their sources, and separate calls take five times as long. */
function bundleAll(): { readonly code: ReadonlyMap<string, Uint8Array>; readonly metafile: Metafile } {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: HANDLERS.map(handler => join(FOLDER, `${handler}.ts`)),
    outdir: 'bundles',
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Runs on Lambda's Node 24 and on the Node 20 of the embedded AWS alike.
    target: 'node20',
    // The bundle includes the SDK, so that key material ids and DryRun modifiers exist whatever the runtime ships.
    mainFields: ['module', 'main'],
    minify: true,
    alias: { '@aws-sdk/credential-provider-node': CREDENTIALS },
    banner: { js: REQUIRE_BANNER },
    logLevel: 'warning',
  });
  return { code: new Map(outputFiles.map(({ path, contents }) => [parse(path).name, contents])), metafile };
}
