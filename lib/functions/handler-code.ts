import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HANDLERS, type Handler } from './handlers.ts';

const HERE = fileURLToPath(new URL('./', import.meta.url));
const FOLDER = join(HERE, '..', '..', 'lambda', 'handlers');
/** What a handler asks for when it needs it. */
const BESIDE = ['assume-role.mjs', 'next-firing.cjs', 'yaml.cjs'];
/** What the package has made already. The sources of a checkout have nothing of the kind. */
const MADE = import.meta.url.endsWith('.js') ? join(HERE, '..', '..', 'functions') : undefined;

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
          writeFileSync(join(output, 'index.mjs'), bundled(`${handler}.mjs`));
          for (const name of BESIDE) writeFileSync(join(output, name), bundled(name));
          for (const [name, path] of Object.entries(files)) copyFileSync(path, join(output, name));
          return true;
        },
      },
    },
  });
}

/** The files of which anything is in the functions' bundles, relative to this repository. */
export function bundledFiles(): readonly string[] {
  return JSON.parse(Buffer.from(bundled('inputs.json')).toString('utf8')) as readonly string[];
}

let bundles: ReadonlyMap<string, Uint8Array> | undefined;

function bundled(name: string): Uint8Array {
  const bytes = (bundles ??= bundleAll()).get(name);
  if (bytes === undefined) throw new Error(`there is no bundle ${name}`);
  return bytes;
}

/** Of a checkout, bundled anew in each process and never kept: what is deployed is what the sources say now. */
function bundleAll(): ReadonlyMap<string, Uint8Array> {
  if (MADE !== undefined) return bundlesIn(MADE);
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-bundles-'));
  try {
    execFileSync(process.execPath, [join(HERE, 'bundle-handlers.mjs'), folder, ...HANDLERS], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return bundlesIn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bundlesIn(folder: string): ReadonlyMap<string, Uint8Array> {
  const names = [...HANDLERS.map(handler => `${handler}.mjs`), ...BESIDE, 'inputs.json'];
  return new Map(names.map(name => [name, readFileSync(join(folder, name))]));
}
