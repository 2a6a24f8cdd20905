import { escape } from './elements.ts';
import { STYLE } from './style.ts';

export interface PageParts {
  readonly title: string;
  /** Markup. */
  readonly header: readonly string[];
  /** Markup. */
  readonly main: readonly string[];
}

/** One self-contained page: no script, no outside resource, fit to be mailed or archived. */
export function page({ title, header, main }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kms-rewrap: ${escape(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
${header.join('\n')}
</header>
<main>
${main.join('\n')}
</main>
</body>
</html>
`;
}
