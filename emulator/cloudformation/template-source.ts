import type { OperationContext } from '../protocol/json-protocol.ts';
import type { CloudFormation } from './cloudformation.ts';
import type { Form } from './form.ts';
import type { Stack } from './stack.ts';
import type { Template } from './template.ts';
import { invalid, parseTemplate } from './template-text.ts';

/** CloudFormation user guide, quotas: a template in a request, and one in S3. */
const BODY_BYTES = 51_200;
const OBJECT_BYTES = 1_048_576;

interface Source {
  readonly form: Form;
  readonly stack: Stack | undefined;
}

/** The template of a call: in it, in S3, or that of the stack. */
export async function templateOf(
  cloudFormation: CloudFormation,
  { form, stack }: Source,
  context: OperationContext,
): Promise<{ readonly template: Template; readonly templateBody: string }> {
  if (form.flag('UsePreviousTemplate')) {
    if (stack?.content === undefined) throw invalid('there is no previous template');
    return stack.content;
  }
  const url = form.text('TemplateURL');
  const templateBody =
    url === undefined ? form.needed('TemplateBody') : await read(cloudFormation, url, context);
  const most = url === undefined ? BODY_BYTES : OBJECT_BYTES;
  if (Buffer.byteLength(templateBody) > most)
    throw invalid(`1 validation error detected: a template there has at most ${most} bytes`);
  return { template: parseTemplate(templateBody, cloudFormation.readYaml), templateBody };
}

/** On behalf of whoever calls, by a URL in path style. */
async function read(
  cloudFormation: CloudFormation,
  url: string,
  { iam, region, caller: { accountId } }: OperationContext,
): Promise<string> {
  const [, bucket = '', ...key] = decodeURIComponent(new URL(url).pathname).split('/');
  const at = { iam, place: { region, accountId } };
  try {
    return (await cloudFormation.readObject({ bucket, key: key.join('/') }, at)).toString('utf8');
  } catch (error) {
    throw invalid(`S3 error: ${error instanceof Error ? error.message : String(error)}`);
  }
}
