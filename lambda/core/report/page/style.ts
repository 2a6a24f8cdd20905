/** Colours of outcomes and charts, each at least 3 to 1 against its card, and 4.5 to 1 where it is text. */
const LIGHT =
  '--ink:#17202a;--soft:#55626f;--line:#dfe4ea;--page:#f6f8fa;--card:#fff;--code:#f0f3f6;--good:#12734a;--fair:#2c7d57;--bad:#b3261e;--warn:#8a5a00;--todo:#1f5fa8;--other:#7148b0;--grey:#68737f';
const DARK =
  '--ink:#e6eaef;--soft:#a3b0bd;--line:#2c3640;--page:#10151b;--card:#171e26;--code:#212a34;--good:#5fd39c;--fair:#3fa676;--bad:#ff8a80;--warn:#f2c063;--todo:#7db3ff;--other:#b79cf0;--grey:#95a2af';

/** Of a chart that stands alone as a drawing, in either colour scheme. */
export const CHART_STYLE = `:root{${LIGHT}}@media (prefers-color-scheme:dark){:root{${DARK}}}text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}.card{fill:var(--card);stroke:var(--line)}.edge{fill:var(--warn)}
${chartRules()}
.chart text.title{fill:var(--warn);font-size:22px;font-weight:600}
${colours()}`;

/** The page's style sheet: system fonts, both colour schemes, tables that scroll rather than break, and paper. */
export const STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
header,main{max-width:900px;margin:0 auto;padding:0 20px}
header{padding-top:28px;padding-bottom:12px}
header p{margin:0}
h1{margin:0 0 6px;font-size:24px;line-height:1.25}
h2{margin:0 0 10px;font-size:18px}
h3{margin:20px 0 4px;font-size:15px}
h4{margin:16px 0 4px;font-size:15px}
p{margin:4px 0}
.soft{color:var(--soft)}
.job{font-size:18px;font-weight:600}
.job .soft{font-weight:400}
.eyebrow{color:var(--soft);text-transform:uppercase;letter-spacing:.08em;font-size:12px}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin-bottom:16px}
.conclusion{border-left:6px solid var(--soft)}
.conclusion.good{border-left-color:var(--good)}
.conclusion.warn{border-left-color:var(--warn)}
.conclusion.bad{border-left-color:var(--bad)}
.conclusion.good h1{color:var(--good)}
.conclusion.warn h1{color:var(--warn)}
.conclusion.bad h1{color:var(--bad)}
.calls{margin:0;padding-left:22px}
.calls li{margin-bottom:10px;padding-left:4px}
pre{margin:0 0 2px;padding:7px 10px;background:var(--code);border-radius:6px;overflow-x:auto;user-select:all}
pre code{overflow-wrap:normal}
.scroll{overflow-x:auto;margin-top:12px}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;color:var(--soft);padding-bottom:4px}
thead th{color:var(--soft);white-space:nowrap}
th{text-align:left;font-weight:600}
tbody th{font-weight:400;min-width:17ch}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word;font-variant-numeric:tabular-nums}
tbody tr:last-child>*{border-bottom:0}
code{font:13px ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
.none{color:var(--soft)}
ul{margin:4px 0;padding-left:20px}
details{border-top:1px solid var(--line);padding:8px 0}
summary{cursor:pointer;font-weight:600}
.chart{display:block;overflow:hidden;max-width:760px;margin:6px 0}
${chartRules()}
.chart rect{stroke:var(--card);stroke-width:.5}
.chart .grid{stroke:var(--line)}
.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:4px 18px;margin:4px 0 10px;font-size:14px}
.swatch{margin-right:6px;vertical-align:-1px}
.named{font-weight:600;white-space:nowrap}
${colours()}
@media (max-width:520px){header,main{padding-left:10px;padding-right:10px}section{padding:14px}h1{font-size:21px}}
@media print{:root{${LIGHT};--page:#fff;color-scheme:light}@page{margin:14mm}body{font-size:11pt}header,main{max-width:none;padding:0}section{border:0;border-top:1px solid var(--line);border-radius:0;padding:10px 0}.conclusion{border-left:6px solid;padding-left:14px}svg,tr,h2,h3,h4,li{break-inside:avoid}h2,h3,h4{break-after:avoid}.scroll,pre{overflow:visible}pre{white-space:pre-wrap}table{font-size:9pt}tbody th{min-width:13ch}.chart rect,.swatch rect,pre{print-color-adjust:exact;-webkit-print-color-adjust:exact}details::details-content{content-visibility:visible;block-size:auto}}
`;

function chartRules(): string {
  return `.chart text{fill:var(--ink);font-size:13px}
.chart text.soft{fill:var(--soft);font-size:12px}
.chart text.figure{font-variant-numeric:tabular-nums}
.chart text.end{text-anchor:end}
.chart text.middle{text-anchor:middle}`;
}

/** Which colour an outcome, a pass or a bar has: as a bar in a chart, and as a word. */
function colours(): string {
  const kinds: Readonly<Record<string, readonly string[]>> = {
    good: ['rewrapped', 'restored', 'after'],
    fair: ['already-current', 'already-restored'],
    todo: ['to-rewrap', 'migrate', 'rollback'],
    other: ['moved-by-another-writer', 'verify'],
    grey: ['foreign-key', 'before'],
    warn: ['unsupported'],
    bad: ['unreadable', 'blocked', 'failed', 'throttled'],
  };
  return Object.entries(kinds)
    .flatMap(([colour, names]) => [
      `${names.map(name => `rect.${name}`).join(',')}{fill:var(--${colour})}`,
      `${names.map(name => `.named.${name}`).join(',')}{color:var(--${colour})}`,
    ])
    .join('\n');
}
