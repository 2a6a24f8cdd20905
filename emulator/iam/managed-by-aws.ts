export const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

const READING = ['Describe', 'Get', 'List'];

/** Of ReadOnlyAccess what is about the services that there are here. */
const READ = [
  ...['athena', 'cloudformation', 'cloudwatch', 'dynamodb', 'ecr', 'glue', 'iam', 'kms', 'lambda', 'logs'],
  ...['s3', 'scheduler', 'sqs', 'ssm', 'states'],
];

const allowing = (Action: string | readonly string[]): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});

/** Policies that AWS manages, by ARN (AWS managed policy reference guide). Any other one does not exist here. */
export const MANAGED_BY_AWS: Readonly<Record<string, object>> = {
  [ADMINISTRATOR]: allowing('*'),
  'arn:aws:iam::aws:policy/AWSCloudFormationReadOnlyAccess': allowing([
    ...READING.map(verb => `cloudformation:${verb}*`),
    ...['EstimateTemplateCost', 'ValidateTemplate', 'Detect*'].map(action => `cloudformation:${action}`),
  ]),
  'arn:aws:iam::aws:policy/ReadOnlyAccess': allowing(
    READ.flatMap(service => READING.map(verb => `${service}:${verb}*`)),
  ),
};
