import { expect, test } from '@jest/globals';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { chatMarkdown } from '../../../../web/src/ui/markdown/chat-markdown.ts';

const plugins = { remarkPlugins: [remarkGfm, chatMarkdown], rehypePlugins: [rehypeSanitize] };
const render = (text: string): string => renderToStaticMarkup(createElement(Markdown, plugins, text));

test('a line break breaks the line', () => expect(render('one\ntwo')).toBe('<p>one<br/>\ntwo</p>'));

test('HTML shows as text, and none of it is lost', () => {
  expect(render('an Array<string> here')).toBe('<p>an Array&lt;string&gt; here</p>');
  expect(render('<script>alert(1)</script>')).toBe('<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>');
  expect(render('> <b>bold</b>')).toContain('&lt;b&gt;bold&lt;/b&gt;');
  expect(render('<div\nonclick="x()">')).toBe('<p>&lt;div<br/>\nonclick=&quot;x()&quot;&gt;</p>');
});

test('code keeps its lines and its HTML', () => expect(render('```\na <b>\nc\n```')).toBe('<pre><code>a &lt;b&gt;\nc\n</code></pre>'));

test('links that run code are removed', () => {
  expect(render('[x](javascript:alert(1))')).not.toContain('javascript');
  expect(render('![x](data:text/html,1)')).not.toContain('data:');
});
