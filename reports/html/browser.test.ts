import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { RunResult } from '../../harness/verdict/result.js';
import { HOSTILE_TEXTS, hostileRun } from '../testing/hostile.js';
import {
  SAMPLE_EXCHANGE,
  sampleCase,
  sampleCheck,
  sampleClause,
  sampleOfEverything,
  sampleRun,
} from '../testing/sample.js';
import { clientAssets } from './assets.js';
import { toHtml } from './page.js';

const CASE = 'case:subscription/inbound-subscribed:to_~2B~_pending_in';
const CLAUSE = 'clause:rfc6121:A.3.3/deliver';

describe('the HTML report in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  let directory: string;
  let page: Page;
  let complaints: string[];

  before(async function () {
    const executablePath = findChromium();
    if (executablePath === undefined) {
      console.log('      no Chromium (apt-get install chromium, or set CHROMIUM to its path)');
      return this.skip();
    }
    directory = await mkdtemp(join(tmpdir(), 'report-'));
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  after(async () => {
    await browser?.close();
    if (directory !== undefined) await rm(directory, { recursive: true });
  });

  beforeEach(async () => {
    page = await newPage({});
  });

  afterEach(async () => {
    await page?.context().close();
    expect(complaints ?? []).to.deep.equal([]);
  });

  async function newPage(options: Parameters<Browser['newContext']>[0]): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const opened = await context.newPage();
    complaints = [];
    opened.on('console', (message) => complaints.push(message.text()));
    opened.on('pageerror', (error) => complaints.push(String(error)));
    opened.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(`asks for ${request.url()}`);
    });
    return opened;
  }

  async function open(run: RunResult, hash = ''): Promise<void> {
    const file = join(directory, 'report.html');
    await writeFile(file, toHtml(run, clientAssets()));
    // Another document first: a change of the hash alone would not load the page.
    await page.goto('about:blank');
    await page.goto(pathToFileURL(file).href + hash);
  }

  const shownCases = () =>
    page.locator('.case:not([hidden])').evaluateAll((rows) => rows.map((row) => row.id));
  const hash = () => page.evaluate(() => decodeURIComponent(location.hash));

  it('opens from a file, failures first, passes folded, and says how much is shown', async () => {
    await open(varied());
    expect(await page.textContent('#shown')).to.equal('6 of 6 cases, 3 of 3 clauses');
    const groups = await page
      .locator('.group')
      .evaluateAll((all) => all.map((it) => [it.getAttribute('data-status'), it.hasAttribute('open')]));
    expect(groups).to.deep.equal([
      ['fail', true],
      ['warn', true],
      ['skipped', false],
      ['pass', false],
    ]);
  });

  it('filters by outcome, level, section and text; all combine and stand in the URL', async () => {
    await open(varied());
    await page.locator('label', { hasText: 'fail' }).click();
    expect(await shownCases()).to.have.length(3);
    expect(await hash()).to.equal('#?outcome=fail');
    await page.locator('label', { hasText: /^MUST NOT$/ }).click();
    expect(await shownCases()).to.deep.equal(['case:roster/set:b']);
    await page.locator('label', { hasText: /^MUST NOT$/ }).click();
    await page.selectOption('select', 'rfc6121:2');
    expect(await shownCases()).to.deep.equal(['case:roster/set:a', 'case:roster/set:b']);
    await page.fill('input[type=search]', 'no second push');
    expect(await shownCases()).to.deep.equal(['case:roster/set:b']);
    expect(await page.textContent('#shown')).to.equal('1 of 6 cases, 1 of 3 clauses');
    const url = page.url();
    await page.click('button[type=reset]');
    expect(await shownCases()).to.have.length(6);
    await page.goto('about:blank');
    await page.goto(url);
    expect(await shownCases()).to.deep.equal(['case:roster/set:b']);
    expect(await page.inputValue('input[type=search]')).to.equal('no second push');
    expect(await page.isChecked('input[value=fail]')).to.equal(true);
  });

  it('opens a case: clauses, comparison, exchange with full stanzas, scenario', async () => {
    await open(everything());
    await page.locator(`[id="${CASE}"] > summary`).click();
    const body = page.locator(`[id="${CASE}"] .body`);
    await body.locator('.ladder').waitFor();
    expect(await body.locator('.finding').count()).to.equal(2);
    expect(await body.locator('.diff del').first().textContent()).to.contain("type='subscribed'");
    expect(await body.locator('.heads').innerText()).to.match(
      /romeo\/orchard\s+romeo\/cellar\s+server\s+juliet/,
    );
    expect(await body.locator('.missing').innerText()).to.contain('missing: presence subscribed');
    const arrow = body.locator('details.m', { hasText: 'presence subscribed' }).first();
    await arrow.locator('summary').click();
    expect(await arrow.locator('pre').innerText()).to.contain("from='juliet@contact.test'");
    await body.locator('.prose summary').click();
    await body.locator('.prose pre', { hasText: 'juliet, a contact' }).waitFor();
    expect(await hash()).to.equal(`#${CASE}`);
  });

  it('follows a link to a clause, one to a case that breaks it, and goes back', async () => {
    await open(everything(), `#${CASE}`);
    await page.locator(`[id="${CASE}"] .finding a`).first().click();
    await isInView(CLAUSE);
    expect(await hash()).to.equal(`#${CLAUSE}`);
    await page.locator(`[id="${CLAUSE}"] .by summary`).click();
    await page.locator(`[id="${CLAUSE}"] .by a`, { hasText: 'known, but otherwise' }).click();
    await isInView('case:roster/set:known~2C~_but_otherwise');
    await page.goBack();
    await page.goBack();
    await isInView(CASE);
  });

  it('opens what a deep link names, also in a folded group or behind a filter that hides it', async () => {
    await open(everything(), '#case:roster/set:skipped');
    await isInView('case:roster/set:skipped');
    expect(await page.locator('[id="case:roster/set:skipped"] .why').textContent()).to.contain(
      'No component',
    );
    await page.fill('input[type=search]', 'skipped');
    await page.evaluate((id) => location.assign(`#${id}`), CASE);
    await isInView(CASE);
    expect(await page.inputValue('input[type=search]')).to.equal('');
  });

  it('works by keyboard', async () => {
    await open(everything());
    const focused = () => page.evaluate(() => document.activeElement?.parentElement?.id ?? '');
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).to.equal('text');
    await page.keyboard.type('jk/');
    expect(await page.inputValue('input[type=search]')).to.equal('jk/');
    await page.fill('input[type=search]', '');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    const first = await focused();
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('k');
    expect(first).to.equal(CASE);
    expect(await focused()).to.equal(CASE);
    await page.keyboard.press('Enter');
    await page.locator(`[id="${CASE}"] .ladder`).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    expect(await page.locator(`[id="${CASE}"]`).evaluate((row) => row.hasAttribute('open'))).to.equal(false);
    expect(await focused()).to.equal(CASE);
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    );
    expect(outline).to.equal('solid');
  });

  it('has landmarks, headings in order and a live region', async () => {
    await open(everything());
    for (const role of ['banner', 'main', 'navigation', 'search', 'status'] as const)
      expect(await page.getByRole(role).count(), role).to.equal(1);
    const levels = await page
      .locator('h1, h2, h3, h4')
      .evaluateAll((all) => all.map((it) => Number(it.tagName.slice(1))));
    expect(levels[0]).to.equal(1);
    for (const [at, level] of levels.entries()) expect(level - (levels[at - 1] ?? 0)).to.be.at.most(1);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      it(`fits ${width} pixels and can be read, ${colorScheme}`, async () => {
        await page.context().close();
        page = await newPage({ viewport: { width, height: 800 }, colorScheme });
        await open(everything(), `#${CASE}`);
        await page.locator(`[id="${CASE}"] .ladder`).waitFor();
        const [content, room] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          window.innerWidth,
        ]);
        expect(content).to.be.at.most(room ?? 0);
        expect(await faintTexts(page)).to.deep.equal([]);
      });
    }
  }

  it('prints the scoreboard and opened cases, without the filters', async () => {
    await open(everything(), `#${CASE}`);
    await page.emulateMedia({ media: 'print' });
    expect(await page.isVisible('#scoreboard')).to.equal(true);
    expect(await page.isVisible(`[id="${CASE}"] .ladder`)).to.equal(true);
    expect(await page.isVisible('#filters')).to.equal(false);
    expect((await page.pdf()).length).to.be.above(10_000);
  });

  it('is readable without scripts', async () => {
    await page.context().close();
    page = await newPage({ javaScriptEnabled: false });
    await open(everything());
    expect(await page.isVisible('#filters')).to.equal(false);
    expect(await page.isVisible('noscript p')).to.equal(true);
    expect(await page.locator('#cases').innerText()).to.contain('State To was not reached.');
  });

  it('has no element that its writer did not make, whatever texts say', async () => {
    const census = () =>
      page.evaluate(() => {
        const all = [...document.querySelectorAll('*')];
        const names = new Set(all.map((it) => it.localName));
        const handlers = all
          .flatMap((it) => it.getAttributeNames())
          .filter((name) => /^on|^style$/.test(name));
        return { names: [...names].sort(), handlers, scripts: document.scripts.length };
      });
    const openAll = async () => {
      await page.evaluate(() => {
        for (const row of document.querySelectorAll('.case')) row.setAttribute('open', '');
      });
      await page.waitForFunction(
        () => document.querySelectorAll('.case .facts').length === document.querySelectorAll('.case').length,
      );
    };
    await open(everything());
    await openAll();
    const harmless = new Set((await census()).names);
    for (const text of [
      ...HOSTILE_TEXTS.filter((it) => it.length < 1000),
      '<img src=x onerror="alert(1)">',
    ]) {
      await open(hostileRun(text));
      await openAll();
      const { names, handlers, scripts } = await census();
      expect(names.filter((name) => !harmless.has(name) && name !== 'code')).to.deep.equal([]);
      expect(handlers).to.deep.equal([]);
      expect(scripts).to.equal(3);
    }
  });

  it('opens and filters two thousand cases', async () => {
    const many = Array.from({ length: 2000 }, (_, at) =>
      sampleCase({
        scenario: `roster/scenario-${at % 200}`,
        case: `row-${at}`,
        outcome: at % 3 === 0 ? 'fail' : 'pass',
        checks: [sampleCheck({ outcome: at % 3 === 0 ? 'fail' : 'pass' })],
        sections: ['rfc6121:A.3.3'],
      }),
    );
    await open(sampleRun(many));
    const [opened, filtered] = await page.evaluate(() => {
      const input = document.querySelector('input[type=search]') as HTMLInputElement;
      const start = performance.now();
      input.value = 'row-19';
      input.dispatchEvent(new Event('input', { bubbles: true }));
      document.body.getBoundingClientRect();
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      return [navigation?.domComplete ?? 0, performance.now() - start];
    });
    console.log(`      opened in ${opened?.toFixed(0)} ms, filtered in ${filtered?.toFixed(0)} ms`);
    expect(await shownCases()).to.have.length(111);
  });

  async function isInView(id: string): Promise<void> {
    await page.waitForFunction((wanted) => {
      const box = document.getElementById(wanted)?.getBoundingClientRect();
      return box !== undefined && box.top >= 0 && box.top < window.innerHeight;
    }, id);
  }
});

/** A case of every kind; a real one has its exchange. */
function everything(): RunResult {
  const run = sampleOfEverything();
  return { ...run, cases: run.cases.map((result) => ({ ...result, transcript: SAMPLE_EXCHANGE })) };
}

/** Six cases that the filters tell apart. */
function varied(): RunResult {
  const push = { clause: 'rfc6121:2.3.2/push', summary: 'The item is pushed.', reason: 'No push came.' };
  const once = {
    clause: 'rfc6121:2.6/once',
    summary: 'There is no second push.',
    level: 'MUST NOT',
  } as const;
  const deliver = { clause: 'rfc6121:A.3.3/deliver' };
  const pass = { outcome: 'pass', reason: '', differences: [], transcript: [] } as const;
  const rows: readonly (readonly [string, Parameters<typeof sampleCheck>[0], string])[] = [
    ['a', push, 'fail'],
    ['b', once, 'fail'],
    ['c', deliver, 'fail'],
    ['d', { ...deliver, level: 'SHOULD', outcome: 'warn' }, 'warn'],
    ['e', { ...push, ...pass }, 'pass'],
  ];
  const cases = rows.map(([name, check, outcome]) =>
    sampleCase({
      scenario: 'roster/set',
      case: name,
      outcome: outcome as 'pass',
      checks: [sampleCheck(check)],
      sections: [],
    }),
  );
  const skipped = sampleCase({ case: 'f', outcome: 'skipped', reason: 'No component given.', sections: [] });
  return sampleRun([...cases, skipped], {
    clauses: [
      sampleClause({ id: push.clause, section: '2.3.2', summary: push.summary }),
      sampleClause({ id: once.clause, section: '2.6', summary: once.summary, level: once.level }),
      sampleClause(),
    ],
    sections: [
      { document: 'rfc6121', section: '2', title: 'Managing the Roster' },
      { document: 'rfc6121', section: '2.3.2', title: 'Success Case' },
      { document: 'rfc6121', section: '2.6', title: 'Roster Versioning' },
      { document: 'rfc6121', section: 'A.3.3', title: 'Inbound Approval' },
    ],
  });
}

/** Debian's Chromium, or what the environment names. */
function findChromium(): string | undefined {
  const { CHROMIUM, PATH = '' } = process.env;
  const named = PATH.split(delimiter).map((folder) => join(folder, 'chromium'));
  return [CHROMIUM ?? '', ...named].find((path) => path !== '' && existsSync(path));
}

/** Texts with less contrast against what is behind them than WCAG AA asks for, 4.5 to 1. */
async function faintTexts(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((it) => it.checkVisibility({ visibilityProperty: true }) && !it.matches('script, option'))
      .filter((it) =>
        [...it.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
      )
      .map((element) => {
        const { color, fill } = getComputedStyle(element);
        const backgrounds: string[] = [];
        for (let it: Element | null = element; it !== null; it = it.parentElement)
          backgrounds.push(getComputedStyle(it).backgroundColor);
        const what = `${element.localName}: ${element.textContent}`;
        return { what, color: element instanceof SVGElement ? fill : color, backgrounds };
      }),
  );
  expect(texts.length).to.be.above(100);
  return texts
    .map(({ what, color, backgrounds }) => {
      const behind = backgrounds.find((it) => it.startsWith('rgb(')) ?? 'rgb(255, 255, 255)';
      const [dark = 0, light = 0] = [luminance(color), luminance(behind)].sort((a, b) => a - b);
      return { what, ratio: (light + 0.05) / (dark + 0.05) };
    })
    .filter(({ ratio }) => !(ratio >= 4.5))
    .map(({ what, ratio }) => `${what} (${ratio.toFixed(2)})`);
}

/** Relative luminance of `rgb(R, G, B)`; not a number for any other colour. */
function luminance(color: string): number {
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color)?.slice(1) ?? [];
  const [r = Number.NaN, g = Number.NaN, b = Number.NaN] = parts.map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
