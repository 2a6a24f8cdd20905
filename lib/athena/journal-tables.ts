import { Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { Job } from '../../lambda/core/model/job.ts';
import type { JournalBucket } from '../storage/journal-bucket.ts';
import { QUERY_RESULTS, type RunBucket } from '../storage/run-bucket.ts';
import { EXAMPLE_QUERIES } from './example-queries.ts';

export interface JournalTablesProps {
  readonly jobs: readonly Job[];
  readonly journal: JournalBucket;
  readonly runBucket: RunBucket;
  /** Encrypts results. @default a key of AWS */
  readonly keyArn: string | undefined;
}

/** docs/journal.md has the same lines in words. */
const KEY_MATERIAL = 'struct<keyarn:string,keymaterialid:string,encryptionalgorithm:string>';
const RECORD = { schema: 'int', store: 'string', locator: 'string' };
const OUTCOMES = {
  ...RECORD,
  slot: 'string',
  outcome: 'string',
  reason: 'string',
  copied: 'boolean',
  route: 'string',
  digest: 'string',
  fingerprint: 'string',
  source: KEY_MATERIAL,
  destination: KEY_MATERIAL,
  proof:
    'struct<digest:string,contextdigest:string,keyarn:string,keymaterialid:string,kmsrequestids:array<string>,runid:string>',
  seal: 'string',
};
const DATA_KEY = [
  ...['slot', 'oldciphertext', 'olddigest', 'newdigest', 'sourcedigest'].map(name => `${name}:string`),
  ...['source', 'destination'].map(name => `${name}:${KEY_MATERIAL}`),
  'kmsrequestids:array<string>',
].join();
const PLACE =
  'path:array<string>,role:string,datakeys:array<int>,before:string,beforedigest:string,afterdigest:string';
const INTENTS = {
  ...RECORD,
  createsrecord: 'boolean',
  retries: 'int',
  route: 'string',
  datakeys: `array<struct<${DATA_KEY}>>`,
  undo: `array<struct<${PLACE}>>`,
  seal: 'string',
};

/**
 * The journal as three Athena tables, with a workgroup and example queries. Partitions are projected, so nothing crawls the
 * bucket, and a query reads only the runs that it names.
 */
export class JournalTables extends Construct {
  constructor(scope: Construct, id: string, { jobs, journal, runBucket, keyArn }: JournalTablesProps) {
    super(scope, id);
    const { account, stackName } = Stack.of(this);
    const database = `${stackName.toLowerCase().replace(/[^a-z0-9_]/g, '_')}_journal`;
    const glue = new CfnDatabase(this, 'Database', {
      catalogId: account,
      databaseInput: { name: database, description: 'kms-rewrap: what every run did to every data key' },
    });
    for (const [name, columns] of Object.entries({
      outcomes: OUTCOMES,
      unproven: OUTCOMES,
      intents: INTENTS,
    })) {
      const table = new CfnTable(this, name, {
        catalogId: account,
        databaseName: database,
        tableInput: tableInput(name, columns, { bucket: journal.bucket.bucketName, jobs }),
      });
      table.addResourceDependency(glue);
    }
    const workGroup = this.workGroup(stackName, runBucket, keyArn);
    for (const { name, description, query } of EXAMPLE_QUERIES) {
      const named = new CfnNamedQuery(this, name, {
        name,
        description,
        database,
        queryString: query,
        workGroup: workGroup.name,
      });
      named.addResourceDependency(workGroup);
    }
  }

  private workGroup(stackName: string, { bucket }: RunBucket, keyArn: string | undefined): CfnWorkGroup {
    return new CfnWorkGroup(this, 'WorkGroup', {
      name: `${stackName}-journal`,
      description: 'kms-rewrap: queries of the journal',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${QUERY_RESULTS}/`,
          encryptionConfiguration:
            keyArn === undefined
              ? { encryptionOption: 'SSE_S3' }
              : { encryptionOption: 'SSE_KMS', kmsKey: keyArn },
        },
      },
    });
  }
}

/** `job` is one of the deployed jobs, so a query may omit it. `run` must be given. */
function tableInput(
  name: string,
  columns: Readonly<Record<string, string>>,
  { bucket, jobs }: { readonly bucket: string; readonly jobs: readonly Job[] },
): CfnTable.TableInputProperty {
  const location = `s3://${bucket}/${name}/`;
  return {
    name,
    tableType: 'EXTERNAL_TABLE',
    partitionKeys: ['job', 'run'].map(key => ({ name: key, type: 'string' })),
    parameters: {
      classification: 'json',
      'projection.enabled': 'true',
      'projection.job.type': 'enum',
      'projection.job.values': jobs.map(job => job.name).join(','),
      'projection.run.type': 'injected',
      'storage.location.template': `${location}job=\${job}/run=\${run}/`,
    },
    storageDescriptor: {
      location,
      columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
      inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
    },
  };
}
