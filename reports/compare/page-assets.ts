/** The stylesheet of the comparison: system fonts, light and dark, narrow screens and paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --fg: #1c1c1e; --quiet: #5c5c66; --bg: #fff; --line: #d5d5dc; --soft: #f4f4f7;
  --link: #0b57d0; --fail: #b3261e; --warn: #8a5300; --pass: #146c2e; }
@media (prefers-color-scheme: dark) { :root { --fg: #e8e8ec; --quiet: #a3a3ad; --bg: #161618; --line: #3a3a40;
  --soft: #202024; --link: #8ab4f8; --fail: #ff8a80; --warn: #ffc46b; --pass: #7fd896; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; color: var(--fg); background: var(--bg);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0.2rem 0; } h2 { font-size: 1.2rem; margin-top: 2rem; }
a { color: var(--link); } code { font: 0.85em ui-monospace, monospace; }
.tool, .quiet { color: var(--quiet); } .quiet { font-size: 0.875rem; } .remark { border-left: 3px solid var(--warn); padding-left: 0.6rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; }
th, td { border: 1px solid var(--line); padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; font-weight: normal; min-width: 7rem; }
thead th { background: var(--soft); font-weight: 600; } tbody th { min-width: 14rem; }
td .quiet { display: block; } .level { font-weight: 600; font-size: 0.8rem; }
.fail .standing, .tag.MUST { color: var(--fail); font-weight: 600; } .warn .standing, .tag.SHOULD { color: var(--warn); font-weight: 600; }
.kept .standing { color: var(--pass); } .untested, .unclear { color: var(--quiet); }
section { scroll-margin-top: 4rem; }
.tag { display: inline-block; font-size: 0.8rem; border: 1px solid currentcolor; border-radius: 0.6rem; padding: 0 0.4rem; }
details { border-top: 1px solid var(--line); padding: 0.3rem 0; } summary { cursor: pointer; padding: 0.2rem 0; }
.part { border-left: 2px solid var(--line); margin: 0.6rem 0 0.6rem 0.4rem; padding-left: 0.7rem; } .part p { margin: 0.2rem 0; } .part ul { margin: 0; }
#differences ol { padding-left: 2rem; }
#filter { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; align-items: center; padding: 0.5rem 0; background: var(--bg); border-bottom: 1px solid var(--line); }
#filter input[type='search'] { font: inherit; max-width: 100%; } [hidden] { display: none !important; }
@media print { #filter, nav { display: none; } body { max-width: none; padding: 0; font-size: 9pt; } tr { break-inside: avoid; } .wide { overflow: visible; } }
`;

/** Filters what the page shows; without it all is shown. */
export const PAGE_SCRIPT = `
const form = document.getElementById('filter');
const items = [...document.querySelectorAll('.item')].map((item) => ({ item, text: item.textContent.toLowerCase() }));
const sections = [...document.querySelectorAll('details.section')];
form.hidden = false;
form.addEventListener('submit', (event) => event.preventDefault());
const filter = () => {
  const words = form.elements.words.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
  const split = form.elements.split.checked;
  let shown = 0;
  for (const { item, text } of items) {
    item.hidden = (split && item.dataset.split !== 'yes') || !words.every((word) => text.includes(word));
    if (!item.hidden) shown++;
  }
  for (const section of sections) section.hidden = section.querySelector('.item:not([hidden])') === null;
  form.querySelector('output').textContent = words.length > 0 || split ? shown + ' of ' + items.length : '';
};
form.addEventListener('input', filter);
let opened = [];
addEventListener('beforeprint', () => {
  opened = [...document.querySelectorAll('details:not([open])')];
  for (const details of opened) details.open = true;
});
addEventListener('afterprint', () => { for (const details of opened) details.open = false; });
`;
