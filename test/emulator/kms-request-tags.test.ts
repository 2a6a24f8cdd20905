import { CreateKeyCommand, KMSClient, TagResourceCommand } from '@aws-sdk/client-kms';
import { createKey, embedded, errorName, type Embedded } from '../support/embedded.ts';

const TAGGED = { Null: { 'aws:RequestTag/team': 'false' } };
const OURS = { StringEquals: { 'aws:RequestTag/team': 'ours' } };

describe('aws:RequestTag', () => {
  let aws: Embedded;
  let kms: KMSClient;

  beforeAll(async () => {
    aws = await embedded();
    const Statement = [
      { Effect: 'Allow', Action: 'kms:CreateKey', Resource: '*', Condition: TAGGED },
      { Effect: 'Allow', Action: 'kms:TagResource', Resource: '*', Condition: OURS },
    ];
    const credentials = aws.aws.createUser('tagging', [{ Version: '2012-10-17', Statement }]);
    kms = new KMSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
  });
  afterAll(async () => {
    kms.destroy();
    await aws.stop();
  });

  it('is what CreateKey gives its key', async () => {
    const Tags = [{ TagKey: 'team', TagValue: 'anybody' }];
    expect(await errorName(kms.send(new CreateKeyCommand({ Tags })))).toBe('none');
    expect(await errorName(kms.send(new CreateKeyCommand({})))).toBe('AccessDeniedException');
  });

  it('is what TagResource gives a key, and not what that has', async () => {
    const KeyId = await createKey(aws.kms);
    const tag = (TagValue: string): Promise<string> =>
      errorName(kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'team', TagValue }] })));
    expect(await tag('ours')).toBe('none');
    expect(await tag('theirs')).toBe('AccessDeniedException');
  });
});
