// Writes what lib/index.ts exports, out of its comments. An export or a member without a comment, and an option without `@default`, is a mistake.
import ts from 'typescript';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Whose members other pages explain. */
const ELSEWHERE = {
  Job: '[Jobs](jobs.md) explains its fields; `loadJobs` makes one of a file.',
  DeploymentSettings:
    'The [schema of `deployment.json`](deployment.schema.json) explains its fields. `rewrapApp` alone needs them.',
};

/** @param index the file whose exports are the API */
export function api(index = `${ROOT}lib/index.ts`) {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const program = ts.createProgram([index], options);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(index));
  const exported = checker.getExportsOfModule(module).map(one => {
    return one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one;
  });
  return exported.map(symbol => section(symbol, checker)).join('\n\n');
}

function section(symbol, checker) {
  const [declaration] = symbol.declarations;
  const { name } = symbol;
  const title = `### \`${name}\`\n\n${words(symbol, name, checker)}`;
  if (name in ELSEWHERE) return `${title} ${ELSEWHERE[name]}`;
  if (ts.isFunctionDeclaration(declaration))
    return `${title}\n\n${code(`${name}${signature(declaration, checker)}`)}`;
  if (ts.isTypeAliasDeclaration(declaration)) return `${title}\n\n${code(flat(declaration.type))}`;
  const made = ts.isClassDeclaration(declaration) ? madeBy(declaration, name) : '';
  const lines = declaration.members.flatMap(member => memberLine(member, name, checker));
  return [title, made, lines.join('\n')].filter(part => part !== '').join('\n\n');
}

/** How an instance is made, if the class says so itself. */
function madeBy(declaration, name) {
  const constructor = declaration.members.find(ts.isConstructorDeclaration);
  if (constructor === undefined) return '';
  const parameters = constructor.parameters.map(one => {
    // A parameter that is taken apart has no name: its type says what it is.
    return `${ts.isIdentifier(one.name) ? one.name.text : 'props'}: ${flat(one.type)}`;
  });
  return code(`new ${name}(${parameters.join(', ')})`);
}

function memberLine(member, of, checker) {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Override;
  if (ts.isConstructorDeclaration(member) || ts.isPrivateIdentifier(member.name)) return [];
  if (ts.getCombinedModifierFlags(member) & hidden) return [];
  const name = member.name.text;
  const symbol = checker.getSymbolAtLocation(member.name);
  const where = `${of}.${name}`;
  const optional = member.questionToken !== undefined;
  const type = ts.isMethodDeclaration(member)
    ? `\`${name}${signature(member, checker)}\``
    : `\`${name}${optional ? '?' : ''}: ${typeOf(member, checker)}\``;
  return [`- ${type}: ${words(symbol, where, checker, optional)}`];
}

/** The comment of a symbol as sentences, with its default. */
function words(symbol, where, checker, optional = false) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tag = name => {
    const found = symbol.getJsDocTags(checker).find(one => one.name === name);
    return found && ts.displayPartsToString(found.text);
  };
  const standard = tag('default');
  if (text === '') throw new Error(`${where} has no comment for docs/api.md`);
  if (optional && standard === undefined)
    throw new Error(`${where} is optional and has no @default for docs/api.md`);
  const thrown = tag('throws');
  return [
    sentence(text),
    ...(standard === undefined ? [] : [`Default: ${sentence(standard)}`]),
    ...(thrown === undefined ? [] : [`Throws ${sentence(thrown)}`]),
  ].join(' ');
}

const sentence = text => text.replace(/\s+/g, ' ').trim().replace(/[^.]$/, '$&.');
const code = text => ['```ts', text, '```'].join('\n');
const typeOf = (member, checker) =>
  member.type === undefined ? checker.typeToString(checker.getTypeAtLocation(member)) : flat(member.type);
const flat = node => node.getText().replace(/\s+/g, ' ');

function signature(declaration, checker) {
  const text = checker.signatureToString(checker.getSignatureFromDeclaration(declaration));
  return text.replace(/\s+/g, ' ');
}
