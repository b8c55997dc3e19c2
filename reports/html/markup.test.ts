import { expect } from 'chai';
import { html, jsonForScript } from './markup.js';

describe('html', () => {
  it('escapes text, in elements and in attributes', () => {
    const text = `<b a="'">&`;
    expect(html`<i title="${text}">${text}</i>`.source).to.equal(
      '<i title="&lt;b a=&quot;&#39;&quot;&gt;&amp;">&lt;b a=&quot;&#39;&quot;&gt;&amp;</i>',
    );
  });

  it('leaves markup, joins lists, and writes nothing for what is not there', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}${undefined}${[]}</ul>${7}`.source).to.equal('<ul><li>a</li><li>&lt;</li></ul>7');
  });

  it('shows what can not be seen', () => {
    expect(html`${'a\u0000\u202e\ud800\tb\n'}`.source).to.equal('a\\u{0}\\u{202E}\\u{D800}\tb\n');
  });
});

describe('jsonForScript', () => {
  it('can not end the script that it stands in', () => {
    const value = ['</script><!--<script>'];
    const { source } = jsonForScript(value);
    expect(source).not.to.contain('<');
    expect(JSON.parse(source)).to.deep.equal(value);
  });
});
