import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Callers } from '../../emulator/protocol/callers.ts';
import type { FunctionDefinition } from '../../emulator/functions/functions.ts';
import { Sandbox } from '../../emulator/functions/sandbox.ts';
import { LambdaRuntime } from '../../emulator/functions/service.ts';

const CODE = `
let invocations = 0;
export async function handler(event, context) {
  invocations++;
  if (event.fail) { const error = new Error('as asked'); error.name = 'MyError'; throw error; }
  if (event.exit) process.exit(1);
  if (event.hang) await new Promise(() => setInterval(() => undefined, 1000));
  console.log('line of ' + event.name);
  return { invocations, remaining: context.getRemainingTimeInMillis(), variable: process.env.MY_VARIABLE, role: process.env.AWS_ACCESS_KEY_ID };
}`;

describe('a function of the embedded AWS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  writeFileSync(join(folder, 'index.mjs'), CODE);
  const logFolder = join(folder, 'logs');
  const callers = new Callers();
  const runtime = new LambdaRuntime({ callers, logFolder, concurrency: 2 });
  afterAll(() => runtime.stop());

  const definition = (changes: Partial<FunctionDefinition> = {}): FunctionDefinition => ({
    arn: 'arn:aws:lambda:us-east-1:111122223333:function:f',
    name: 'f',
    region: 'us-east-1',
    roleArn: 'arn:aws:iam::111122223333:role/worker',
    folder,
    handler: 'index.handler',
    timeoutSeconds: 30,
    memoryMb: 128,
    environment: { MY_VARIABLE: 'value' },
    logGroup: '/aws/lambda/f',
    ...changes,
  });

  it('stays warm, and sees its environment, its deadline and credentials of its role', async () => {
    const first = await runtime.invoke(definition(), { name: 'one' });
    const second = await runtime.invoke(definition(), { name: 'two' });
    expect([first, second]).toMatchObject([
      { payload: { invocations: 1, variable: 'value' } },
      { payload: { invocations: 2 } },
    ]);
    const { role, remaining } = (first as { payload: { role: string; remaining: number } }).payload;
    expect(callers.identify(role).arn).toBe('arn:aws:iam::111122223333:role/worker');
    expect(remaining).toBeLessThanOrEqual(30_000);
  });

  it('reports an error with its name and words', async () => {
    expect(await runtime.invoke(definition(), { fail: true })).toMatchObject({
      kind: 'failed',
      errorType: 'MyError',
      payload: { errorMessage: 'as asked' },
    });
  });

  it('reports the end of a process that nobody has heard of yet', async () => {
    const sandbox = new Sandbox(definition(), {
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'AKIA1', secretAccessKey: 's', sessionToken: 't' },
    });
    await sandbox.invoke({ name: 'one' }, 'request-1');
    sandbox.kill();
    // The system ends the process while this one does nothing else, so that the next message meets a closed channel.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    expect(await sandbox.invoke({ name: 'two' }, 'request-2')).toMatchObject({
      kind: 'failed',
      errorType: 'Runtime.ExitError',
    });
  });

  it('reports a crash, and the next invocation starts a new process', async () => {
    expect(await runtime.invoke(definition(), { exit: true })).toMatchObject({
      kind: 'failed',
      errorType: 'Runtime.ExitError',
    });
    expect(await runtime.invoke(definition(), { name: 'after' })).toMatchObject({
      payload: { invocations: 1 },
    });
  });

  it('has its own time-out to load in, if the time of the init phase was not enough', async () => {
    const sandbox = new Sandbox(definition(), {
      ...{ endpoint: 'http://127.0.0.1:1', initSeconds: 0.001 },
      credentials: { accessKeyId: 'AKIA1', secretAccessKey: 's', sessionToken: 't' },
    });
    expect(await sandbox.invoke({ name: 'one' }, 'request-1')).toMatchObject({ kind: 'returned' });
    sandbox.kill();
  });

  it('is killed at its time-out', async () => {
    const slow = definition({
      arn: 'arn:aws:lambda:us-east-1:111122223333:function:slow',
      timeoutSeconds: 1,
    });
    expect(await runtime.invoke(slow, { hang: true })).toMatchObject({
      kind: 'failed',
      errorType: 'Sandbox.Timedout',
    });
  });

  it('is throttled beyond its concurrency', async () => {
    const hanging = [
      runtime.invoke(definition(), { hang: true }),
      runtime.invoke(definition(), { hang: true }),
    ];
    await expect(runtime.invoke(definition(), {})).rejects.toMatchObject({
      code: 'TooManyRequestsException',
    });
    expect(runtime.throttled()).toBe(1);
    runtime.limitTo(3);
    await expect(runtime.invoke(definition(), {})).resolves.toMatchObject({ kind: 'returned' });
    runtime.limitTo(2);
    expect(runtime.killBusy()).toBe(2);
    for (const result of await Promise.all(hanging))
      expect(result).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  it('logs to the file of its log group', () => {
    const [log] = readdirSync(logFolder);
    expect(readFileSync(join(logFolder, log!), 'utf8')).toContain('line of one');
  });
});
