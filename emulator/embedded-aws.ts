import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Trails, type TrailFile } from './cloudtrail/trails.ts';
import { control } from './control.ts';
import { AwsError } from './protocol/aws-error.ts';
import {
  administratorOf,
  Callers,
  credentialScope,
  DEFAULT_ACCOUNT,
  DEFAULT_REGION,
  type Credentials,
} from './protocol/callers.ts';
import type { CloudFormation } from './cloudformation/cloudformation.ts';
import { cloudFormationService } from './cloudformation/service.ts';
import { readAssembly } from './cloudformation/template.ts';
import { deployer } from './deployer.ts';
import type { Consumed } from './dynamodb/capacity.ts';
import { dynamoDbService } from './dynamodb/service.ts';
import { KeyStore } from './kms/key-store.ts';
import { RequestQuota } from './kms/request-quota.ts';
import { keysOfAws, kmsService, type KeysOfAws } from './kms/service.ts';
import { Iam } from './iam/iam.ts';
import { ADMINISTRATOR } from './iam/managed-by-aws.ts';
import { EVERYTHING, type Authorization } from './protocol/authorization.ts';
import type { PublishedEvent } from './eventbridge/event-bus.ts';
import { eventBridgeService } from './eventbridge/service.ts';
import { expired, issuingSessions } from './sessions.ts';
import { ConnectionLost, Faults } from './faults.ts';
import { Functions } from './functions/functions.ts';
import { mayLog } from './functions/logs.ts';
import { listen, readBody } from './listen.ts';
import { Operations } from './operations.ts';
import type { EmbeddedAwsOptions } from './options.ts';
import { Meter } from './meter/meter.ts';
import { storedIn } from './s3/stored.ts';
import { LambdaRuntime, lambdaService } from './functions/service.ts';
import { serviceOf } from './protocol/operation.ts';
import type { AwsRequest, AwsResponse, RawRequest, Service } from './protocol/request.ts';
import { Buckets } from './s3/bucket.ts';
import { s3Service } from './s3/service.ts';
import { isS3Control, s3ControlService } from './s3control/service.ts';
import { Schedules } from './scheduler/schedules.ts';
import type { Call } from './scheduler/target.ts';
import { Executions } from './stepfunctions/executions.ts';
import { integrations, type Integrated } from './integrations.ts';
import { messaging, type Messaging } from './messaging.ts';
import { functionAt, streamsAndMappings } from './stream-mappings.ts';
import { stepFunctionsService } from './stepfunctions/service.ts';
import { Parameters } from './ssm/parameters.ts';
import { ssmService } from './ssm/service.ts';
import { StateMachines } from './stepfunctions/state-machines.ts';
import { stsService } from './sts/service.ts';

const OBJECT_CREATED = { source: 'aws.s3', detailType: 'Object Created' } as const;

/** An AWS on loopback: all services, accounts and Regions behind one port. */
export class EmbeddedAws {
  readonly functions = new Functions();
  readonly faults = new Faults();
  readonly lambda: LambdaRuntime;
  readonly #callers = new Callers();
  readonly #buckets = new Buckets();
  readonly meter = new Meter(() => storedIn(this.#buckets));
  readonly iam = new Iam();
  readonly kmsQuota: RequestQuota;
  readonly trails: Trails;
  readonly schedules = new Schedules(this.iam, call => this.#startTarget(call));
  /** Streams of tables, and what they are mapped to. */
  readonly streamed: ReturnType<typeof streamsAndMappings>;
  /** Queues, rules of EventBridge, and what hands messages to functions. */
  readonly messaging: Messaging;
  readonly #keys: KeysOfAws;
  /** What operators see: alarms, and the topics that they tell. */
  readonly operations: Operations;
  readonly #stateMachines = new StateMachines();
  readonly #cloudFormation: CloudFormation;
  #folder: string | undefined;
  readonly #executions: Executions;
  readonly #parameters = new Parameters();
  readonly #services: Readonly<Record<string, Service>>;
  readonly #options: EmbeddedAwsOptions;
  #server: Server | undefined;

  /** Events that were put on the default bus. */
  get events(): PublishedEvent[] {
    return this.messaging.bus.published;
  }

  constructor(options: EmbeddedAwsOptions = {}) {
    this.#options = options;
    const { logFolder, lambdaConcurrency, waitScale, historyLimit } = options;
    this.kmsQuota = new RequestQuota(options.now);
    this.trails = new Trails(file => this.#deliverFile(file), options.now);
    this.#keys = keysOfAws(new KeyStore(options.now, options.kmsChecksFirst), call =>
      this.trails.record(call),
    );
    const left = () => [
      ...this.schedules.left,
      ...this.streamed.mappings.left,
      ...this.messaging.queues.waiting(),
    ];
    this.operations = new Operations(this.iam, this.#keys.store, left);
    this.lambda = new LambdaRuntime({
      embedded: (definition, text) => this.operations.embedded(definition, text),
      callers: this.#callers,
      mayLog: definition => mayLog(this.iam, definition),
      meter: this.meter,
      ...(logFolder !== undefined && { logFolder }),
      ...(lambdaConcurrency !== undefined && { concurrency: lambdaConcurrency }),
    });
    const integrated = this.#integrated();
    this.streamed = streamsAndMappings(integrated, options);
    this.messaging = messaging(this.iam, integrated, options);
    this.#executions = new Executions({
      integrations: integrations(integrated),
      count: (machineArn, counted) => this.operations.execution(machineArn, counted),
      ...(waitScale !== undefined && { waitScale }),
      ...(historyLimit !== undefined && { historyLimit }),
    });
    this.#cloudFormation = deployer({
      ...{ buckets: this.#buckets, keys: this.#keys.store, iam: this.iam, schedules: this.schedules },
      ...{ functions: this.functions, eventSourceMappings: this.streamed.mappings },
      messaging: this.messaging,
      ...{ stateMachines: this.#stateMachines, parameters: this.#parameters },
      ...{ alarms: this.operations.alarms, topics: this.operations.topics },
      service: name => this.#services[name] as Service,
      authorizationOf: from => this.#authorizationOf(from),
      readYaml: options.readYaml,
      folder: () => (this.#folder ??= mkdtempSync(join(tmpdir(), 'embedded-aws-'))),
    });
    this.#services = Object.fromEntries(
      Object.entries(this.#newServices()).map(([name, service]) => [name, this.meter.around(service)]),
    );
  }

  #integrated(): Integrated {
    return {
      ...{ functions: this.functions, lambda: this.lambda, buckets: this.#buckets },
      s3: () => this.#services['s3'] as Service,
      authorizationOf: from => this.#authorizationOf(from),
      transition: () => this.meter.transition(),
    };
  }

  #newServices(): Readonly<Record<string, Service>> {
    const consumed: Consumed = (...of) => this.meter.consumed(...of);
    const { now, s3PageSize, s3CopyLimitBytes } = this.#options;
    return {
      kms: kmsService(this.#keys, this.kmsQuota),
      dynamodb: dynamoDbService(this.#keys.permissions.forDynamoDb, {
        ...{ streams: this.streamed.streams, consumed },
        ...(now !== undefined && { now }),
      }),
      s3: s3Service(this.#buckets, {
        ...(s3PageSize !== undefined && { pageSize: s3PageSize }),
        ...(s3CopyLimitBytes !== undefined && { copyLimitBytes: s3CopyLimitBytes }),
        useKey: this.#keys.permissions.forS3,
        tell: created => this.messaging.bus.deliver({ ...OBJECT_CREATED, ...created }),
      }),
      s3control: s3ControlService({ ...this.#integrated(), iam: this.iam }),
      states: stepFunctionsService(this.#stateMachines, this.#executions),
      lambda: lambdaService(this.functions, this.lambda),
      events: eventBridgeService(this.messaging.bus),
      sts: stsService(issuingSessions(this.#callers), now),
      ssm: ssmService(this.#parameters),
      cloudformation: cloudFormationService(this.#cloudFormation),
    };
  }

  /** What a schedule's time has come for. Nobody waits for a function. */
  #startTarget({ targetArn: arn, input, name }: Call): void {
    if (!arn.includes(':function:')) {
      this.#executions.start(this.#stateMachines.get(arn), { input, ...(name !== undefined && { name }) });
      return;
    }
    this.lambda.invoke(functionAt(this.functions, arn), JSON.parse(input)).catch(() => undefined);
  }

  /** CloudTrail writes into a bucket by leave of the bucket's policy, which is not asked here. */
  async #deliverFile({ bucket, key, body }: TrailFile): Promise<void> {
    const { region, accountId } = this.#buckets.get(bucket);
    const arn = `arn:aws:iam::${accountId}:root`;
    const response = await (this.#services['s3'] as Service).handle({
      ...{ method: 'PUT', path: `/${bucket}/${key}`, query: new URLSearchParams(), headers: {}, body },
      ...{ service: 's3', region, caller: { accountId, arn }, iam: EVERYTHING, requestId: randomUUID() },
    });
    if (response.status >= 300) throw new Error(String(response.body));
  }

  /** Listens on loopback only and returns the endpoint. @throws CannotListen */
  async start(): Promise<string> {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.keepAliveTimeout = 60_000;
    const endpoint = `http://127.0.0.1:${await listen(this.#server, this.#options.port ?? 0)}`;
    this.lambda.listenAt(endpoint);
    return endpoint;
  }

  async stop(): Promise<void> {
    this.#executions.stopAll();
    this.streamed.mappings.stop();
    this.messaging.mappings.stop();
    this.lambda.stop();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#server?.closeAllConnections();
    await new Promise<void>(resolve =>
      this.#server === undefined ? resolve() : this.#server.close(() => resolve()),
    );
  }

  /** Creates or updates the stacks of a cloud assembly without the CDK's bootstrap stack, and returns their names. */
  async deploy(assembly: string, accountId = DEFAULT_ACCOUNT): Promise<readonly string[]> {
    const stacks = [];
    for (const assembled of readAssembly(assembly))
      stacks.push(await this.#cloudFormation.deploy(assembled, { accountId, region: DEFAULT_REGION }));
    return stacks.map(({ stackName, place }) => `${stackName} (${place.region})`);
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const { method = 'GET', url = '/', headers } = incoming;
      const response = await this.handle({ method, url, headers, body: await readBody(incoming) });
      outgoing.writeHead(response.status, { ...response.headers, date: new Date().toUTCString() });
      outgoing.end(response.body);
    } catch (error) {
      if (error instanceof ConnectionLost) return void incoming.socket.destroy();
      process.stderr.write(`embedded AWS: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
      outgoing.writeHead(500).end();
    }
  }

  /** Serves one request, from the port or from this process. @throws ConnectionLost if a fault breaks the connection */
  async handle({ method, url: target, headers, body }: RawRequest): Promise<AwsResponse> {
    const url = new URL(target, 'http://127.0.0.1');
    if (url.pathname.startsWith('/_embedded/')) return control(this, url, body);
    const {
      accessKeyId,
      region = DEFAULT_REGION,
      service,
    } = credentialScope(headers.authorization, url.searchParams);
    const name = service ?? serviceOf(headers);
    const known = this.#services[isS3Control({ url: target, headers }) ? 's3control' : name];
    if (known === undefined)
      throw new AwsError('UnknownService', `the embedded AWS does not have the service '${name}'`);
    // The path as it was sent: S3 keys must not be normalised.
    const path = target.split('?')[0] ?? '/';
    const caller = this.#callers.identify(accessKeyId);
    const request: AwsRequest = {
      ...{ method, path, headers, body, region, caller },
      query: url.searchParams,
      service: name,
      iam: this.#authorizationOf({ caller, region, service: name }),
      requestId: randomUUID(),
    };
    const ended = expired(request, this.#options.now ?? Date.now);
    if (ended !== undefined) return ended;
    // Whoever looks into the bucket of a trail finds all that has happened before.
    if (name === 's3' && method === 'GET') await this.trails.deliver(path.split('/')[1]);
    return this.faults.serve(request, one => known.handle(one));
  }

  /** An administrator exists as soon as one calls. */
  #authorizationOf(from: Pick<AwsRequest, 'caller' | 'region' | 'service'>): Authorization {
    const { arn, accountId } = from.caller;
    if (arn === administratorOf(accountId) && this.iam.identities.policiesOf(arn) === undefined) {
      this.iam.identities.create(arn);
      this.iam.identities.attach(arn, ADMINISTRATOR);
    }
    return this.iam.authorizationOf(from, this.#options.now);
  }

  /** Credentials of a user with some policies and nothing else, as of a colleague who runs the CLI. */
  createUser(name: string, policies: readonly object[], accountId = DEFAULT_ACCOUNT): Credentials {
    const arn = `arn:aws:iam::${accountId}:user/${name}`;
    this.iam.identities.create(arn);
    for (const [index, policy] of policies.entries())
      this.iam.identities.putInline(arn, `Policy${index}`, policy);
    return this.#callers.issueFor(arn);
  }

  /** Credentials of a role, as one of its functions has them. */
  assume(roleArn: string): Credentials {
    return this.#callers.issueFor(roleArn);
  }
}
