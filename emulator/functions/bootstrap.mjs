// Runs in the sandbox process in place of Lambda's own bootstrap: loads the bundle once, then handles one invocation at a
// time. It is plain JavaScript, so that it starts without a compiler, like the real runtime.
import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [file, exported] = process.env._HANDLER.split('.');
const root = process.env.LAMBDA_TASK_ROOT;

async function load() {
  for (const extension of ['.mjs', '.js', '.cjs']) {
    const path = join(root, `${file}${extension}`);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return (await import(pathToFileURL(path).href))[exported];
  }
  throw new Error(`no ${file}.mjs, .js or .cjs in the bundle`);
}

const describe = error => ({
  errorType: error instanceof Error ? error.name : typeof error,
  errorMessage: error instanceof Error ? error.message : String(error),
  trace: error instanceof Error && error.stack ? error.stack.split('\n') : [],
});

// The peak of this program alone. That of getrusage would include the process that has forked this one.
const peakResidentBytes = () => {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
};

const usageSince = begin => {
  const { user, system } = process.cpuUsage(begin);
  return { cpuMilliseconds: (user + system) / 1000, peakResidentBytes: peakResidentBytes() };
};

let handler;
try {
  handler = await load();
  process.send({ kind: 'ready' });
} catch (error) {
  console.error(error);
  process.send({ kind: 'init-failed', error: describe(error) });
}

process.on('message', async ({ event, requestId, deadline, functionArn }) => {
  const context = {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  const begin = process.cpuUsage();
  try {
    const payload = await handler(event, context);
    const usage = usageSince(begin);
    process.send({ kind: 'returned', payload: payload === undefined ? null : payload, usage });
  } catch (error) {
    console.error(JSON.stringify({ level: 'ERROR', requestId, ...describe(error) }));
    process.send({ kind: 'failed', error: describe(error), usage: usageSince(begin) });
  }
});
