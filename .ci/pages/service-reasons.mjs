// Why the state machine and the scheduler have each of their actions.

export const reason = (roles, actions, family, why) => ({ roles, actions, family, why });

const MACHINE = ['The state machine'];
const s3 = (...names) => names.map(name => `s3:${name}`);

export const SERVICE_REASONS = [
  reason(MACHINE, ['lambda:InvokeFunction'], 'functions', 'to call the stages'),
  reason(MACHINE, ['states:StartExecution'], 'state machine', 'a distributed map starts child executions'),
  reason(
    MACHINE,
    ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
    'executions',
    'a distributed map follows, stops and redrives its child executions',
  ),
  reason(
    MACHINE,
    s3('AbortMultipartUpload', 'GetObject', 'ListMultipartUploadParts', 'PutObject'),
    'run bucket',
    'a distributed map reads the units and writes the results',
  ),
  reason(
    MACHINE,
    [
      'CreateLogDelivery',
      'DeleteLogDelivery',
      'DescribeLogGroups',
      'DescribeResourcePolicies',
      'GetLogDelivery',
      'ListLogDeliveries',
      'PutResourcePolicy',
      'UpdateLogDelivery',
    ].map(name => `logs:${name}`),
    'everything',
    'to log to CloudWatch: Step Functions needs these, and CloudWatch Logs takes no resource for them',
  ),
  reason(
    ['The scheduler'],
    ['states:StartExecution'],
    'state machine',
    'to start the run of a job that has a `schedule`',
  ),
  reason(
    ['The scheduler'],
    ['lambda:InvokeFunction'],
    'functions',
    'to have Plan look once a day for runs that do not end and schedules that start none',
  ),
  reason(
    ['The scheduler'],
    ['sqs:SendMessage'],
    'queue',
    'to leave there what it could not start; an alarm watches the queue',
  ),
];
