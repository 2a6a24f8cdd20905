import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { KeyRewrap } from '../../lib/key-rewrap.ts';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';

const jobs = loadJobs('examples/jobs/orders.json');

/** A stack of somebody else's app. Functions are not bundled. */
function stackIn(region: string | undefined): Stack {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return new Stack(app, 'Theirs', region === undefined ? {} : { env: { region } });
}

describe('the construct KeyRewrap in the stack of another app', () => {
  it('makes the state machine, and the outputs by which the CLI finds it', () => {
    const stack = stackIn('us-east-1');
    new KeyRewrap(stack, 'Rewrap', { jobs });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    for (const name of ['StateMachineArn', 'RunBucketName', 'JournalBucketName', 'LedgerTableName'])
      template.hasOutput(name, {});
  });

  it('claims the stores that its jobs write to', () => {
    const stack = stackIn('us-east-1');
    new KeyRewrap(stack, 'Rewrap', { jobs });
    Template.fromStack(stack).resourceCountIs('AWS::SSM::Parameter', 2);
  });

  it('is refused where the stack names no Region, because its claims would be nowhere', () => {
    expect(() => new KeyRewrap(stackIn(undefined), 'Rewrap', { jobs })).toThrow(/names no Region/);
  });

  it('is refused in another Region than that of the destination', () => {
    expect(() => new KeyRewrap(stackIn('eu-west-1'), 'Rewrap', { jobs })).toThrow(
      /its destination is in us-east-1/,
    );
  });

  it('is one for each stack, because the names of its outputs are fixed', () => {
    const stack = stackIn('us-east-1');
    new KeyRewrap(stack, 'Rewrap', { jobs });
    new KeyRewrap(stack, 'Second', { jobs });
    expect(() => Template.fromStack(stack)).toThrow();
  });

  it('is refused with a job that its schema refuses', () => {
    const [job] = jobs;
    const wrong = [{ ...job, stores: [] }] as unknown as typeof jobs;
    expect(() => new KeyRewrap(stackIn('us-east-1'), 'Rewrap', { jobs: wrong })).toThrow(/stores/);
  });
});
