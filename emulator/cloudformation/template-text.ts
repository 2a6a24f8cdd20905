import { AwsError } from '../protocol/aws-error.ts';
import type { Template, TemplateResource } from './template.ts';

/** Reads a template in YAML. */
export type ReadYaml = (text: string) => unknown;

const SECTIONS = new Set([
  ...['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Conditions'],
  ...['Resources', 'Outputs'],
]);

const OF_RESOURCE = new Set([
  ...['Type', 'Properties', 'DependsOn', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata'],
]);

const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate'];

/** @throws AwsError ValidationError for a text that is no template, or one with parts that are not known here */
export function parseTemplate(text: string, readYaml: ReadYaml | undefined): Template {
  return checkedTemplate(text.trimStart().startsWith('{') ? json(text) : yaml(text, readYaml));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid('Template format error: JSON not well-formed.');
  }
}

function yaml(text: string, readYaml: ReadYaml | undefined): unknown {
  if (readYaml === undefined)
    throw invalid('the embedded CloudFormation has been given no reader of YAML: send the template as JSON');
  try {
    return readYaml(text);
  } catch {
    throw invalid('Template format error: YAML not well-formed.');
  }
}

export function checkedTemplate(value: unknown): Template {
  if (typeof value !== 'object' || value === null)
    throw invalid('Template format error: unsupported structure.');
  needKnown(Object.keys(value), SECTIONS, 'section');
  const template = value as Template;
  const resources = Object.entries((value as Partial<Template>).Resources ?? {});
  if (resources.length === 0)
    throw invalid('Template format error: At least one Resources member must be defined.');
  for (const [logicalId, resource] of resources) checkResource(logicalId, resource);
  return template;
}

function checkResource(logicalId: string, resource: TemplateResource): void {
  if ((resource as Partial<TemplateResource>).Type === undefined)
    throw invalid(
      `Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`,
    );
  needKnown(Object.keys(resource), OF_RESOURCE, `attribute of ${logicalId}`);
  for (const policy of [resource.DeletionPolicy, resource.UpdateReplacePolicy])
    if (policy !== undefined && !POLICIES.includes(policy))
      throw invalid(`the embedded CloudFormation does not have the policy ${policy} of ${logicalId}`);
}

function needKnown(names: readonly string[], known: ReadonlySet<string>, what: string): void {
  const unknown = names.filter(name => !known.has(name));
  if (unknown.length > 0)
    throw invalid(`the embedded CloudFormation does not have the ${what} ${unknown.join(', ')}`);
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
