const light = `
  --paper: #fdfdfb; --panel: #f5f5f1; --ink: #1d2126; --muted: #676d75; --rule: #e3e3dd;
  --s1: #2b66ad; --s2: #d27a1f; --s3: #2a8c6d; --s4: #a8456f; --s5: #7358b8; --s6: #857330; --s7: #2f8ea6; --s8: #80858c;
  --wrong: #cf4a2c; --on-strong: #ffffff;`

const dark = `
  --paper: #15181c; --panel: #1d2126; --ink: #e8e8e4; --muted: #989fa8; --rule: #30353c;
  --s1: #6ba5ea; --s2: #eda04f; --s3: #5fc2a0; --s4: #e285ab; --s5: #ac96ee; --s6: #c4b062; --s7: #6ac4da; --s8: #a3a8af;
  --wrong: #f2805f; --on-strong: #101316;`

/** The page's style: light and dark, screen and paper; nothing is loaded. */
export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
@media print { :root { color-scheme: light; ${light} --paper: #ffffff; } }
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
  print-color-adjust: exact; -webkit-print-color-adjust: exact;
}
main { max-width: 1080px; margin: 0 auto; padding: 56px 32px 72px; }
h1 { margin: 0; font-size: 34px; line-height: 1.15; font-weight: 650; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { margin: 64px 0 20px; padding-top: 20px; border-top: 1px solid var(--rule); font-size: 21px; font-weight: 620; letter-spacing: -0.005em; }
h3 { margin: 0; font-size: 15px; font-weight: 620; }
.outcome { margin: 10px 0 0; font-size: 18px; color: var(--muted); max-width: 60em; }
.warning { margin: 20px 0 0; padding: 10px 14px; border-left: 3px solid var(--wrong); background: var(--panel); }
pre { margin: 24px 0 0; padding: 12px 16px; background: var(--panel); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
pre::before { content: '$ '; color: var(--muted); }
dl { margin: 0; }
.tiles { display: flex; flex-wrap: wrap; gap: 24px 20px; margin-top: 36px; }
.tiles div { flex: 1 0 118px; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.tiles dt { font-size: 13px; color: var(--muted); }
.tiles dd { margin: 0; font-size: 27px; line-height: 1.25; font-weight: 620; letter-spacing: -0.01em; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 40px; }
.facts div { display: grid; grid-template-columns: minmax(8em, 2fr) 3fr; gap: 16px; padding: 6px 0; border-bottom: 1px solid var(--rule); font-size: 14.5px; }
.facts dt { color: var(--muted); overflow-wrap: anywhere; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figure + figure { margin-top: 44px; }
.pair > figure + figure { margin-top: 0; }
.pair + figure, figure + .pair, .pair + .pair { margin-top: 44px; }
figure > svg, .panels svg { display: block; width: 100%; height: auto; overflow: visible; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 20px; margin-bottom: 10px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 0; padding: 0; list-style: none; font-size: 13px; color: var(--muted); }
.legend i { display: inline-block; width: 16px; height: 3px; margin-right: 6px; border-radius: 2px; vertical-align: middle; }
.legend i.block { height: 10px; }
figcaption { margin-top: 8px; font-size: 13.5px; line-height: 1.45; color: var(--muted); max-width: 72em; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 24px 28px; }
.panels h4 { margin: 0 0 4px; font-size: 13px; font-weight: 560; overflow-wrap: anywhere; }
.units { display: grid; grid-template-columns: repeat(16, 1fr); gap: 6px; }
.maps { display: grid; gap: 10px; }
.maps > div { display: grid; grid-template-columns: 12em 1fr; gap: 12px; align-items: center; font-size: 13px; color: var(--muted); overflow-wrap: anywhere; }
.maps > div:first-child { grid-template-columns: 64px; margin-left: calc(12em + 12px); }
.maps img { width: auto; max-width: 100%; height: 44px; border-radius: 0; }
.maps div:first-child img { height: auto; width: 64px; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 20px 14px; margin: 0; padding: 0; list-style: none; }
.mistakes li { font-size: 12.5px; line-height: 1.4; color: var(--muted); overflow-wrap: anywhere; break-inside: avoid; }
.mistakes b { color: var(--ink); font-weight: 620; }
.mistakes img { margin-bottom: 6px; }
img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 3px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { padding: 6px 14px 6px 0; text-align: left; font-weight: 560; color: var(--muted); border-bottom: 1px solid var(--muted); }
td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
.run { display: inline-block; width: 16px; height: 3px; margin-right: 8px; border-radius: 2px; vertical-align: middle; }
.note { margin: 10px 0 0; font-size: 13.5px; color: var(--muted); }
#parts td:nth-child(n + 3), #parts th:nth-child(n + 3) { text-align: right; }
#parts + figure, #metrics { margin-top: 44px; }
footer { margin-top: 64px; padding-top: 16px; border-top: 1px solid var(--rule); font-size: 13px; color: var(--muted); }
@media screen and (max-width: 760px) { main { padding: 32px 18px 48px; } .pair { grid-template-columns: 1fr; } .pair > figure + figure { margin-top: 12px; } h1 { font-size: 27px; } .units { grid-template-columns: repeat(8, 1fr); } }
@media print { main { max-width: none; padding: 0; } h2 { margin-top: 36px; break-after: avoid; } .head, h3 { break-after: avoid; } }
`
