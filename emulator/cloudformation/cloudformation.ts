import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { unzip } from '../functions/unzip.ts';
import { EVERYTHING, type Authorization } from '../protocol/authorization.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import type { Acting, Services } from './acting.ts';
import type { ChangeSet } from './change-set.ts';
import { namesInSystemsManager, textsOf, valuesOf, type Given, type ParameterSources } from './parameters.ts';
import { planOf, type Plan } from './plan.ts';
import { Resources } from './resources/registry.ts';
import { execute } from './run.ts';
import type { Place, Stack } from './stack.ts';
import { Stacks } from './stacks.ts';
import type { AssembledStack, Template } from './template.ts';
import { checkedTemplate, invalid, type ReadYaml } from './template-text.ts';

export interface CloudFormationOptions {
  readonly services: Services;
  readonly readYaml: ReadYaml | undefined;
  /** A folder for the code of functions. It is made when it is needed. */
  readonly folder: () => string;
  /** Reads an object on somebody's behalf. @throws AwsError */
  readObject(object: { readonly bucket: string; readonly key: string }, at: Reading): Promise<Buffer>;
  /** What a role may do, as which CloudFormation acts. */
  authorizationOf(roleArn: string, place: Place): Authorization;
}

export interface Reading {
  readonly place: Place;
  readonly iam: Authorization;
}

interface Wanted extends ParameterSources {
  readonly template: Template;
  readonly templateBody: string;
}

/** All stacks and change sets. behaviour.md says what it does and does not do. */
export class CloudFormation {
  readonly stacks = new Stacks();
  readonly changeSets: ChangeSet[] = [];
  readonly resources = new Resources();
  readonly #options: CloudFormationOptions;

  constructor(options: CloudFormationOptions) {
    this.#options = options;
  }

  get readYaml(): ReadYaml | undefined {
    return this.#options.readYaml;
  }

  readObject(object: { readonly bucket: string; readonly key: string }, at: Reading): Promise<Buffer> {
    return this.#options.readObject(object, at);
  }

  /** Whether CloudFormation may act as a role. */
  trusts(roleArn: string): boolean {
    return this.#options.services.iam.trusts(roleArn, 'cloudformation.amazonaws.com');
  }

  /** CloudFormation acts as the stack's role, or as whoever calls. */
  acting({ place, roleArn }: Pick<Stack, 'place' | 'roleArn'>, { iam: callers }: OperationContext): Acting {
    const iam = roleArn === undefined ? callers : this.#options.authorizationOf(roleArn, place);
    return {
      ...{ place, iam, services: this.#options.services },
      codeOf: code => this.#unpacked(code, { place, iam }),
    };
  }

  async #unpacked(code: unknown, at: Reading): Promise<string> {
    const { S3Bucket, S3Key } = code as { readonly S3Bucket?: string; readonly S3Key?: string };
    if (S3Bucket === undefined || S3Key === undefined)
      throw invalid('the embedded CloudFormation takes the code of a function from S3 only');
    const folder = mkdtempSync(join(this.#options.folder(), 'code-'));
    unzip(await this.#options.readObject({ bucket: S3Bucket, key: S3Key }, at), folder);
    return folder;
  }

  /** `readers`: asked for parameters of Systems Manager. */
  plan(stack: Stack, wanted: Wanted, readers: Authorization): Plan {
    const { template, templateBody } = wanted;
    const parameters = textsOf(template, wanted);
    for (const name of namesInSystemsManager(template, parameters))
      readers.need({
        ...{ action: 'ssm:GetParameters', resourceAccountId: stack.place.accountId },
        resource: `arn:aws:ssm:${stack.place.region}:${stack.place.accountId}:parameter/${name.replace(/^\//, '')}`,
      });
    return this.#planned(stack, { template, templateBody, parameters }, name =>
      this.#parameter(name, stack.place),
    );
  }

  #planned(
    stack: Stack,
    wanted: { readonly template: Template; readonly templateBody: string; readonly parameters: Given },
    readParameter: (name: string) => string,
  ): Plan {
    const { place, stackName, stackId } = stack;
    return planOf(stack, {
      ...wanted,
      around: {
        ...{ place, stackName, stackId },
        parameters: valuesOf(wanted.template, wanted.parameters, readParameter),
        others: this.stacks.of(place.accountId),
      },
    });
  }

  #parameter(name: string, place: Place): string {
    const found = this.#options.services.parameters.find(name, place);
    if (found === undefined)
      throw invalid(`Unable to fetch parameters [${name}] from parameter store for this account.`);
    return found.value;
  }

  /**
   * Makes or changes a stack of an assembly without the calls, buckets and roles of a bootstrapped account: code comes
   * from the assembly's folders, and nobody is asked for permissions.
   *
   * @throws Error if the stack is rolled back
   */
  async deploy({ stackName, template, assets, region }: AssembledStack, elsewhere: Place): Promise<Stack> {
    const place = { ...elsewhere, region: region ?? elsewhere.region };
    const known = this.stacks.find(stackName, place);
    const stack = known ?? this.stacks.next(stackName, place);
    // The version of a bootstrap stack that is not there is not checked.
    const { Rules: _, ...rest } = checkedTemplate(template);
    const parameters = textsOf(rest, { given: {} });
    const plan = this.#planned(
      stack,
      { template: rest, templateBody: JSON.stringify(template), parameters },
      name => name,
    );
    if (known === undefined) this.stacks.add(stack);
    const acting: Acting = {
      ...{ place, iam: EVERYTHING, services: this.#options.services },
      codeOf: code => Promise.resolve(folderOf(assets, code)),
    };
    await execute(plan, { stack, acting, resources: this.resources });
    if (!['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(stack.status))
      throw new Error(stack.events.find(({ status }) => status.endsWith('_FAILED'))?.reason ?? stack.status);
    return stack;
  }
}

function folderOf(assets: AssembledStack['assets'], code: unknown): string {
  const { S3Key = '' } = code as { readonly S3Key?: string };
  const folder = assets.get(S3Key);
  if (folder === undefined) throw new Error(`the code ${S3Key} is no asset of the assembly`);
  return folder;
}
