import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeploymentKey } from './deployment-key.ts';
import type { StorageProps } from './take-over.ts';
import { ENV } from '../../lambda/handlers/env.ts';

/**
 * Progress, checkpoints and control of runs, locks of stores, proofs. Nothing of a run expires before its end. What it says of
 * proofs and of the last migrations stands nowhere else, so it is kept, protected, and can be restored.
 */
export class Ledger extends Construct {
  readonly table: ITable;

  readonly #key: DeploymentKey | undefined;

  constructor(scope: Construct, id: string, { takeOver, key }: StorageProps = {}) {
    super(scope, id);
    this.#key = key;
    this.table = takeOver === undefined ? this.made(key) : Table.fromTableName(this, 'Table', takeOver);
  }

  private made(key: DeploymentKey | undefined): ITable {
    return new Table(this, 'Table', {
      partitionKey: { name: 'run', type: AttributeType.STRING },
      sortKey: { name: 'item', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(key !== undefined && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key.key }),
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    }) as ITable;
  }

  grantCheckpoint(worker: Function): void {
    this.grant(worker, ['dynamodb:GetItem', 'dynamodb:UpdateItem']);
  }

  /** In addition to checkpoints: what each worker has of the KMS rate, and of the capacity of tables. */
  grantShares(worker: Function): void {
    this.grant(worker, ['dynamodb:Query']);
  }

  grantReadProgress(reader: Function): void {
    this.grant(reader, ['dynamodb:GetItem', 'dynamodb:Query']);
  }

  private grant(grantee: Function, actions: string[]): void {
    grantee.addEnvironment(ENV.ledgerTable, this.table.tableName);
    grantee.addToRolePolicy(new PolicyStatement({ actions, resources: [this.table.tableArn] }));
    this.#key?.allow(grantee, 'dynamodb', ['kms:Decrypt']);
  }
}
