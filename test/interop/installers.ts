import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from './client.ts';
import { awsCredstash } from './clients/aws-credstash.ts';
import { branchKeystoreNode } from './clients/branch-keystore-node.ts';
import { sops } from './clients/sops.ts';
import { processClient } from './process-client.ts';
import { run, succeed } from './process.ts';
import { fetched, NotThere, once } from './registries.ts';

/** A client that may be there. */
export interface Offer {
  readonly name: string;
  readonly software: string;
  /** @throws NotThere if its registry does not have it, or what it needs is missing */
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
        await fetched(['python3', '-m', 'venv', '--clear', folder]);
        const pip = [binary, '-m', 'pip', '--disable-pip-version-check', 'install', '--quiet'];
        if (alone.length > 0) await fetched([...pip, '--no-deps', ...alone]);
        await fetched([...pip, ...packages]);
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
        fetched(['go', 'install', module], { cwd: cache, env: { GOBIN: folder, GOFLAGS: '-p=2' } }),
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
        fetched([
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

/** A module of Go and the program that uses it. */
function go(name: string, software: string, { project, module }: { project: string; module: string }): Offer {
  return {
    ...{ name, software },
    install: async cache => {
      const folder = join(cache, 'go', name);
      const source = readFileSync(join(CLIENTS, 'go', project, 'main.go'), 'utf8');
      await once(folder, `${module}\n${source}`, async () => {
        writeFileSync(join(folder, 'main.go'), source);
        writeFileSync(join(folder, 'go.mod'), 'module interop\n');
        await fetched(['go', 'get', module], { cwd: folder });
        await fetched(['go', 'mod', 'download'], { cwd: folder });
        await succeed(['go', 'build', '-p=2', '-mod=mod', '-o', 'client', '.'], { cwd: folder });
      });
      return processClient({ name, software, command: [join(folder, 'client')] });
    },
  };
}

/** Ruby's registry is not asked: its libraries come with the system, or not at all. */
function ruby(name: string, script: string, libraries: readonly string[]): Offer {
  const software = `Ruby ${libraries.join(', ')}`;
  return {
    ...{ name, software },
    install: async () => {
      const { code } = await run(['ruby', ...libraries.map(library => `-r${library}`), '-e', '']);
      if (code !== 0) throw new NotThere('there is no Ruby with these libraries');
      return processClient({ name, software, command: ['ruby', join(CLIENTS, 'ruby', script)] });
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
  go('s3ec-go', 'Go amazon-s3-encryption-client-go 3.1.0', {
    project: 's3ec',
    module: 'github.com/aws/amazon-s3-encryption-client-go/v3@v3.1.0',
  }),
  java('s3ec-java-sdk1', 'Maven aws-java-sdk-s3 1.12.788', { project: 'sdk1', driver: 'S3Client.java' }),
  s3ecJava('s3ec-java-3', '3.5.0'),
  s3ecJava('s3ec-java-4', '4.0.1'),
  java('ddbec-java', 'Maven aws-dynamodb-encryption-java 2.0.3', {
    project: 'sdk1',
    driver: 'DynamoDbClient.java',
  }),
  ruby('s3ec-ruby', 's3ec_client.rb', ['aws-sdk-s3', 'aws-sdk-kms']),
];
