import type { DocumentStep } from '../model/document-step.ts';
import type { AttributeValue } from '../model/record.ts';
import { openBase64 } from './base64.ts';
import { delimited } from './delimited.ts';
import type { OpenedDocument } from './document.ts';
import { dotenv } from './dotenv.ts';
import { ini } from './ini.ts';
import { json } from './json.ts';
import { openMaterialDescription } from './material-description.ts';
import { openText } from './text-document.ts';
import { yaml } from './yaml.ts';

export type { Document, OpenedDocument, Setting } from './document.ts';

/** Opens a value that is a document of its own. It believes nothing of the value. */
export function openDocument(value: AttributeValue, step: DocumentStep): OpenedDocument {
  switch (step.as) {
    case 'json':
      return openText(value, json);
    case 'base64':
    case 'base64url':
      return openBase64(value, step.as);
    case 'delimited':
      return openText(value, delimited(step.by));
    case 'material-description':
      return openMaterialDescription(value);
    case 'yaml':
      return openText(value, yaml);
    case 'dotenv':
      return openText(value, dotenv);
    case 'ini':
      return openText(value, ini);
  }
}

/** Why texts of these characters cannot all be parts of such a document. A job that writes them there is refused. */
export function cannotHold(step: DocumentStep, characters: string): string | undefined {
  switch (step.as) {
    case 'delimited':
      return Array.from(step.by).every(one => characters.includes(one))
        ? `the separator ${JSON.stringify(step.by)} may occur in a part`
        : undefined;
    case 'dotenv':
      return /[\r\\$`]/.test(characters)
        ? 'dotenv cannot hold backslashes, dollar signs and backticks'
        : undefined;
    case 'ini':
      return /[\r\n]/.test(characters) ? 'INI cannot hold line breaks' : undefined;
    case 'json':
    case 'yaml':
    case 'base64':
    case 'base64url':
    case 'material-description':
      return undefined;
  }
}
