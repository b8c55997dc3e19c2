import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../harness/paths.js';

const root = packageRoot();
const ROOT_PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

/** Options of Node and of container tools that the pages speak of. */
const OF_OTHERS = new Set(['--max-semi-space-size', '--file', '--userns']);

/** The Markdown pages of the project, by path. */
function pages(): Map<string, string> {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  return new Map([...ROOT_PAGES, ...docs].map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/** A page without its blocks of code, where brackets and numbers mean something else. */
function withoutCode(text: string): string {
  return text.replace(/^```.*?^```/gms, '').replace(/^ {4}.*$/gm, '');
}

/** What the links of other pages may lead to: headings, as forges name them, and explicit anchors. */
function anchors(text: string): Set<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]*)">/g)].map(([, id = '']) => id)]);
}

/** What the program says of itself, command by command. */
function helpOf(...command: string[]): string {
  return execFileSync(process.execPath, ['--import=tsx', 'harness/cli.ts', ...command, '--help'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
}

function optionsIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option);
}

/** The arguments of each call of the program that a page shows, lines that go on joined. */
function callsIn(text: string): string[] {
  const lines = text.replace(/\\\n\s*/g, '').split('\n');
  return lines.flatMap(
    (line) => /.*(?:xmpp-conform|npm start --|conform:\w+ --) (-.*|[a-z]+\b.*)/.exec(line)?.[1] ?? [],
  );
}

/** Options that a page speaks of: those in a span of code that begins with one. */
function optionsNamed(text: string): string[] {
  return [...text.matchAll(/`(--[a-z][a-z-]+)[^`]*`/g)].map(([, option = '']) => option);
}

describe('the written pages', function () {
  this.timeout(60_000);
  const written = pages();

  it('hold no link that leads nowhere', () => {
    const known = new Map([...written].map(([path, text]) => [path, anchors(text)]));
    const broken = [...written].flatMap(([path, text]) =>
      [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
        if (/^[a-z]+:/.test(link)) return [];
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : normalize(join(dirname(path), file));
        if (!existsSync(join(root, target))) return [`${path}: ${link}`];
        const isFound = anchor === undefined || known.get(target)?.has(anchor) !== false;
        return isFound ? [] : [`${path}: ${link}`];
      }),
    );
    expect(broken).to.deep.equal([]);
  });

  it('show only options and commands that exist', () => {
    const help = helpOf();
    const listed = /^Commands:\n((?: .*\n)+)/m.exec(help)?.[1] ?? '';
    const commands = [...listed.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
    expect(commands).to.include.members(['list', 'show', 'serve']);
    const options = new Set([help, ...commands.map((name) => helpOf(name))].flatMap(optionsIn));
    const wrong = [...written].flatMap(([path, text]) => {
      const shown = [...callsIn(text).flatMap(optionsIn), ...optionsNamed(text)];
      const unknown = shown.filter((option) => !options.has(option) && !OF_OTHERS.has(option));
      const strange = [...text.matchAll(/^ *(?:\$ )?(?:npx )?xmpp-conform ([a-z]+)\b/gm)]
        .map(([, name = '']) => name)
        .filter((name) => !commands.includes(name));
      return [...unknown, ...strange].map((item) => `${path}: ${item}`);
    });
    expect([...new Set(wrong)]).to.deep.equal([]);
  });

  it('name only scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const missing = [...written].flatMap(([path, text]) =>
      [...text.matchAll(/npm run (?:--silent )?([a-z][a-z0-9:-]*)/g)]
        .map(([, name = '']) => name)
        .filter((name) => !Object.hasOwn(scripts, name))
        .map((name) => `${path}: npm run ${name}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('name only clauses that exist', () => {
    const clauses = new Set<string>();
    for (const [path, text] of written) {
      const document = /^docs\/clauses\/(\w+)\.md$/.exec(path)?.[1];
      if (document !== undefined) for (const id of anchors(text)) clauses.add(`${document}:${id}`);
    }
    const strange = [...written]
      .filter(([path]) => !path.startsWith('docs/scenarios/') && !path.startsWith('docs/clauses/'))
      .flatMap(([path, text]) =>
        [...text.matchAll(/\b(?:rfc|xep)\d{4}:[0-9A-Z.]+\/[a-z0-9/-]+/g)]
          .map(([id]) => id)
          .filter((id) => !clauses.has(id))
          .map((id) => `${path}: ${id}`),
      );
    expect(strange).to.deep.equal([]);
  });
});
