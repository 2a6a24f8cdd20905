import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../interop/process.ts';
import { mockedTasks } from './localstack/mocked-tasks.ts';
import { fetched, NotThere, once } from '../interop/registries.ts';

/** Another AWS, and how it is started. */
export interface Program {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Another AWS that may be there. */
export interface Peer {
  readonly name: string;
  readonly software: string;
  /** The services that are compared: clients of `Embedded`. */
  readonly services: readonly string[];
  /** The contract suites that it is given: beginnings of paths below `test`. */
  readonly suites: readonly string[];
  /** @throws NotThere if its registry does not have it, or what it needs is missing */
  install(cache: string, port: number): Promise<Program>;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const dynamoDbLocal: Peer = {
  name: 'dynamodb-local',
  software: 'Maven DynamoDBLocal 2.6.1',
  services: ['dynamodb'],
  suites: [
    ...['emulator/dynamodb', 'contract/record-store', 'contract/guarded-writes', 'contract/many-data-keys'],
    ...['contract/local-index', 'contract/scoped-store', 'contract/copied-store', 'contract/ledger-keys'],
    ...['contract/run-state', 'contract/conflicts'],
  ],
  async install(cache, port) {
    const classpath = await classpathOf(here('dynamodb-local/pom.xml'), join(cache, this.name));
    const main = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
    return {
      command: ['java', '-cp', classpath, main, '-inMemory', '-disableTelemetry', '-port', `${port}`],
    };
  },
};

const moto: Peer = {
  name: 'moto',
  software: 'PyPI moto 5.2.5',
  services: ['s3'],
  suites: [
    ...['emulator/s3', 'contract/record-store', 'contract/scoped-store', 'contract/copied-store'],
    ...['contract/object-', 'contract/large-', 'contract/run-files'],
  ],
  async install(cache, port) {
    const folder = join(cache, this.name);
    await venv(folder, ['moto[s3,server]==5.2.5']);
    return { command: [join(folder, 'bin', 'moto_server'), '-H', '127.0.0.1', '-p', `${port}`] };
  },
};

/** LocalStack runs state machines by itself, and evaluates JSONata in Java. Its functions would need Docker, so that tasks are mocked. */
const localStack: Peer = {
  name: 'localstack',
  software: 'PyPI localstack-core 4.9.2',
  services: ['states', 's3'],
  suites: ['peers/state-machines'],
  async install(cache, port) {
    const folder = join(cache, this.name);
    // The newest of these have lost what it imports, or are not asked for though they are imported.
    const pinned = ['cbor2==5.7.1', 'pyOpenSSL==25.3.0', 'cryptography==45.0.7', 'service-identity==24.2.0'];
    await venv(folder, ['localstack-core[runtime]==4.9.2', ...pinned]);
    await jsonataFor(folder);
    const tasks = join(folder, 'tasks.json');
    writeFileSync(tasks, JSON.stringify(mockedTasks()));
    return {
      command: [join(folder, 'bin', 'python'), '-m', 'localstack.runtime.main'],
      env: {
        ...{ OVERRIDE_IN_DOCKER: '0', FILESYSTEM_ROOT: join(folder, 'files') },
        ...{ GATEWAY_LISTEN: `127.0.0.1:${port}`, LOCALSTACK_HOST: `127.0.0.1:${port}` },
        ...{
          DISABLE_EVENTS: '1',
          SKIP_SSL_CERT_DOWNLOAD: '1',
          SFN_MOCK_CONFIG: tasks,
        },
      },
    };
  },
};

export const PEERS: readonly Peer[] = [dynamoDbLocal, moto, localStack];

async function classpathOf(pom: string, folder: string): Promise<string> {
  const paths = join(folder, 'classpath');
  await once(folder, readFileSync(pom, 'utf8'), () =>
    fetched(['mvn', '-q', '-B', '-f', pom, 'dependency:build-classpath', `-Dmdep.outputFile=${paths}`]),
  );
  return readFileSync(paths, 'utf8').trim();
}

async function venv(folder: string, packages: readonly string[]): Promise<void> {
  await once(folder, packages.join(' '), async () => {
    await fetched(['python3', '-m', 'venv', '--clear', folder]);
    const pip = [join(folder, 'bin', 'python'), '-m', 'pip', '--disable-pip-version-check', '--quiet'];
    await fetched([...pip, 'install', ...packages]);
  });
}

/** Where LocalStack would download a Java and the libraries of JSONata to. */
async function jsonataFor(folder: string): Promise<void> {
  const libraries = join(folder, 'files', 'var', 'lib', 'localstack', 'lib');
  const pom = here('localstack/pom.xml');
  const jars = join(folder, 'jars');
  await once(jars, readFileSync(pom, 'utf8'), () =>
    fetched(['mvn', '-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]),
  );
  mkdirSync(join(libraries, 'java'), { recursive: true });
  cpSync(jars, join(libraries, 'jsonata', '0.9.7'), { recursive: true });
  const java = join(libraries, 'java', '21');
  if (!existsSync(java)) symlinkSync(await javaHome(), java);
}

async function javaHome(): Promise<string> {
  const { code, stdout } = await run(['which', 'java']);
  if (code !== 0) throw new NotThere('there is no Java');
  return dirname(dirname(realpathSync(stdout.trim())));
}
