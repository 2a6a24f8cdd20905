/** The page's style sheet: system fonts, both colour schemes, tables that scroll rather than break. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#17202a;--soft:#5d6b7a;--line:#dfe4ea;--page:#f6f8fa;--card:#fff;--good:#12734a;--bad:#b3261e;--warn:#8a5a00}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaef;--soft:#9aa7b5;--line:#2c3640;--page:#10151b;--card:#171e26;--good:#5fd39c;--bad:#ff8a80;--warn:#f2c063}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main{max-width:1080px;margin:0 auto;padding:0 24px}
header{padding-top:36px}
h1{margin:0;font-size:28px}
h2{margin:0 0 10px;font-size:17px}
.mode{color:var(--soft);font-weight:400}
.eyebrow{margin:0;color:var(--soft);text-transform:uppercase;letter-spacing:.08em;font-size:12px}
.run{color:var(--soft);margin:4px 0 20px}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin-bottom:16px}
.conclusion{border-left:6px solid var(--soft)}
.conclusion p{margin:0}
.conclusion.good{border-left-color:var(--good)}
.conclusion.warn{border-left-color:var(--warn)}
.conclusion.bad{border-left-color:var(--bad)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;color:var(--soft);font-weight:600;white-space:nowrap}
th,td{padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{min-width:16ch}
tbody tr:last-child td{border-bottom:0}
code{font:13px ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
.none{color:var(--soft)}
.outcome{font-weight:600;white-space:nowrap}
.outcome.rewrapped,.outcome.already-current{color:var(--good)}
.outcome.failed,.outcome.unreadable,.outcome.blocked{color:var(--bad)}
.outcome.foreign-key,.outcome.unsupported,.outcome.moved-by-another-writer,.outcome.to-rewrap{color:var(--warn)}
ul{margin:0;padding-left:20px}
li{overflow-wrap:anywhere}
@media print{body{background:#fff}section{break-inside:avoid}}
`;
