import { format, resolveConfig } from 'prettier';

const ROOT = new URL('../../', import.meta.url);

/** What stands around a generated part of a page. */
const markers = name => [`<!-- ${name}: npm run docs -->`, `<!-- /${name} -->`];

/** The page with each of its generated parts, `{ name: text }`, put between that part's markers. */
export async function withSections(page, old, sections) {
  const text = Object.entries(sections).reduce((written, [name, section]) => {
    const [begin, end] = markers(name);
    const [before, after] = [written.indexOf(begin), written.indexOf(end)];
    if (before < 0 || after < before) throw new Error(`${page} has no place between ${begin} and ${end}`);
    return `${written.slice(0, before + begin.length)}\n\n${section}\n\n${written.slice(after)}`;
  }, old);
  return format(text, { ...(await resolveConfig(new URL(page, ROOT))), parser: 'markdown' });
}

/** Why a page is not as it should be, a line each; none where it is. */
export async function staleness(page, old, sections) {
  return (await withSections(page, old, sections)) === old
    ? []
    : [`${page} is not what \`npm run docs\` writes`];
}
