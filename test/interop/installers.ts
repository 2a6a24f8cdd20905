import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from './client.ts';
import { awsCredstash } from './clients/aws-credstash.ts';
import { branchKeystoreNode } from './clients/branch-keystore-node.ts';
import { sops } from './clients/sops.ts';
import { processClient } from './process-client.ts';
import { run, succeed } from './process.ts';

/** A client that may be there. */
export interface Offer {
  readonly name: string;
  readonly software: string;
  /** @throws Error if it cannot be installed */
  install(cache: string): Promise<Client>;
}

const CLIENTS = fileURLToPath(new URL('clients/', import.meta.url));

function onNode(client: Client): Offer {
  return { name: client.name, software: client.software, install: () => Promise.resolve(client) };
}

interface Packages {
  readonly packages: readonly string[];
  /** Packages that are installed without what they require. */
  readonly alone?: readonly string[];
}

function python(name: string, script: string, { packages, alone = [] }: Packages): Offer {
  const software = `PyPI ${[...alone, ...packages][0]?.replace('==', ' ')}`;
  return {
    ...{ name, software },
    install: async cache => {
      const folder = join(cache, 'python', name);
      const binary = join(folder, 'bin', 'python');
      await once(folder, [...alone, ...packages].join(' '), async () => {
        await succeed(['python3', '-m', 'venv', '--clear', folder]);
        const pip = [binary, '-m', 'pip', '--disable-pip-version-check', 'install', '--quiet'];
        if (alone.length > 0) await succeed([...pip, '--no-deps', ...alone]);
        await succeed([...pip, ...packages]);
      });
      return processClient({ name, software, command: [binary, join(CLIENTS, 'python', script)] });
    },
  };
}

function sopsOf(name: string, version: string): Offer {
  const software = `Go getsops/sops ${version}`;
  return {
    ...{ name, software },
    install: async cache => {
      const folder = join(cache, 'go', name);
      const module = `github.com/getsops/sops/v3/cmd/sops@v${version}`;
      await once(folder, module, () =>
        succeed(['go', 'install', module], { cwd: cache, env: { GOBIN: folder, GOFLAGS: '-p=2' } }),
      );
      return sops(name, software, join(folder, 'sops'));
    },
  };
}

interface JavaProject {
  /** The folder of its pom.xml. */
  readonly project: string;
  readonly driver: string;
  /** A version that the pom.xml leaves open. */
  readonly version?: string;
  readonly args?: readonly string[];
}

function java(name: string, software: string, { project, driver, version, args = [] }: JavaProject): Offer {
  return {
    ...{ name, software },
    install: async cache => {
      const pom = join(CLIENTS, 'java', project, 'pom.xml');
      const folder = join(cache, 'java', version === undefined ? project : `${project}-${version}`);
      const paths = join(folder, 'classpath');
      const open = version === undefined ? [] : [`-D${project}.version=${version}`];
      await once(folder, readFileSync(pom, 'utf8'), () =>
        succeed([
          'mvn',
          '-q',
          '-B',
          '-f',
          pom,
          ...open,
          'dependency:build-classpath',
          `-Dmdep.outputFile=${paths}`,
        ]),
      );
      const source = join(CLIENTS, 'java', project, driver);
      const command = ['java', '-cp', readFileSync(paths, 'utf8').trim(), source, ...args];
      return processClient({ name, software, command });
    },
  };
}

function s3ecJava(name: string, version: string): Offer {
  const args = [`interop-${name}`];
  const software = `Maven amazon-s3-encryption-client-java ${version}`;
  return java(name, software, { project: 's3ec', driver: 'Driver.java', version, args });
}

/** What the registries that an ordinary client reaches do not have; each stays named in every result. */
function missing(name: string, software: string, tool: readonly string[], why: string): Offer {
  return {
    ...{ name, software },
    install: async () => {
      const { code } = await run(tool);
      throw new Error(code === 0 ? 'there is no driver for it yet' : why);
    },
  };
}

/** In the order of what each is worth here. */
export const OFFERS: readonly Offer[] = [
  onNode(awsCredstash),
  onNode(branchKeystoreNode),
  sopsOf('sops', '3.13.2'),
  sopsOf('sops-older', '3.9.0'),
  python('s3ec-python', 's3ec_client.py', { packages: ['amazon-s3-encryption-client-python==4.0.0'] }),
  python('ddbec-python', 'ddbec_client.py', { packages: ['dynamodb-encryption-sdk==3.3.0'] }),
  python('credstash-python', 'credstash_client.py', { packages: ['credstash==1.17.1', 'setuptools<81'] }),
  python('confidant', 'confidant_client.py', {
    alone: ['confidant==7.0.0'],
    packages: [
      ...['pynamodb==5.5.1', 'boto3==1.34.147', 'cachetools==5.2.0', 'setuptools<81', 'cryptography'],
      ...['PyYAML', 'statsd', 'attrs', 'lru-dict', 'python-json-logger', 'guard', 'pytz'],
    ],
  }),
  java('s3ec-java-sdk1', 'Maven aws-java-sdk-s3 1.12.788', { project: 'sdk1', driver: 'S3Client.java' }),
  s3ecJava('s3ec-java-3', '3.5.0'),
  s3ecJava('s3ec-java-4', '4.0.1'),
  java('ddbec-java', 'Maven aws-dynamodb-encryption-java 2.0.3', {
    project: 'sdk1',
    driver: 'DynamoDbClient.java',
  }),
  missing(
    's3ec-go',
    'Go aws/amazon-s3-encryption-client-go',
    ['go', 'list', '-m', '-versions', 'github.com/aws/amazon-s3-encryption-client-go/v4'],
    'the module proxy does not have it',
  ),
  missing('s3ec-ruby', 'Ruby aws-sdk-s3', ['ruby', '--version'], 'there is no Ruby'),
];

/** Installs what is not there, or is there as something else. */
async function once(folder: string, what: string, install: () => Promise<unknown>): Promise<void> {
  const mark = join(folder, '.installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === what) return;
  mkdirSync(folder, { recursive: true });
  await install();
  writeFileSync(mark, what);
}
