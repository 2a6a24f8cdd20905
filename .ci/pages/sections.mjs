import { format, resolveConfig } from 'prettier';

const ROOT = new URL('../../', import.meta.url);

/** The markers around a generated part of a page. */
const markers = name => [`<!-- ${name}: npm run docs -->`, `<!-- /${name} -->`];

/** The page with each generated part of `{ name: text }` put between the markers of that part. */
export async function withSections(page, old, sections) {
  const text = Object.entries(sections).reduce((written, [name, section]) => {
    const [begin, end] = markers(name);
    const [before, after] = [written.indexOf(begin), written.indexOf(end)];
    if (before < 0 || after < before) throw new Error(`${page} has no place between ${begin} and ${end}`);
    return `${written.slice(0, before + begin.length)}\n\n${section}\n\n${written.slice(after)}`;
  }, old);
  return format(text, { ...(await resolveConfig(new URL(page, ROOT))), parser: 'markdown' });
}

/** Why a page is not up to date, one line each. The list is empty if it is up to date. */
export async function staleness(page, old, sections) {
  return (await withSections(page, old, sections)) === old
    ? []
    : [`${page} is not what \`npm run docs\` writes`];
}
