import { readFileSync } from 'node:fs';
import { conclusion } from '../../lambda/core/report/conclusion.ts';
import { keyMaterialsChart } from '../../lambda/core/report/page/key-materials.ts';
import { outcomesChart } from '../../lambda/core/report/page/outcomes.ts';
import { CHART_STYLE } from '../../lambda/core/report/page/style.ts';

// The report of a demo as `npm start -- --json` printed it. `.ci/check-demo.mjs` compares its figures with those of each new demo.
const REPORT = new URL('../../docs/report/demo.json', import.meta.url);
const WIDTH = 760;
/** Of a card without its edges. */
const INNER = WIDTH - 56;

/** The verdict, the key materials and the outcomes of a demo as one drawing: docs/report/verdict.svg. */
export function verdictPicture() {
  const report = JSON.parse(readFileSync(REPORT, 'utf8'));
  const { title, text } = conclusion(report);
  const keys = keyMaterialsChart(report.keyMaterials);
  const outcomes = outcomesChart(report.stores);
  const counts = report.stores.map(({ store, outcomes: of }) => `${store}: ${countsOf(of)}`);
  const [first] = text.split('. ');
  const height = 382;
  const words = `${title}. ${counts.join('. ')}.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title words" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">
<title id="title">The verdict of a run: ${title}</title><desc id="words">${words}</desc>
<style>${CHART_STYLE}</style>
<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/><rect class="edge" width="6" height="${height}"/>
<g class="chart"><text class="title" x="28" y="42">${title}</text><text class="soft" x="28" y="66">${first}.</text></g>
<svg x="28" y="86" width="${INNER}" height="140">${keys}</svg>
<svg x="28" y="234" width="${INNER}" height="84">${outcomes}</svg>
<g class="chart">${counts.map((line, index) => `<text class="soft" x="28" y="${336 + index * 20}">${line}</text>`).join('')}</g>
</svg>
`;
}

function countsOf(outcomes) {
  return Object.entries(outcomes)
    .map(([kind, count]) => `${count.toLocaleString('en-US')} ${kind}`)
    .join(', ');
}
