import { errorKinds } from '../../contract/errors.ts';

/** The part of an OpenAPI document that the page shows. */
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: object;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: { type?: string; description?: string } }[];
  readonly requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  readonly responses: Record<string, { description: string }>;
}

/** Renders the API as one page without scripts: routes, callers and inputs, with links to the documents. */
export function docsPage(document: Document): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? 'other');
  const sections = [...groups].map(([tag, rows]) => `<h2>${escape(tag)}</h2>${rows.map(section).join('')}`).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(document.info.title)}</title><style>${style}</style></head><body><main>
<h1>${escape(document.info.title)} <small>${escape(document.info.version)}</small></h1>
<p>${escape(document.info.description ?? '')}</p>
<p>HTTP: <a href="/openapi.json">OpenAPI 3.1</a>. Sockets: <a href="/asyncapi.json">AsyncAPI 3</a>.
Every error is a problem (RFC 9457) with <code>code</code>, <code>retry</code> and <code>requestId</code>.</p>
${sections}${problems()}</main></body></html>`;
}

function section({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const parameters = (operation.parameters ?? []).map(
    (p) => `<code>${escape(p.name)}</code> <small>${escape(p.in)}${p.required ? ', required' : ''}</small>`,
  );
  const bodies = Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => schema.$ref?.split('/').at(-1) ?? 'JSON');
  const facts = [
    ['Who', operation.security?.length ? operation.security.map((s) => Object.keys(s).join(' and ')).join(' or ') : 'anyone'],
    ['Takes', parameters.join(', ')],
    ['Body', bodies.map((name) => `<code>${escape(name)}</code>`).join(', ')],
    ['Answers', Object.keys(operation.responses).join(', ')],
  ].filter(([, value]) => value);
  return `<section id="${escape(operation.operationId)}"><h3><b>${method}</b> <code>${escape(path)}</code></h3><p>${escape(operation.summary)}</p>
<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl></section>`;
}

/** Lists every error code: the `type` of a problem links here. */
function problems(): string {
  const rows = Object.entries(errorKinds).map(
    ([code, { status, title, retry }]) =>
      `<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${escape(title)}</td><td>${retry}</td></tr>`,
  );
  return `<h2>problems</h2><table><thead><tr><th>code</th><th>status</th><th>what it means</th><th>retry</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}main{max-width:52rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;text-transform:capitalize}h3{margin:1.5rem 0 .25rem;font-size:1rem}h3 b{font-size:.8rem;padding:.1rem .4rem;border:1px solid;border-radius:.3rem}
p{margin:.25rem 0}dl{display:grid;grid-template-columns:5rem 1fr;margin:.25rem 0;font-size:.9rem}dt{opacity:.7}dd{margin:0}code{font-size:.9em}small{opacity:.75}
table{border-collapse:collapse;font-size:.9rem}th,td{text-align:left;padding:.25rem 1rem .25rem 0;border-bottom:1px solid rgb(128 128 128 / .3)}tr:target{background:rgb(255 221 0 / .2)}`;
